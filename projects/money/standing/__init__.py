"""Each project's money as it stands on the installation's day, stored: its ladder and its findings."""
