"""Tables written for others: CSV and Excel."""
