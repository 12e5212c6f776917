"""What the money of a contract says is wrong: progress payments (F-13), retention (F-14), more paid than it is worth
(F-24).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from projects.core.text import N_, Text
from projects.money.findings.facts import ContractFacts, MoneyFacts
from projects.money.findings.finding import MoneyFinding
from projects.money.findings.limits import Limits
from projects.money.findings.rules import RULES, WORKS_ALONE
from projects.money.findings.wording import wan


def of_contracts(facts: MoneyFacts, _as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-13, F-14 and F-24 of every contract."""
    for one in facts.contracts:
        yield from _progress(one, limits)
        yield from _retention(one, limits)
        yield from _overpaid(one)


def _is_judged(rule: str, contract: ContractFacts) -> bool:
    """Whether a rule speaks of this kind of contract: laws for works say nothing of a design or of equipment."""
    return rule not in WORKS_ALONE or contract.kind == "works"


def _progress(one: ContractFacts, limits: Limits) -> Iterator[MoneyFinding]:
    """F-13: too little paid of what was confirmed, by the rule of the day the works' contract was signed."""
    share = limits.choose("F-13", one.signed_on)
    if not _is_judged("F-13", one) or share is None or share.rate is None:
        return
    due = -(-one.confirmed_fen * round(share.rate * 100) // 10_000)  # a part of a fen short is short
    if one.paid_fen < due:
        params = {
            "name": one.name,
            "confirmed": wan(one.confirmed_fen),
            "paid": wan(one.paid_fen),
            "rate": share.rate,
            "missing": wan(due - one.paid_fen),
        }
        text = Text(
            N_(
                "合同“%(name)s”: 已确认价款 %(confirmed)s 万元, 只付 %(paid)s 万元, 低于 %(rate)s%%, 少付 "
                "%(missing)s 万元"
            ),
            params,
        )
        basis = share.over(RULES["F-13"].law) if share.is_own else None
        yield MoneyFinding("F-13", _key(one), due - one.paid_fen, text, basis)


def _retention(one: ContractFacts, limits: Limits) -> Iterator[MoneyFinding]:
    """F-14: too much held back, by the rule of the day the works' contract was signed."""
    most = limits.choose("F-14", one.signed_on)
    if not _is_judged("F-14", one) or most is None or most.rate is None or one.retention is None:
        return
    if one.retention > most.rate:
        more = one.worth_fen * round((one.retention - most.rate) * 100) // 10_000
        params = {"name": one.name, "own": one.retention, "most": most.rate, "more": wan(more)}
        text = Text(N_("合同“%(name)s”: 质量保证金 %(own)s%%, 上限 %(most)s%%, 多扣 %(more)s 万元"), params)
        yield MoneyFinding("F-14", _key(one), more, text, most.over(RULES["F-14"].law) if most.is_own else None)


def _overpaid(one: ContractFacts) -> Iterator[MoneyFinding]:
    """F-24: more paid on a contract of any kind than it is worth."""
    more = one.paid_fen - one.worth_fen
    if more > 0:
        params = {"name": one.name, "worth": wan(one.worth_fen), "paid": wan(one.paid_fen), "more": wan(more)}
        text = Text(N_("合同“%(name)s”: 合同金额 %(worth)s 万元, 已付 %(paid)s 万元, 多付 %(more)s 万元"), params)
        yield MoneyFinding("F-24", _key(one), more, text)


def _key(one: ContractFacts) -> str:
    """What tells its findings apart from those of the project's other contracts."""
    return f"contract-{one.id}"
