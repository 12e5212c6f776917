"""What a report must hold before it is stored.

Rules R-1, R-4 and R-5 of docs/rules/reports.md; every stored report satisfies them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects.core.money import in_unit
from projects.core.month import format_month, month_end, month_of
from projects.core.text import N_, Text
from projects.works.reports.content import LONGEST_COMMENT, Content, ReportedStage, clean_text, read, too_long

EARLIEST = dt.date(2000, 1, 1)


@dataclass(frozen=True)
class Neighbour:
    """The approved report of another month: what is compared with."""

    month: dt.date
    content: Content


def check_month(month: dt.date, business_day: dt.date) -> Text | None:
    """R-1: a month from 2000-01 to the business day's own."""
    shown = {"month": format_month(month), "latest": format_month(business_day), "earliest": format_month(EARLIEST)}
    if month > month_of(business_day):
        return Text(N_("%(month)s 还没有到, 最晚可填 %(latest)s 的月报"), shown)
    if month < EARLIEST:
        return Text(N_("%(month)s 太早, 最早可填 %(earliest)s 的月报"), shown)
    return None


def data_day(month: dt.date, business_day: dt.date) -> dt.date:
    """R-10: the day a report's figures stand for: the month's last, or the business day while the month runs."""
    return min(month_end(month), business_day)


def check(
    entry: Mapping[str, str],
    stages: Sequence[ReportedStage],
    month: dt.date,
    business_day: dt.date,
    previous: Neighbour | None = None,
    following: Neighbour | None = None,
) -> tuple[Content, dict[str, Text]]:
    """The content of `entry`, and the message of every rule it breaks, by field."""
    content, wrong = read(entry, stages)
    too_early_or_late = check_month(month, business_day)
    if too_early_or_late:
        wrong["month"] = too_early_or_late
    if (
        previous
        and previous.content.investment_fen is not None
        and content.investment_fen is None
        and "investment" not in wrong
    ):
        params = {"month": format_month(previous.month), "before": _wan(previous.content.investment_fen)}
        wrong["investment"] = Text(N_("请填写累计完成投资: %(month)s 已报 %(before)s 万元, 没有新增就填原数"), params)
    if not content.decrease_reason and "decrease_reason" not in wrong:
        lower = falls(content, stages, previous, following)
        if lower:
            wrong["decrease_reason"] = Text(N_("有数据低于前一期, 请说明原因: %(what)s"), {"what": _joined(lower)})
    return content, wrong


def falls(
    content: Content, stages: Sequence[ReportedStage], previous: Neighbour | None, following: Neighbour | None = None
) -> list[Text]:
    """R-5: what goes down from the approved month before, or from this one to an approved later month that gives no
    reason for it.
    """
    found = _between(previous.content, content, stages, previous.month) if previous else []
    if following and not following.content.decrease_reason:
        found += _between(content, following.content, stages, following.month, backwards=True)
    return found


def _between(
    before: Content, after: Content, stages: Sequence[ReportedStage], month: dt.date, *, backwards: bool = False
) -> list[Text]:
    percent = (
        N_("%(what)s %(here)s%% 高于 %(month)s 已通过的 %(there)s%%")
        if backwards
        else N_("%(what)s 由 %(month)s 的 %(there)s%% 降为 %(here)s%%")
    )
    money = (
        N_("累计完成投资 %(here)s 万元高于 %(month)s 已通过的 %(there)s 万元")
        if backwards
        else N_("累计完成投资由 %(month)s 的 %(there)s 万元降为 %(here)s 万元")
    )
    shown = format_month(month)
    found = []
    for stage in stages:
        high, low = before.percents.get(stage.key), after.percents.get(stage.key)
        if high is not None and low is not None and low < high:
            here, there = (high, low) if backwards else (low, high)
            found.append(
                Text(percent, {"what": Text(stage.name), "month": shown, "here": _two(here), "there": _two(there)})
            )
    if (
        before.investment_fen is not None
        and after.investment_fen is not None
        and after.investment_fen < before.investment_fen
    ):
        pair = (
            (before.investment_fen, after.investment_fen)
            if backwards
            else (after.investment_fen, before.investment_fen)
        )
        found.append(Text(money, {"month": shown, "here": _wan(pair[0]), "there": _wan(pair[1])}))
    return found


def _two(percent: float) -> str:
    return f"{percent:.2f}".rstrip("0").rstrip(".")


def _wan(fen: int) -> str:
    return f"{in_unit(fen):,.2f}"


def _joined(texts: Sequence[Text]) -> Text:
    joined = texts[0]
    for text in texts[1:]:
        joined = Text(N_("%(first)s; %(rest)s"), {"first": joined, "rest": text})
    return joined


def check_comment(field: str, label: str, text: str, *, missing: str | None = None) -> tuple[str, dict[str, Text]]:
    """R-9: a review's comment or a correction's reason, cleaned; `missing` is the message where it may not be empty."""
    cleaned = clean_text(text)
    problem = too_long(label, cleaned, LONGEST_COMMENT)
    if problem is None and missing and not cleaned:
        problem = Text(missing)
    return cleaned, {field: problem} if problem else {}
