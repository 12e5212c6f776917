"""Outside formats are read in a process of its own that may use little."""
