"""The home of each role."""
