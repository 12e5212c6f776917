"""The history read: of one project, and of everything for auditors."""
