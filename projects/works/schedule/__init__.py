"""The plan of a project: stages, dated percentages, planned days of gates, floors."""
