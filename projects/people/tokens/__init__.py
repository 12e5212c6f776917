"""Tokens for programs that read the API in a person's name."""
