"""The verdicts that a change bears on, as they stand: looked at before and after it."""
