"""What was promised, and which promises stand on a day."""
