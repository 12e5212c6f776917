"""What the treasury says arrived, and the end of a month."""
