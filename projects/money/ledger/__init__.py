"""Posting to the ledger: what may be posted, drawn on and taken back."""
