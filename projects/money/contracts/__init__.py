"""Contracts, what of them was confirmed as done, and what was paid."""
