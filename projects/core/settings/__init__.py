"""Settings of this installation, stored."""
