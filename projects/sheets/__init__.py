"""Outside formats: reading cells, writing CSV and Excel, fonts of pictures."""
