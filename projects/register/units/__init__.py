"""Units: the commissions, hospitals and others that projects, people and money belong to."""
