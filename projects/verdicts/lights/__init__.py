"""The four lights, and which rules are in force on a day."""
