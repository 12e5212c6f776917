"""Pages that gather from all areas."""
