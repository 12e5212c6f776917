"""What the pages of receipts and of the month's end show, and what receipts may be narrowed by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from projects.core.month import parse_month
from projects.core.narrowing import Paged, pages, refuse, texts
from projects.core.text import N_

STATES = {"open": N_("未匹配"), "done": N_("已匹配或列为项目外"), "back": N_("已冲销")}


@dataclass(frozen=True)
class ReceiptFilter(Paged):
    """Each field narrows the list where it is set."""

    q: str = ""
    month: str = ""
    state: str = ""
    NAMED: ClassVar[tuple[str, ...]] = ("q", "month", "state")


def read(args: Mapping[str, str]) -> ReceiptFilter:
    """The filter that a query string asks for; InvalidError names what is none."""
    values = texts(args, ReceiptFilter.NAMED)
    page, per_page, wrong = pages(args)
    refused = {
        "month": values["month"] and not _is_month(values["month"]),
        "state": values["state"] and values["state"] not in STATES,
    }
    refuse(args, {**refused, **wrong})
    return ReceiptFilter(**values, page=page, per_page=per_page)


@dataclass(frozen=True)
class ReportedFilter(Paged):
    """The projects whose reports stand beside the ledger: those whose name, unit or number `q` is part of."""

    q: str = ""
    NAMED: ClassVar[tuple[str, ...]] = ("q",)


def read_reported(args: Mapping[str, str]) -> ReportedFilter:
    """The filter that a query string asks for; InvalidError names what is none."""
    page, per_page, wrong = pages(args)
    refuse(args, wrong)
    return ReportedFilter(**texts(args, ReportedFilter.NAMED), page=page, per_page=per_page)


@dataclass(frozen=True)
class YearFilter(Paged):
    """The pages of the year-end check."""


def read_year(args: Mapping[str, str]) -> YearFilter:
    """The page that a query string asks for; InvalidError where there can be none."""
    page, per_page, wrong = pages(args)
    refuse(args, wrong)
    return YearFilter(page, per_page)


def _is_month(text: str) -> bool:
    try:
        parse_month(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class ReceiptRow:
    """A receipt with what of it is matched, set outside and open."""

    id: int
    voucher: str
    received_on: dt.date
    payer: str
    payee: str
    amount_fen: int
    memo: str
    place: str
    matched_fen: int
    outside_fen: int
    reverses_id: int | None
    reversed_by_id: int | None
    is_sample: bool

    @property
    def open_fen(self) -> int:
        """What is neither matched nor set outside; nothing of one that was taken back."""
        return 0 if self.is_back else self.amount_fen - self.matched_fen - self.outside_fen

    @property
    def is_back(self) -> bool:
        """Whether it was taken back, or takes another back."""
        return self.reverses_id is not None or self.reversed_by_id is not None

    @property
    def state(self) -> str:
        """A key of STATES."""
        return "back" if self.is_back else "open" if self.open_fen else "done"


@dataclass(frozen=True)
class ReceiptPage:
    """The receipts that the filter leaves: those of the page, how many, and their sums."""

    rows: Sequence[ReceiptRow]
    count: int
    in_fen: int
    matched_fen: int
    outside_fen: int
    open_fen: int


@dataclass(frozen=True)
class MonthRow:
    """A month with money in it: what came and was paid, what is open at its end, and its closing where one stands."""

    month: dt.date
    came_fen: int
    received_fen: int
    paid_fen: int
    period_id: int | None
    closed_by: str | None
    closed_at: dt.datetime | None
    covering: bool


@dataclass(frozen=True)
class PlaceChoice:
    """The places whose statement may be asked for, the one chosen, and whether it may be closed for it."""

    options: Sequence[tuple[str, str]]
    code: str
    name: str
