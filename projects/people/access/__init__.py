"""The door in front of every view: sessions, credentials, single sign-on, forms kept for a person, the witness of
refusals and downloads.
"""
