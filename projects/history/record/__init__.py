"""The history of changes, written in the transaction of the change, chained and append-only."""
