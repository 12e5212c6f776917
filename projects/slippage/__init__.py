"""How late, and why: plan curve, verdict, status rows."""
