"""What pays for it: documents, contracts, the ledger, receipts and what they match, imports, findings."""
