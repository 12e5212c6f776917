"""Projects, programmes, and who may see which."""
