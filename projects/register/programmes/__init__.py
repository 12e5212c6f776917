"""Programmes: projects that a plan names together, with who belonged to which on a day."""
