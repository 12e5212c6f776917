"""What a report would do to the promises, before it is sent."""
