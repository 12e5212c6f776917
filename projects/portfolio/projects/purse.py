"""The portfolio's money columns: what each project was allocated, received and paid of central and of all other money,
rates of each apart. Pure.

Everything that people typed is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape

from projects.core.text import N_, cut
from projects.money.ladder.sums import NONE, Ladder, LadderLine, ladder
from projects.portfolio.projects.drawing import BLANK, RowWords, name_of, wan
from projects.portfolio.projects.rows import PortfolioRow

NOTHING = ladder({}, {})
PARTS = {"central": N_("中央"), "local": N_("地方及其他")}


@dataclass(frozen=True)
class Purses:
    """The money of projects by their ids, and how many of its findings nobody has begun on."""

    ladders: Mapping[int, Ladder] = field(default_factory=dict)
    findings: Mapping[int, int] = field(default_factory=dict)

    def of(self, row: PortfolioRow) -> Ladder:
        """A project's ladder, empty where it has no money."""
        return self.ladders.get(row.id, NOTHING)


def draw(rows: Iterable[PortfolioRow], purses: Purses, words: RowWords, findings: Mapping[str, str]) -> str:
    """Each row as a <tr>, in the order of the table's headings; `findings` are the addresses of money findings
    by slug.
    """
    return "\n".join([_row(row, purses, words, findings) for row in rows])


def _row(row: PortfolioRow, purses: Purses, words: RowWords, findings: Mapping[str, str]) -> str:
    own = purses.of(row)
    approved = (own.total if own.lines else NONE).approved
    count = purses.findings.get(row.id, 0)
    found = f'<a class="late" href="{escape(findings[row.slug])}">{count}</a>' if count else "0"
    percent = BLANK if row.percent is None else f"{cut(row.percent, 1):.1f}"
    if row.unpublished:
        state = f'<td class="note">{escape(words.unpublished(row.unpublished))}</td>'
    else:
        state = f"<td>{words.lights[row.state]}</td>"
    return (
        f'<tr class="project-row"><th scope="row">{name_of(row, words)}</th><td '
        f'class="nowrap">{escape(row.place)}</td>{state}'
        f'<td class="num">{percent}</td><td class="num">{wan(approved)}</td>{_part(own.central)}{_part(own.local)}<td '
        f'class="num">{found}</td></tr>'
    )


def _part(line: LadderLine) -> str:
    if not any((line.approved, line.allocated, line.received, line.paid)):
        return f'<td class="num">{BLANK}</td>' * 3
    sums = ((line.allocated, None), (line.received, line.receipt_rate), (line.paid, line.payment_rate))
    return "".join([f'<td class="num">{wan(fen)}{_rate(rate)}</td>' for fen, rate in sums])


def _rate(rate: float | None) -> str:
    return "" if rate is None else f'<div class="note">{cut(rate, 1):.1f}%</div>'
