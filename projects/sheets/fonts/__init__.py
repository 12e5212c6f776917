"""The Chinese font of pictures and PDF files."""
