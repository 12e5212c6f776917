"""Photos and papers: taken in by content, cleaned, kept under random names, served as attachments."""
