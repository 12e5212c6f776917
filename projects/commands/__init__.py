"""The command line, the doctor, the server’s settings."""
