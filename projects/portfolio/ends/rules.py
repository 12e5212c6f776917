"""When a project may be dropped, brought back or archived, and what must be said of it (PE-1 to PE-6): pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from projects.core.complaints import day_complaint, text_complaint
from projects.core.text import N_, Text

REASON, EVIDENCE = 400, 200  # letters at most, as of a request


@dataclass(frozen=True)
class Standing:
    """How a project stands on a day: dropped, finished, and how many of its promises are open, of its reports wait for
    review, of its requests wait for another person.
    """

    is_dropped: bool = False
    is_finished: bool = False
    open_promises: int = 0
    waiting_reports: int = 0
    waiting_requests: int = 0


def drop_hindrance(known: Standing) -> Text | None:
    """PE-1: why a project can't be dropped."""
    if known.is_dropped:
        return Text(N_("这个项目已经终止"))
    return Text(N_("这个项目已完工, 不能终止: 可以归档")) if known.is_finished else None


def revive_hindrance(known: Standing) -> Text | None:
    """PE-4: why it can't be brought back to be built."""
    return None if known.is_dropped else Text(N_("这个项目没有终止"))


def archive_hindrance(known: Standing) -> Text | None:
    """PE-5: the first thing that keeps a project from being archived; None where nothing does."""
    if not (known.is_dropped or known.is_finished):
        return Text(N_("还没有完工, 也没有终止"))
    if known.open_promises:
        words = N_("还有 %(count)s 条承诺没有兑现: 先请人同意撤销, 或等它兑现")
        return Text(words, {"count": known.open_promises})
    if known.waiting_reports:
        return Text(N_("还有 %(count)s 份月报等待审核"), {"count": known.waiting_reports})
    if known.waiting_requests:
        return Text(N_("还有 %(count)s 份申请等待决定"), {"count": known.waiting_requests})
    return None


def drop_complaints(reason: str, evidence: str, decided_on: dt.date | None, today: dt.date) -> dict[str, Text]:
    """PE-2: what keeps the reason, the paper and the day of a drop from being taken, by field."""
    found = {
        "reason": text_complaint(reason, REASON) or (None if reason.strip() else Text(N_("请写明为什么终止"))),
        "evidence": text_complaint(evidence, EVIDENCE)
        or (None if evidence.strip() else Text(N_("请写明依据: 决定终止的文件"))),
        "decided_on": day_complaint(decided_on, today),
    }
    return {name: problem for name, problem in found.items() if problem}
