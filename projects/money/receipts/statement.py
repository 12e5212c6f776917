"""The reconciliation statement of a month: what came, what of it was matched, set outside or is open, per source and to
the fen; and what the ledger says.

A receipt's matched part belongs to the source of the lines it pays, the rest to the source that the treasury named
(`unknown` where it named none). Rule M-15.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from projects.core.money import rate
from projects.core.text import Text
from projects.core.vocabulary import FUNDING_SOURCES

UNKNOWN = "unknown"  # the treasury named no source, and nobody matched it yet
ORDER = {source: place for place, source in enumerate((*FUNDING_SOURCES, UNKNOWN))}


@dataclass(frozen=True)
class ReceiptFigures:
    """A receipt as of the month's end, or the sums of all with one source: day and amount, the source the treasury
    named, what was matched by source, what was set outside.
    """

    on: dt.date
    amount_fen: int
    source: str | None
    matched: Mapping[str, int]
    outside_fen: int

    @property
    def matched_fen(self) -> int:
        """What of it pays lines of projects."""
        return sum(self.matched.values())

    @property
    def unmatched_fen(self) -> int:
        """What is neither matched nor set outside."""
        return self.amount_fen - self.matched_fen - self.outside_fen


@dataclass(frozen=True)
class SourceLine:
    """A source at the month's end: receipts since the beginning, and the ledger's received sum, of which `bare_fen`
    rests on no receipt.
    """

    source: str
    in_fen: int = 0
    matched_fen: int = 0
    outside_fen: int = 0
    unmatched_fen: int = 0
    allocated_fen: int = 0
    received_fen: int = 0
    bare_fen: int = 0
    paid_fen: int = 0
    month_allocated_fen: int = 0
    month_received_fen: int = 0
    month_paid_fen: int = 0


AMOUNTS = tuple(name for name in SourceLine.__dataclass_fields__ if name != "source")


@dataclass(frozen=True)
class Statement:
    """A month's statement; refuses to exist where its sums do not add up.

    The month's flow: what was open, came, was matched, was set outside, is open.
    """

    month: dt.date
    place: str
    lines: tuple[SourceLine, ...]
    total: SourceLine
    opened_fen: int
    came_fen: int
    matched_fen: int
    outside_fen: int

    def __post_init__(self) -> None:
        for name in AMOUNTS:
            if sum(getattr(line, name) for line in self.lines) != getattr(self.total, name):
                raise ValueError(f"the statement's lines do not add up to its total: {name}")
        if any(
            line.in_fen != line.matched_fen + line.outside_fen + line.unmatched_fen
            for line in (*self.lines, self.total)
        ):
            raise ValueError("what came is not what was matched, set outside and is open")
        if self.opened_fen + self.came_fen - self.matched_fen - self.outside_fen != self.total.unmatched_fen:
            raise ValueError("what was open, came and was decided is not what is open")

    @property
    def figures(self) -> dict[str, Any]:
        """What is kept when the month is closed."""
        rows = {line.source: {name: getattr(line, name) for name in AMOUNTS} for line in (*self.lines, self.total)}
        return rows | {
            "flow": {name: getattr(self, name) for name in ("opened_fen", "came_fen", "matched_fen", "outside_fen")}
        }

    @property
    def seal(self) -> str:
        """The figures in short: every one takes part."""
        return hashlib.sha256(json.dumps(self.figures, sort_keys=True).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class LedgerSum:
    """The ledger's sum of a source and step up to the month's end, of which in the month, and of which without a
    receipt.
    """

    source: str
    step: str
    fen: int
    month_fen: int
    bare_fen: int


def statement(
    month: dt.date,
    place: str,
    now: Iterable[ReceiptFigures],
    before: Iterable[ReceiptFigures],
    ledger: Iterable[LedgerSum],
) -> Statement:
    """The statement from the receipts as of the month's end, those as of its beginning, and the ledger's sums."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    receipts, earlier = list(now), list(before)
    for one in receipts:
        for source, fen in one.matched.items():
            found[source]["in_fen"] += fen
            found[source]["matched_fen"] += fen
        rest = found[one.source or UNKNOWN]
        rest["in_fen"] += one.amount_fen - one.matched_fen
        rest["outside_fen"] += one.outside_fen
        rest["unmatched_fen"] += one.unmatched_fen
    for row in ledger:
        if row.step in {"allocated", "received", "paid"}:
            found[row.source][f"{row.step}_fen"] += row.fen
            found[row.source][f"month_{row.step}_fen"] += row.month_fen
        if row.step == "received":
            found[row.source]["bare_fen"] += row.bare_fen
    lines = tuple(
        SourceLine(source, **found[source])
        for source in sorted(found, key=ORDER.__getitem__)
        if any(found[source].values())
    )
    total = SourceLine("total", **{name: sum(getattr(line, name) for line in lines) for name in AMOUNTS})
    flow = {
        name: sum(getattr(one, name) for one in receipts) - sum(getattr(one, name) for one in earlier)
        for name in ("amount_fen", "matched_fen", "outside_fen")
    }
    opened = sum(one.unmatched_fen for one in earlier)
    return Statement(
        month=month,
        place=place,
        lines=lines,
        total=total,
        opened_fen=opened,
        came_fen=flow["amount_fen"],
        matched_fen=flow["matched_fen"],
        outside_fen=flow["outside_fen"],
    )


