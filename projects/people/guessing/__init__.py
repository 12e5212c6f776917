"""Guessing at passwords, codes and tokens, counted and stopped."""
