"""Files in and out: CSV and Excel."""
