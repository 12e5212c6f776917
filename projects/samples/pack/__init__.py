"""The five plans and their sample as one pack: loaded together, removed whole."""
