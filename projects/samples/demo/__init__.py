"""Sample content, marked 示例 throughout, and its removal."""
