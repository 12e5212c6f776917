"""The sample people (示例人员): one for each role, and one who left."""
