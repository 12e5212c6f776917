"""Documents that were not handed on in time (F-15). Working days are those of the calendar given; where it does not know a year, the finding says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from projects.core.text import N_, Text
from projects.findings.facts import DocumentFacts
from projects.findings.limits import Limits
from projects.findings.wording import wan
from projects.findings.workdays import WorkCalendar
from projects.funding.findings import MoneyFinding


def late_documents(document: DocumentFacts, as_of: dt.date, limits: Limits, calendar: WorkCalendar) -> Iterator[MoneyFinding]:
    """F-15: a plan not forwarded in 10 working days, a block grant not broken down in 20, a budget not passed on in 30 days."""
    since = document.received_on or document.issued_on
    if since is None or document.kind not in {"plan", "budget"}:
        return
    if document.received_on is None and document.lines_fen and not document.children:
        return  # it names its projects itself, and nobody keeps when it came
    whole = document.total_fen or document.lines_fen
    if document.kind == "budget":
        limit = limits.choose("F-15", since, key="quota_days")
        due = since + dt.timedelta(limit.number) if limit and limit.number else None
    else:
        is_block = document.total_fen is not None and document.lines_fen == 0
        limit = limits.choose("F-15", since, key="breakdown_days" if is_block else "forward_days")
        due = calendar.after(since, limit.number) if limit and limit.number else None
    if due is None or limit is None:
        return
    in_time = sum(fen for issued, fen in document.children if issued is not None and issued <= due)
    handed = sum(fen for issued, fen in document.children if issued is not None and issued <= as_of)
    if in_time >= whole or as_of <= due:
        return
    missing, late = max(0, whole - handed), whole - in_time
    params = {"number": document.number, "since": since, "due": due, "late": wan(late), "missing": wan(missing), "law": limit.basis}
    text = Text(N_("%(number)s: %(since)s 收到, 应在 %(due)s 前转发或分解 (%(law)s); 逾期的 %(late)s 万元, 至今未办的 %(missing)s 万元"), params)
    if document.kind == "plan" and not calendar.knows(since, due):
        text = Text(N_("%(what)s。这段时间的放假和调休安排没有收录, 工作日按周一至周五计, 请对照放假通知核对"), {"what": text})
    yield MoneyFinding("F-15", "", late, text)
