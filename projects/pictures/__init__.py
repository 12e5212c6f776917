"""Drawn answers: Gantt, curves, money; for the page, and for print by matplotlib."""
