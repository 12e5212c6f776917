"""Codes from a phone as a second factor (TOTP, RFC 6238)."""
