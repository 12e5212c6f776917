"""The JSON interface for programs, read-only."""
