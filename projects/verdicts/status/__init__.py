"""Verdicts as stored: computed, renewed, rebuilt."""
