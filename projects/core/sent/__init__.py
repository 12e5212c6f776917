"""Forms that were sent, by their one-time keys, with the answers they got."""
