"""Documents that were not handed on in time (F-15), receipts that nobody matched (F-23).

Working days are those of the calendar given; where it does not know a year, the finding says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from projects.core.text import N_, Text
from projects.money.findings.facts import DocumentFacts
from projects.money.findings.finding import MoneyFinding
from projects.money.findings.limits import Limits
from projects.money.findings.rules import RULES
from projects.money.findings.wording import wan
from projects.money.findings.workdays import WorkCalendar


def late_documents(
    document: DocumentFacts, as_of: dt.date, limits: Limits, calendar: WorkCalendar
) -> Iterator[MoneyFinding]:
    """F-15: a plan not forwarded in 10 working days, a block grant not broken down in 20, a budget not passed on in 30
    days.
    """
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
    params = {
        "number": document.number,
        "since": since,
        "due": due,
        "late": wan(late),
        "missing": wan(missing),
        "law": limit.basis,
    }
    text = Text(
        N_(
            "%(number)s: %(since)s 收到, 应在 %(due)s 前转发或分解 (%(law)s); 逾期的 %(late)s 万元, 至今未办的 "
            "%(missing)s 万元"
        ),
        params,
    )
    if document.kind == "plan" and not calendar.knows(since, due):
        text = Text(
            N_("%(what)s。这段时间的放假和调休安排没有收录, 工作日按周一至周五计, 请对照放假通知核对"), {"what": text}
        )
    yield MoneyFinding("F-15", "", late, text, limit.cited)


def waiting_receipt(
    open_fen: int, received_on: dt.date, payer: str, payee: str, as_of: dt.date, limits: Limits
) -> MoneyFinding | None:
    """F-23: a receipt that came long ago, and of which something is neither matched to an allocated line nor set
    outside.
    """
    days = limits.number("F-23", as_of)
    if open_fen <= 0 or received_on + dt.timedelta(days) > as_of:
        return None
    params = {
        "on": received_on,
        "payer": payer or "—",
        "payee": payee or "—",
        "days": (as_of - received_on).days,
        "open": wan(open_fen),
    }
    text = Text(
        N_("%(on)s 到账 (%(payer)s → %(payee)s), %(days)s 天后仍有 %(open)s 万元没有匹配到下达明细, 也没有列为项目外"),
        params,
    )
    return MoneyFinding("F-23", "", open_fen, text, limits.over("F-23", as_of, RULES["F-23"].law))
