"""Days of effect that lie in a month that was closed: they need a reason of their own."""
