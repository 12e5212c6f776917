"""What money findings are made from."""
