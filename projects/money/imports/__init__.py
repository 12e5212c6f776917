"""Files of other offices read in: projects, allocations, receipts, payments. Previewed, confirmed, undone as a
whole.
"""
