"""Backups: one file that holds the database as of one instant, its files and its keys; how it is checked, restored,
kept and copied out. Rules BK-1 to BK-12 of docs/operations/backup.md.
"""
