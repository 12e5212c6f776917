"""Files that take long to read: kept unread, read in the background."""
