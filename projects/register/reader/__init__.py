"""A plan document read: its clauses, the buildings that it names, what it promises of them (docs/rules/reader.md)."""
