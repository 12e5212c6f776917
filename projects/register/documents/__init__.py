"""Plan documents and their clauses."""
