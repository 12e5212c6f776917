"""Projects, programmes, units, targets: the portfolio and the project page."""
