"""Curves over time: progress, slip, chance; on the page and by matplotlib."""
