"""Workbooks that were sent in, kept as they came until they are posted: ledgers of projects, and the register."""
