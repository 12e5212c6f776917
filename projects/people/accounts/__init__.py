"""The accounts of others: the system administrator keeps them, the security administrator says what they may do."""
