"""Where a number given elsewhere stands once: a voucher in the books of a unit, a line or receipt in those of a place,
each for one year of accounts. Rule M-12 of docs/rules/money.md.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from projects.core.text import N_, Text


class Number(NamedTuple):
    """A number with the books it stands in: `books` as `books_of` says, `year` that of its day."""

    step: str
    books: str
    year: int
    number: str


def books_of(step: str, unit_id: int | None, place_code: str | None) -> str:
    """Whose books hold a number of this step: a payment's the unit that paid, anything else's (and where nobody knows
    the unit) the place.
    """
    return f"unit {unit_id}" if step == "paid" and unit_id is not None else f"place {place_code or ''}"


def numbered(step: str, owner: tuple[int | None, str | None], day: dt.date, number: str) -> Number:
    """The number of an entry or receipt of `owner`, a unit's id and a place's code."""
    return Number(step, books_of(step, *owner), day.year, number)


def taken_text(one: Number) -> Text:
    """That a number stands already, without a word of anybody else's books; and what to write where there are several
    books of account (账套).
    """
    values = {"number": one.number, "year": one.year}
    if one.books.startswith("unit"):
        return Text(N_("凭证号 %(number)s 在这个单位 %(year)s 年已经登记过: 属于另一账套时请在号前写明账套"), values)
    return Text(N_("编号 %(number)s 在这个地区 %(year)s 年已经登记过: 属于另一账套时请在号前写明账套"), values)
