"""What two people must want: one asks, another agrees, and only then it is done."""
