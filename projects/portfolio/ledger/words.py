"""Values of a ledger in words, as the preview shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from projects.core.text import N_, Text
from projects.core.vocabulary import CATEGORIES, NATURES
from projects.portfolio.ledger.fields import BY_KEY, SOURCE, YEAR
from projects.portfolio.ledger.measures import Promise
from projects.works.reports.content import wan

LONGEST = 120  # letters of a text that are shown
_WORDS = {"category": CATEGORIES, "nature": NATURES}


def spelled(key: str, value: Any, places: Mapping[str, str]) -> Text | str:
    """A value as a person reads it: money in 万元, places and kinds by name; — where there is none."""
    if value in (None, ""):
        return "—"
    if key == "place":
        return places.get(str(value), str(value))
    if key in _WORDS and value in _WORDS[key]:
        return Text(_WORDS[key][value])
    if key.startswith(SOURCE) or _is_money(key):
        return Text(N_("%(amount)s 万元"), {"amount": wan(value)})
    if isinstance(value, dt.date):
        return value.isoformat()
    said = str(value)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def _is_money(key: str) -> bool:
    return key.endswith(".amount") if key.startswith(YEAR) else BY_KEY[key].kind == "money"


def amount_of(promise: Promise) -> Text | str:
    """What a promise is to reach, with its unit; empty where it has none."""
    if promise.threshold is None:
        return ""
    if promise.measure == "investment":
        return Text(N_("%(amount)s 万元"), {"amount": wan(promise.threshold)})
    return f"{promise.threshold / 100:g}%"
