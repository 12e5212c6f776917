"""What a project's ladder alone says is wrong: rules F-1 to F-4 of docs/rules/money.md, which every page of a ladder
shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from projects.core.text import N_, Text
from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.findings.finding import MoneyFinding
from projects.money.findings.limits import Limits
from projects.money.findings.rules import RULES
from projects.money.findings.wording import wan as _wan
from projects.money.ladder.sums import Ladder, LadderLine


def findings(ladder: Ladder, as_of: dt.date, limits: Limits) -> tuple[MoneyFinding, ...]:
    """Everything that a project's ladder says as of a day, source by source, the counterpart last."""
    found = [one for line in ladder.lines for one in _of_source(line, known=ladder.total.approved is not None)]
    return (*found, *_counterpart(ladder, as_of, limits))


def _of_source(line: LadderLine, *, known: bool) -> Iterator[MoneyFinding]:
    approved = (line.approved or 0) if known else line.allocated
    steps = (
        (
            "F-1",
            line.allocated,
            approved,
            N_("%(source)s: 下达 %(more)s 万元, 超过批复 %(less)s 万元, 多 %(gap)s 万元"),
        ),
        (
            "F-2",
            line.received,
            line.allocated,
            N_("%(source)s: 到位 %(more)s 万元, 超过下达 %(less)s 万元, 多 %(gap)s 万元"),
        ),
        (
            "F-3",
            line.paid,
            line.received,
            N_("%(source)s: 支付 %(more)s 万元, 超过到位 %(less)s 万元, 多 %(gap)s 万元"),
        ),
    )
    for rule, more, less, msgid in steps:
        if more > less:
            words = {
                "source": Text(FUNDING_SOURCES[line.key]),
                "more": _wan(more),
                "less": _wan(less),
                "gap": _wan(more - less),
            }
            yield MoneyFinding(rule, line.key, more - less, Text(msgid, words))


def _counterpart(ladder: Ladder, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """Local and other money behind the central money of the same project; nothing allocated of what was approved counts
    as a rate of 0.
    """
    central, local = ladder.central.receipt_rate, ladder.local.receipt_rate
    if central is None or central <= 0:
        return
    most, basis = limits.number("F-4", as_of), limits.over("F-4", as_of, RULES["F-4"].law)
    approved = ladder.local.approved or 0
    if local is None and approved > 0:
        if central > most:
            params = {"central": central, "approved": _wan(approved)}
            yield MoneyFinding(
                "F-4",
                "local",
                approved,
                Text(N_("中央资金到位率 %(central)s%%, 地方及其他资金批复 %(approved)s 万元, 还没有下达"), params),
                basis,
            )
    elif local is not None and _points(ladder.central) - _points(ladder.local) > most:  # at the limit is not beyond it
        missing = ladder.local.allocated - ladder.local.received
        params = {"central": central, "local": local, "gap": central - local, "missing": _wan(missing)}
        text = Text(
            N_(
                "中央资金到位率 %(central)s%%, 地方及其他资金 %(local)s%%, 相差 %(gap)s 个百分点, 未到位 %(missing)s "
                "万元"
            ),
            params,
        )
        yield MoneyFinding("F-4", "local", missing, text, basis)


def _points(line: LadderLine) -> Fraction:
    """The receipt rate to the fen: what is one fen over a limit is over it, however large the sums."""
    return Fraction(100 * line.received, line.allocated)
