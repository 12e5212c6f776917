"""Money by source: composition, ledger, rates."""
