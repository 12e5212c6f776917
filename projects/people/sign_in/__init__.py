"""Users, sign-in, server-side sessions."""
