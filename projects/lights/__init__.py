"""Rule sets as data: shipped figures, versions in force on a day, and what the four lights are made from."""
