"""Verdicts as stored: computed, rebuilt."""