@dataclass(frozen=True)
class Reported:
    """A project's month as it reported it, beside what the ledger says; the sums since the beginning."""

    slug: str
    name: str
    place: str
    report_month: dt.date | None
    invested_fen: int | None
    received_fen: int
    paid_fen: int
    is_sample: bool

    @property
    def gap_fen(self) -> int | None:
        """Paid by the ledger less what was reported as invested; positive means more was paid than built."""
        return None if self.invested_fen is None else self.paid_fen - self.invested_fen


@dataclass(frozen=True)
class ReportedPage:
    """The projects of a page, and how many there are."""

    rows: Sequence[Reported]
    count: int


@dataclass(frozen=True)
class Money:
    """A project's money of one source up to a day: allocated and paid by budget year, `bare_fen` what was paid without
    saying out of which year's money.
    """

    allocated: Mapping[int, int]
    paid: Mapping[int, int]
    bare_fen: int

    def paid_of(self, year: int) -> int:
        """What was paid out of a year's money: what says so, and of the rest what the years before leave, the oldest
        first (as F-9 has it); a refund the newest first.
        """
        rest, paid = self.bare_fen, dict(self.paid)
        for own in sorted({*self.allocated, *paid, year}, reverse=rest < 0):
            room = self.allocated.get(own, 0) - paid.get(own, 0)
            taken = max(0, min(rest, room)) if rest > 0 else -min(-rest, max(0, paid.get(own, 0)))
            paid[own] = paid.get(own, 0) + taken
            rest -= taken
        return paid[year]


class Spent(NamedTuple):
    """Central-budget investment of a project, allocated or paid: of which budget year (0: that is not said), in which
    year paid (0 of what is allocated), fen, whether it rests on a sample.
    """

    step: str
    year: int
    paid_in: int
    fen: int
    is_sample: bool


def money_of(spent: Iterable[Spent]) -> Money:
    """A project's money of all that was allocated and paid."""
    sums: dict[str, dict[int, int]] = {"allocated": defaultdict(int), "paid": defaultdict(int)}
    for one in spent:
        sums[one.step][one.year] += one.fen
    return Money(sums["allocated"], sums["paid"], sums["paid"].pop(0, 0))


@dataclass(frozen=True)
class Completion:
    """A project's central-budget investment of a year: allocated, paid out of it by the year's end, and up to the day
    that is looked at.
    """

    slug: str
    name: str
    place: str
    allocated_fen: int
    paid_fen: int
    since_fen: int
    is_sample: bool

    @property
    def rate(self) -> float | None:
        """Paid of allocated, in percent."""
        return rate(self.paid_fen, self.allocated_fen)


@dataclass(frozen=True)
class YearEnd:
    """The year-end check as of `on`, the year's last day or a day before it: the projects of the page, how many have
    money of that year, allocated to all, paid by all by the year's end and up to the day that is looked at, and the
    least asked for.
    """

    year: int
    on: dt.date
    rows: Sequence[Completion]
    count: int
    allocated_fen: int
    paid_fen: int
    since_fen: int
    least: float
    law: Text | str

    @property
    def rate(self) -> float | None:
        """The rate over all."""
        return rate(self.paid_fen, self.allocated_fen)

    def is_short(self, value: float | None) -> bool:
        """Whether a rate is below the least."""
        return value is not None and value < self.least
