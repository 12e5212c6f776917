"""The ladder of money: approved, planned, allocated, received, contracted, paid, source by source, in integer fen.
Rules M-1 to M-8 of docs/rules/money.md.

Rates are of one source, or of central against other money; the total of all sources has sums but no rate, since one
mixed rate hides what is late.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from projects.core.money import rate
from projects.core.vocabulary import CENTRAL_SOURCES, FUNDING_SOURCES, LEDGER_STEPS

APPROVING = ("approved_estimate", "feasibility_estimate")  # 概算 approves; before there is one, 估算 does
Sums = Mapping[tuple[str, str], int]  # (source, step) → fen


@dataclass(frozen=True)
class PostedSum:
    """A posted step of money; a reversing entry carries the opposite amount of the one it names."""

    source: str
    step: str
    on: dt.date
    amount_fen: int


@dataclass(frozen=True)
class Rung:
    """Sums in fen; `approved` is None where no composition was recorded."""

    approved: int | None
    allocated: int
    received: int
    paid: int
    planned: int = field(default=0, kw_only=True)
    contracted: int = field(default=0, kw_only=True)

    def __add__(self, other: Rung) -> Rung:
        approved = (
            None if self.approved is None and other.approved is None else (self.approved or 0) + (other.approved or 0)
        )
        return Rung(approved, **{step: getattr(self, step) + getattr(other, step) for step in LEDGER_STEPS})


@dataclass(frozen=True)
class LadderLine(Rung):
    """A source (or `central` or `local`) with its rates in percent, None where there is nothing to be a part of."""

    key: str

    @property
    def allocation_rate(self) -> float | None:
        """Allocated of approved (下达率)."""
        return rate(self.allocated, self.approved or 0)

    @property
    def receipt_rate(self) -> float | None:
        """Received of allocated (到位率)."""
        return rate(self.received, self.allocated)

    @property
    def payment_rate(self) -> float | None:
        """Paid of received (支付率)."""
        return rate(self.paid, self.received)


NONE = Rung(None, 0, 0, 0)


@dataclass(frozen=True)
class Ladder:
    """The sources in their order, central and local subtotals, and the total without a rate; refuses to exist if its
    sums do not add up.
    """

    lines: tuple[LadderLine, ...]
    central: LadderLine
    local: LadderLine
    total: Rung

    def __post_init__(self) -> None:
        if total(self.lines) != self.total or self.central + self.local != self.total:
            raise ValueError("the ladder's lines do not add up to its total")

    def line(self, source: str) -> LadderLine | None:
        """The line of a source."""
        return next((line for line in self.lines if line.key == source), None)


def total(rungs: Iterable[Rung]) -> Rung:
    """The sum of `rungs`, whatever their kind."""
    result = NONE
    for rung in rungs:
        result += rung
    return result


def sums(entries: Iterable[PostedSum], as_of: dt.date) -> dict[tuple[str, str], int]:
    """What was posted by source and step up to a day, that day included."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        if entry.on <= as_of:
            found[entry.source, entry.step] += entry.amount_fen
    return dict(found)


def approved(amounts: Mapping[tuple[str, str], int]) -> tuple[str | None, dict[str, int]]:
    """From (kind of estimate, source) → fen: the kind that approves the project now, and its amounts by source; never
    two kinds mixed.
    """
    for kind in APPROVING:
        found = {source: fen for (own, source), fen in amounts.items() if own == kind}
        if found:
            return kind, found
    return None, {}


def ladder(given: Mapping[str, int], posted: Sums) -> Ladder:
    """The ladder from approved amounts by source and posted sums; sources without any of them are left out."""
    used = set(given) | {source for source, _ in posted}
    if not used <= set(FUNDING_SOURCES):
        raise ValueError(f"no such source of money: {sorted(used - set(FUNDING_SOURCES))}")
    lines = (
        LadderLine(given.get(source), key=source, **{step: posted.get((source, step), 0) for step in LEDGER_STEPS})
        for source in FUNDING_SOURCES
        if source in used
    )
    return gather(lines)


def gather(lines: Iterable[LadderLine]) -> Ladder:
    """One ladder of many lines, those of one source added up."""
    by_source: dict[str, Rung] = defaultdict(lambda: NONE)
    for line in lines:
        by_source[line.key] += line
    own = tuple(_line(by_source[source], source) for source in FUNDING_SOURCES if source in by_source)
    central, local = _parts(own)
    return Ladder(own, _line(central, "central"), _line(local, "local"), central + local)


def _parts(lines: Sequence[LadderLine]) -> tuple[Rung, Rung]:
    return total(line for line in lines if line.key in CENTRAL_SOURCES), total(
        line for line in lines if line.key not in CENTRAL_SOURCES
    )


def _line(rung: Rung, key: str) -> LadderLine:
    return LadderLine(rung.approved, key=key, **{step: getattr(rung, step) for step in LEDGER_STEPS})
