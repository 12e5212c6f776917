"""Documents that hand money on, each with its lines, linked to the one above it."""
