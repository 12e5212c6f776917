"""Verdicts renew by themselves: what bears on one is noticed as it is written, and renewed once before it is stored."""
