"""A value to narrow a list by."""

from __future__ import annotations

from typing import NamedTuple


class Option(NamedTuple):
    """A value to narrow by, with its words."""

    value: str
    words: str
