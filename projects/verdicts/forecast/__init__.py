"""When it will be there, and how surely."""
