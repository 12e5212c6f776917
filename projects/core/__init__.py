"""Values and words that all areas share: text, money, months, places, vocabulary, permissions, complaints.

The files here cannot do any I/O: no Flask, no database, no clock, no files. Time is an argument. Only `tables.py` and
`settings/` speak to the database. The same holds for every file of a feature that is not named as docs/architecture.md
names the shell; tests/test_purity.py holds it.
"""
