"""Proving again who one is, before what is sensitive."""
