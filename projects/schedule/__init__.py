"""The plan of a project: dated percentages, planned days of gates, floors."""
