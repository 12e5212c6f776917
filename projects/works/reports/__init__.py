"""Monthly reports: form, checks, review."""
