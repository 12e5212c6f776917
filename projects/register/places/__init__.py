"""The places of this installation: all that ship, those an administrator adds, and the office's own."""
