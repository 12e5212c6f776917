"""Plans read by the program and accepted by people, proposal by proposal."""
