"""The pages of the Gantt."""
