"""What follows: facts, forecasts, verdicts, lights, rule sets, the track record, stored status."""
