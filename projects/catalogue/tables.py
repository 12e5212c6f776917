"""Tables for export."""
