"""The verdicts of a day: stored for the present one, kept for some others, or worked out."""
