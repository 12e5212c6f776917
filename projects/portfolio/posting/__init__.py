"""Ledgers of projects posted in the background, while a page shows how far that is."""
