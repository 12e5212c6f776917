"""The history: append-only, chained, archived."""
