"""The catalogue of English, and how its texts are found in data files."""
