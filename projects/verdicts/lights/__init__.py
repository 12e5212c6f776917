"""The four lights, and rule sets as data: shipped figures, versions in force on a day."""
