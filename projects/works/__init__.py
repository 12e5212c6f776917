"""What happens on site: monthly reports, the plan, gates, stops, files."""
