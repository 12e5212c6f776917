"""Money by source: composition, sums, rates."""
