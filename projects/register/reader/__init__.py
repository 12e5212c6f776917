"""A plan document read: its structure, the buildings that it names and what it promises of them (docs/rules/reader.md)."""
