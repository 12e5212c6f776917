"""When the works stopped and went on, and whatever else happened on site."""
