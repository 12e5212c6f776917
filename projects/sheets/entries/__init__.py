"""Files of facts in YAML, entry by entry."""
