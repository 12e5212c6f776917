"""The portfolio, the promises, the plan documents, and the page of one project."""
