"""Money in groups and pictures: the ladder by place, programme, year, document; money against works."""
