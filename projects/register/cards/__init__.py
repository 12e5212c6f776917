"""What is known of a project beside what was promised of it: its card."""
