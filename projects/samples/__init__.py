"""The five plans, and sample content (示例): one loader per area."""
