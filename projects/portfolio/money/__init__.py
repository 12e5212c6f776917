"""Money in groups: the ladder by place, programme, year, document; money against works."""
