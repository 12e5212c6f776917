"""A project's charts: S-curve with its forecast, slip and probability over time; on the page, as tables and as files."""
