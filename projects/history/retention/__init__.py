"""Keeping the history for as long as it must be kept: archiving its older part, removing what is archived, going on
after a restored backup.
"""
