"""Accounts, sign-in, one-time codes, tokens, and the door in front of every view."""
