"""Sessions: begun, used, proved again, ended."""
