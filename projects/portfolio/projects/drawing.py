"""The portfolio's rows as markup: 500 stand on one page, and a template's loop takes three times as long
(docs/performance.md). Pure.

Everything that people typed is escaped here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import NamedTuple

from projects.core.money import exact_yuan, shown_wan
from projects.core.text import cut, told
from projects.portfolio.projects.rows import PortfolioRow

BLANK = "—"


class RowWords(NamedTuple):
    """What a row says in the reader's language.

    Marks by state (markup), of works and of data (markup), that a plan was published only later, words by key, a
    threshold in its unit, addresses by slug, a number of findings in words, the mark of a sample and its meaning, the
    mark of four lights (markup).
    """

    lights: Mapping[str, str]
    works: Callable[[str, int | None], str]
    data: Callable[[str, dt.date | None], str]
    unpublished: Callable[[dt.date], str]
    measures: Mapping[str, str]
    commitments: Mapping[str, str]
    threshold: Callable[[int | None, str, str], str]
    project: Callable[[str], str]
    gates: Callable[[str], str]
    findings: Callable[[int], str]
    sample: tuple[str, str]
    four: Callable[[str], str]


def draw(rows: Iterable[PortfolioRow], words: RowWords) -> str:
    """Each row as a <tr>, in the order of the table's headings."""
    return "\n".join([_row(row, words) for row in rows])


def _row(row: PortfolioRow, words: RowWords) -> str:
    if row.unpublished:
        told = escape(words.unpublished(row.unpublished))
        return (
            f'<tr class="project-row"><th scope="row">{name_of(row, words)}</th><td '
            f'class="nowrap">{escape(row.place)}</td><td colspan="9" class="note">{told}</td></tr>'
        )
    late = " late" if row.slip_days and row.slip_days > 0 else ""
    return (
        f'<tr class="project-row"><th scope="row">{name_of(row, words)}</th><td '
        f'class="nowrap">{escape(row.place)}</td><td>{words.lights[row.state]}</td>'
        f"<td>{words.works(row.works_state, row.works_days)}</td><td>{words.data(row.data_state, row.data_on)}</td>"
        f"<td>{words.four(row.lights)}</td>"
        f'<td class="num{late}">{_slip(row.slip_days)}</td><td class="promise">{_promise(row, words)}</td>'
        f'<td class="num nowrap">{_percent(row.percent)} <span class="note">/ {_percent(row.plan_percent)}</span></td>'
        f'<td class="num">{_chance(row.probability)}</td><td class="nowrap">{_day(row.forecast_finish)}</td></tr>'
    )


def name_of(row: PortfolioRow, words: RowWords) -> str:
    """A project's name with what marks it."""
    text = f'<a href="{escape(words.project(row.slug))}">{escape(row.name)}</a>'
    if row.rests_on_sample:
        text += f' <span class="sample" title="{escape(words.sample[1])}">{escape(words.sample[0])}</span>'
    if row.finding_count:
        text += (
            f' <a class="late nowrap" href="{escape(words.gates(row.slug))}">⚠ '
            f"{escape(words.findings(row.finding_count))}</a>"
        )
    return text


def _promise(row: PortfolioRow, words: RowWords) -> str:
    if not row.measure:
        return ""
    threshold = words.threshold(row.threshold, row.measure, row.quantifier or "")
    commitment = words.commitments[row.commitment or "none"]
    due = f' <span class="nowrap">{row.due.isoformat()}</span>' if row.due else ""
    what = f"{escape(words.measures[row.measure])} {escape(threshold)}"
    return f'{what} <span class="note">({escape(commitment)})</span>{due}'


def _slip(days: int | None) -> str:
    return BLANK if days is None else "0" if days == 0 else f"{days:+d}".replace("-", "−")


def _day(value: dt.date | None) -> str:
    return BLANK if value is None else value.isoformat()


def _chance(value: float | None) -> str:
    return BLANK if value is None else told(value, 0)


def _percent(value: float | None) -> str:
    return BLANK if value is None else f"{cut(value, 1):.1f}"


def wan(fen: int | None) -> str:
    """A sum as 万元 with the exact yuan on hover."""
    return BLANK if fen is None else f'<span title="¥{exact_yuan(fen)}">{shown_wan(fen)}</span>'
