"""Whose page an address on the web is."""

from __future__ import annotations

from urllib.parse import urlsplit


def addresses(text: str) -> list[str]:
    """The addresses that stand in `text` as words of their own."""
    return [word for word in text.split() if word.startswith(("http://", "https://"))]


def is_official(address: str) -> bool:
    """Whether it is a page of a Chinese state body (`.gov.cn`), not of the press or of whoever reprints."""
    return f".{urlsplit(address).hostname or ''}".endswith(".gov.cn")
