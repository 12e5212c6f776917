"""Past months of a ledger: percent and cumulative investment of each, as they are taken over. LG-10 of
docs/rules/ledger.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from projects.core.month import add_months, format_month
from projects.core.text import N_, Text
from projects.money.imports.reading import CellFault
from projects.portfolio.ledger.fields import MONTH
from projects.portfolio.ledger.rows import Row


@dataclass(frozen=True)
class Month:
    """What was reported of a month: hundredths of a percent, cumulative investment in fen, progress in words."""

    month: dt.date
    percent: int
    invested: int | None = None
    narrative: str = ""

    def to_json(self) -> list[Any]:
        """As it is kept until somebody approves it."""
        return [format_month(self.month), self.percent, self.invested, self.narrative]


def months_of(
    rows: Iterable[Row], now: dt.date | None, latest: dt.date
) -> tuple[list[Month], list[CellFault], list[CellFault]]:
    """The months that rows of one project tell of, what of them is no month, and questions (a percent that falls).

    `now` is the month that figures without one are of; `latest` the last month that there can be a report of.
    """
    found: dict[dt.date, dict[str, tuple[Any, Row, str]]] = {}
    notes: list[CellFault] = []
    for row in rows:
        own = row.month or now
        for key, value in row.values.items():
            if key in {"percent", "invested", "narrative"}:
                if own is None:
                    notes.append(_note(row, key, N_("不知道这是哪个月的数, 没有读入: 请填“数据截至哪个月”")))
                else:
                    found.setdefault(own, {})[key] = (value, row, key)
            elif key.startswith(MONTH):
                month, _, kind = key.removeprefix(MONTH).partition(".")
                found.setdefault(dt.date.fromisoformat(f"{month}-01"), {})[kind] = (value, row, key)
    return _built(found, latest, notes)


def _built(
    found: dict[dt.date, dict[str, tuple[Any, Row, str]]], latest: dt.date, notes: list[CellFault]
) -> tuple[list[Month], list[CellFault], list[CellFault]]:
    told: list[Month] = []
    asked: list[CellFault] = []
    sum_fen: int | None = None
    before: dt.date | None = None
    for month, said in sorted(found.items()):
        follows = before is not None and add_months(before, 1) == month
        sum_fen = _invested(said, sum_fen if follows else None, notes)
        before = month
        first = next(iter(said.values()))
        if month > latest:
            notes.append(_note(first[1], first[2], N_("这个月还没有到, 没有读入")))
        elif "percent" not in said:
            notes.append(_note(first[1], first[2], N_("这个月没有形象进度, 不成月报, 没有读入")))
        else:
            words = said["narrative"][0] if "narrative" in said else ""
            told.append(Month(month, said["percent"][0], sum_fen, words))
    for earlier, later in pairwise(told):
        _, row, key = found[later.month]["percent"]
        if later.percent < earlier.percent:
            params = {"month": format_month(earlier.month), "there": earlier.percent / 100, "here": later.percent / 100}
            text = Text(N_("形象进度由 %(month)s 的 %(there)s%% 降为 %(here)s%%: 是更正, 还是填错?"), params)
            asked.append(CellFault(row.sheet, row.cells.get(key, ""), f"{later.percent / 100:g}", text))
    return told, notes, asked


def _invested(said: dict[str, tuple[Any, Row, str]], before: int | None, notes: list[CellFault]) -> int | None:
    """The cumulative investment of a month: as told, or that of the month before and what was added."""
    if "invested" in said:
        return int(said["invested"][0])
    if "added" not in said:
        return before
    added, row, key = said["added"]
    if before is None:
        notes.append(_note(row, key, N_("只有当月数, 上个月没有累计数, 推不出累计, 没有读入")))
        return None
    return before + int(added)


def _note(row: Row, key: str, msgid: str) -> CellFault:
    return CellFault(row.sheet, row.cells.get(key, f"{row.number}"), row.said.get(key, ""), Text(msgid))
