"""Sample money (示例) beside the plain ledger: documents with their chain, receipts, contracts, plans, handled
findings, closed months.
"""
