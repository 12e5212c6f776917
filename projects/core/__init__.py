"""What every feature shares, and pure throughout.

The files here cannot do any I/O: no Flask, no database, no clock, no files. Time is an argument. The same holds for every file of a feature
package that is not named views, forms, queries, operations, extract, workbook or render; tests/test_purity.py holds it.
"""
