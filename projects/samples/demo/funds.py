"""Sample money (示例): who was to give how much, and what was allocated, received and paid. Integer fen, whole 万元."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from projects.core.month import add_months
from projects.samples.demo.samples import FEN_A_WAN, SampleReport
from projects.samples.demo.scenarios import SCENARIOS, STATUS_DATE, Scenario

LOCAL = frozenset({"municipal", "county", "self", "private"})
PREFIXES = {
    "cbi": "示例发改投资", "special_bond": "示例财债", "provincial": "示例省财社", "municipal": "示例市财建",
    "county": "示例县财建", "private": "示例投",
}  # fmt: skip


@dataclass(frozen=True)
class SampleAmount:
    """What a source is approved to give, in one kind of estimate."""

    project: str
    source: str
    kind: str
    amount_fen: int
    document_number: str


@dataclass(frozen=True)
class SampleEntry:
    """A dated step of money."""

    project: str
    source: str
    step: str
    entry_on: dt.date
    amount_fen: int
    document_number: str
    memo: str


def compositions() -> Iterator[SampleAmount]:
    """Each project's approved budget estimate (概算) by source; the parts sum to its total."""
    for position, one in enumerate(SCENARIOS, 1):
        left = one.total
        for source, percent in one.funds:
            amount = left if source == one.funds[-1][0] else one.total * percent // 100
            left -= amount
            yield SampleAmount(
                one.slug,
                source,
                "approved_estimate",
                amount * FEN_A_WAN,
                f"示例发改设审〔{one.begins.year}〕{position:02d}号",
            )


def entries(reports: Sequence[SampleReport]) -> Iterator[SampleEntry]:
    """Allocations in two years, receipts a month behind (some in two parts), payments every other month as the works of
    `reports` move.
    """
    amounts = {(amount.project, amount.source): amount.amount_fen // FEN_A_WAN for amount in compositions()}
    for position, one in enumerate(SCENARIOS, 1):
        moved = [
            (report.data_on, report.overall) for report in reports if report.project == one.slug and report.approved_on
        ]
        if moved and moved[-1][1] > 0:
            for source, _ in one.funds:
                yield from _of_source(one, source, amounts[one.slug, source], moved, position)


def _of_source(
    one: Scenario, source: str, amount: int, moved: Sequence[tuple[dt.date, float]], position: int
) -> Iterator[SampleEntry]:
    number = f"{PREFIXES[source]}〔%d〕{position:02d}号"
    batches = (
        [(dt.date(one.year - 1, 6, 18), 55), (dt.date(one.year, 4, 9), 35)]
        if not one.prep
        else [(dt.date(one.year, 5, 20), 35)]
    )
    received: list[tuple[dt.date, int]] = []
    for day, percent in batches:
        part = amount * percent // 100
        yield _entry(one, source, "allocated", day, part, number % day.year, "示例: 下达")
        come = part * _share_received(one, source, day) // 100
        if come:
            arrival = add_months(day, 1).replace(day=16)
            received.append((arrival, come))
            yield _entry(one, source, "received", arrival, come, number % day.year, "示例: 到位")
        rest = part - come if one.money not in {"local_short", "late"} else 0
        if rest:
            arrival = add_months(day, 4).replace(day=12)
            received.append((arrival, rest))
            yield _entry(one, source, "received", arrival, rest, number % day.year, "示例: 尾款到位")
    paid = 0
    for reported_on, done in moved[::2]:
        pay_on = reported_on + dt.timedelta(days=3)
        due = amount * round(done * _share_paid(one) * 100) // 10000
        due = min(due, sum(come for arrival, come in received if arrival <= pay_on))
        if due > paid and pay_on <= STATUS_DATE:
            yield _entry(one, source, "paid", pay_on, due - paid, "", "示例: 工程进度款")
            paid = due


def _share_received(one: Scenario, source: str, day: dt.date) -> int:
    if one.money == "local_short":
        return 40 if source in LOCAL else 60 if source == "special_bond" else 94
    if one.money == "late":
        return 100 if day.year < one.year else 0
    return 88 if source in LOCAL else 100


def _share_paid(one: Scenario) -> float:
    return {"ahead": 1.35, "idle": 0.0}.get(one.money, 0.82)


def _entry(one: Scenario, source: str, step: str, day: dt.date, amount: int, number: str, memo: str) -> SampleEntry:
    return SampleEntry(one.slug, source, step, day, amount * FEN_A_WAN, number, memo)
