"""What a verdict is made from: each fact of the works, written once."""
