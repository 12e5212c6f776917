"""Projects that will not be built, and those that are put away: dropped, archived, brought back."""
