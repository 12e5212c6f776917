"""Which projects a person may see and asked for: one filter for the portfolio, the Gantt, money and findings."""
