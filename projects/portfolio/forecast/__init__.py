"""A project's charts: progress with its forecast, slip and chance over time; as page, tables and files."""
