"""Money against works: what was received and paid by each month's end beside the works reported up to then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from projects.core.money import rate
from projects.core.month import add_months, month_end, month_of


@dataclass(frozen=True)
class MoneyPoint:
    """A month's end: works in percent as reported up to then, and what was received and paid, in fen and in percent of
    what was approved.
    """

    on: dt.date
    works: float | None
    received_fen: int
    paid_fen: int
    received: float | None
    paid: float | None

    @property
    def ahead(self) -> float | None:
        """Paid further than built, in percentage points."""
        return None if self.works is None or self.paid is None else self.paid - self.works


def points(
    approved_fen: int | None,
    moves: Iterable[tuple[dt.date, str, int]],
    works: Sequence[tuple[dt.date, float]],
    as_of: dt.date,
) -> list[MoneyPoint]:
    """A point for each month from the first movement to `as_of` (which stands for its month's end); 120 months at most,
    the newest.
    """
    rows = sorted(move for move in moves if move[0] <= as_of)
    seen = sorted(one for one in works if one[0] <= as_of)
    days = [row[0] for row in rows] + [one[0] for one in seen]
    if not days:
        return []
    month, found = month_of(min(days)), []
    while month <= as_of:
        end = min(month_end(month), as_of)
        sums = {step: sum(fen for day, own, fen in rows if own == step and day <= end) for step in ("received", "paid")}
        percent = next((value for day, value in reversed(seen) if day <= end), None)
        shares = [rate(sums[step], approved_fen) if approved_fen else None for step in ("received", "paid")]
        found.append(MoneyPoint(end, percent, sums["received"], sums["paid"], *shares))
        month = add_months(month, 1)
    return found[-120:]
