"""Pages that gather from all features: the dashboard and the project page."""
