"""Money drawn: the ladder in bars, money against works."""
