"""Is this installation fit to serve? What is wrong, and how to mend it."""
