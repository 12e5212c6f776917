"""What a project's money says is wrong, rule by rule (docs/rules/money.md); each finding carries its amount and its
evidence in words. Pure: time is an argument.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from projects.core.text import N_, Text
from projects.core.vocabulary import CENTRAL_SOURCES, FUNDING_SOURCES
from projects.money.findings.contracts import of_contracts
from projects.money.findings.facts import MoneyFacts
from projects.money.findings.finding import MoneyFinding
from projects.money.findings.ladder import findings
from projects.money.findings.limits import Limits, kinds_of
from projects.money.findings.rules import BUDGET, CBI, FISCAL, NO_LAW, PUBLIC_HEALTH, RULES, SPENDING
from projects.money.findings.wording import wan

TOTAL = "total"  # stands for a source where a finding is of the whole project


def assess(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> tuple[MoneyFinding, ...]:
    """Everything the money of a project says as of a day."""
    parts = (
        _pace,
        _share,
        _amount,
        _idle,
        _swept,
        _ahead,
        _over_estimate,
        _over_feasibility,
        _own_money,
        _account,
        _late,
        _over_plan,
        _misuse,
        _gap,
        _acceptance,
        of_contracts,
    )
    return (*findings(facts.ladder, as_of, limits), *(one for part in parts for one in part(facts, as_of, limits)))


def _words(source: str) -> Text:
    return Text(FUNDING_SOURCES[source])


def _pace(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-5: central money is paid out faster than all money, so the rest is behind."""
    central, whole = facts.ladder.central, facts.ladder.total
    if central.allocated <= 0 or whole.allocated <= central.allocated or central.paid <= 0:
        return
    own, total = 100 * central.paid / central.allocated, 100 * whole.paid / whole.allocated
    if Fraction(100 * central.paid, central.allocated) - Fraction(100 * whole.paid, whole.allocated) > limits.number(
        "F-5", as_of
    ):
        missing = central.paid * whole.allocated // central.allocated - whole.paid
        params = {"own": own, "total": total, "missing": wan(missing)}
        text = Text(N_("中央投资支付 %(own)s%%, 全部投资支付 %(total)s%%: 其他来源少付 %(missing)s 万元"), params)
        yield MoneyFinding("F-5", "local", missing, text, limits.over("F-5", as_of, RULES["F-5"].law))


def _first_cbi(facts: MoneyFacts, as_of: dt.date) -> dt.date:
    days = (cell.first_on for cell in facts.cells if cell.source == "cbi" and cell.step in {"planned", "allocated"})
    return min((day for day in days if day is not None), default=as_of)


def _share(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-6: more central-budget investment than the share that region and year allow."""
    whole, cbi = facts.ladder.total.approved or 0, facts.ladder.line("cbi")
    kinds = kinds_of(facts.category, facts.place_code, facts.programme)
    limit = limits.choose("F-6", _first_cbi(facts, as_of), kinds, limits.region(facts.place_code))
    if limit is None or limit.rate is None or not whole or cbi is None:
        return
    given = max(cbi.approved or 0, cbi.allocated)
    most = whole * round(limit.rate * 100) // 10_000
    if given > most:
        params = {
            "given": wan(given),
            "whole": wan(whole),
            "share": 100 * given / whole,
            "most": limit.rate,
            "law": limit.basis,
        }
        text = Text(
            N_("中央预算内投资 %(given)s 万元, 占批复 %(whole)s 万元的 %(share)s%%, 上限 %(most)s%% (%(law)s)"), params
        )
        yield MoneyFinding("F-6", "cbi", given - most, text, limit.cited)


def _amount(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-7: more central-budget investment than the fixed sum for this kind of project."""
    cbi = facts.ladder.line("cbi")
    limit = limits.choose(
        "F-7",
        _first_cbi(facts, as_of),
        kinds_of(facts.category, facts.place_code, facts.programme),
        limits.region(facts.place_code),
    )
    if cbi is None or limit is None or limit.amount_fen is None:
        return
    given = max(cbi.approved or 0, cbi.allocated)
    if given > limit.amount_fen:
        params = {"given": wan(given), "most": wan(limit.amount_fen), "law": limit.basis}
        text = Text(N_("中央预算内投资 %(given)s 万元, 超过每个项目 %(most)s 万元的上限 (%(law)s)"), params)
        yield MoneyFinding("F-7", "cbi", given - limit.amount_fen, text, limit.cited)


def _idle(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-8: received long ago and not paid out."""
    months = limits.number("F-8", as_of)
    for source in facts.sources:
        idle = min(facts.total(source, "received", 1), facts.total(source, "received")) - facts.total(source, "paid")
        if idle > 0:
            params = {"source": _words(source), "idle": wan(idle), "months": months}
            text = Text(N_("%(source)s: 到位满 %(months)s 个月仍有 %(idle)s 万元没有支付"), params)
            law = CBI if source == "cbi" else BUDGET if source in FISCAL else NO_LAW
            yield MoneyFinding("F-8", source, idle, text, limits.over("F-8", as_of, law))


def _swept(facts: MoneyFacts, as_of: dt.date, _: Limits) -> Iterator[MoneyFinding]:
    """F-9: budget money unused at the end of the year after its own."""
    last = as_of.year - 2 if (as_of.month, as_of.day) < (12, 31) else as_of.year - 1
    given: dict[str, int] = {}
    for cell in facts.cells:
        if cell.step == "allocated" and cell.year is not None and cell.year <= last and cell.source in FISCAL:
            given[cell.source] = given.get(cell.source, 0) + cell.fen
    for source in facts.sources:
        left = given.get(source, 0) - facts.total(source, "paid")
        if left > 0:
            params = {"source": _words(source), "left": wan(left), "year": last, "end": last + 1}
            text = Text(
                N_("%(source)s: %(year)s 年及以前的预算到 %(end)s 年底仍有 %(left)s 万元没有支付, 应作结余收回"), params
            )
            yield MoneyFinding("F-9", source, left, text)


def _ahead(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-10: paid further than built."""
    whole, paid = facts.ladder.total.approved or 0, facts.ladder.total.paid
    if not whole or facts.percent is None:
        return
    points = 100 * paid / whole - facts.percent
    if 10_000 * paid > whole * (round(facts.percent * 100) + 100 * limits.number("F-10", as_of)):
        more = paid - whole * round(facts.percent * 100) // 10_000
        params = {"paid": 100 * paid / whole, "built": facts.percent, "points": points, "more": wan(more)}
        text = Text(
            N_("已付批复总额的 %(paid)s%%, 实施进度 %(built)s%%, 超前 %(points)s 个百分点, 多付 %(more)s 万元"), params
        )
        yield MoneyFinding("F-10", TOTAL, more, text, limits.over("F-10", as_of, RULES["F-10"].law))


def _over_estimate(facts: MoneyFacts, _as_of: dt.date, _: Limits) -> Iterator[MoneyFinding]:
    """F-11: contracted, paid or accounted for more than the approved estimate."""
    whole = facts.estimate("approved_estimate")
    if whole is None:
        return
    total = facts.ladder.total
    ways = (
        (total.paid, N_("支付")),
        (total.contracted, N_("合同")),
        (facts.estimate("final_account") or 0, N_("决算")),
    )
    most, way = max(ways, key=lambda one: one[0])
    if most > whole:
        params = {"way": Text(way), "most": wan(most), "whole": wan(whole), "more": wan(most - whole)}
        yield MoneyFinding(
            "F-11",
            TOTAL,
            most - whole,
            Text(N_("%(way)s合计 %(most)s 万元, 超过概算 %(whole)s 万元, 多 %(more)s 万元"), params),
        )


def _over_feasibility(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-12: the approved estimate exceeds that of the feasibility study by more than a tenth."""
    first, later = facts.estimate("feasibility_estimate"), facts.estimate("approved_estimate")
    if not first or later is None:
        return
    most = first * (10_000 + round(limits.rate("F-12", as_of) * 100)) // 10_000
    if later > most:
        params = {
            "later": wan(later),
            "first": wan(first),
            "share": 100 * (later - first) / first,
            "more": wan(later - first),
        }
        text = Text(N_("概算 %(later)s 万元, 估算 %(first)s 万元, 超出 %(share)s%% (%(more)s 万元)"), params)
        yield MoneyFinding(
            "F-12", TOTAL, later - first, text, limits.over("F-12", as_of, RULES["F-12"].law, always=False)
        )


def _own_money(facts: MoneyFacts, _as_of: dt.date, _: Limits) -> Iterator[MoneyFinding]:
    """F-16: the unit's own money or a loan in a public-health building."""
    if facts.category not in PUBLIC_HEALTH:
        return
    for line in facts.ladder.lines:
        most = max(line.approved or 0, line.allocated, line.received, line.paid)
        if line.key in {"self", "bank_loan"} and most > 0:
            params = {"source": _words(line.key), "most": wan(most)}
            yield MoneyFinding(
                "F-16", line.key, most, Text(N_("公共卫生项目的资金中有%(source)s %(most)s 万元"), params)
            )


def _account(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-17: accepted, and no final account in the months allowed."""
    if facts.accepted_on is None:
        return
    due = facts.accepted_on + relativedelta(months=limits.number("F-17", as_of))
    done = facts.accounted_on or (as_of if facts.estimate("final_account") is not None else None)
    if (done is None and as_of > due) or (facts.accounted_on is not None and facts.accounted_on > due):
        params = {"accepted": facts.accepted_on, "due": due}
        text = Text(N_("%(accepted)s 竣工验收, 应在 %(due)s 前编报决算, 逾期"), params)
        if facts.accounted_on is not None:
            text = Text(N_("%(what)s, %(done)s 才编报"), {"what": text, "done": facts.accounted_on})
        yield MoneyFinding(
            "F-17", TOTAL, facts.ladder.total.paid, text, limits.over("F-17", as_of, RULES["F-17"].law, always=False)
        )


def _acceptance(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-22: the works are complete, and nobody accepted them in the months allowed."""
    if facts.built_on is None or facts.accepted_on is not None:
        return
    due = facts.built_on + relativedelta(months=limits.number("F-22", as_of))
    if as_of > due:
        text = Text(N_("%(built)s 完工, 应在 %(due)s 前竣工验收, 还没有验收"), {"built": facts.built_on, "due": due})
        yield MoneyFinding("F-22", TOTAL, facts.ladder.total.paid, text, limits.over("F-22", as_of, RULES["F-22"].law))


def _gap(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-21: less of the local and other money is allocated of what was approved than of the central money.

    Nothing allocated at all is F-4's.
    """
    central, local = facts.ladder.central, facts.ladder.local
    if not central.approved or not local.approved or local.allocated <= 0:
        return
    most = min(central.allocated, central.approved)
    if Fraction(100 * most, central.approved) - Fraction(100 * local.allocated, local.approved) > limits.number(
        "F-21", as_of
    ):
        missing = local.approved * most // central.approved - local.allocated
        params = {
            "central": 100 * most / central.approved,
            "local": 100 * local.allocated / local.approved,
            "missing": wan(missing),
        }
        text = Text(
            N_("中央资金已下达批复的 %(central)s%%, 地方及其他资金 %(local)s%%: 按同样比例还缺 %(missing)s 万元"),
            params,
        )
        yield MoneyFinding("F-21", "local", missing, text, limits.over("F-21", as_of, RULES["F-21"].law))


def _late(facts: MoneyFacts, as_of: dt.date, limits: Limits) -> Iterator[MoneyFinding]:
    """F-18: allocated months ago and not received."""
    months = limits.number("F-18", as_of)
    for source in facts.sources:
        missing = min(facts.total(source, "allocated", 2), facts.total(source, "allocated")) - facts.total(
            source, "received"
        )
        if missing > 0:
            params = {"source": _words(source), "missing": wan(missing), "months": months}
            text = Text(N_("%(source)s: 下达满 %(months)s 个月仍有 %(missing)s 万元没有到位"), params)
            yield MoneyFinding(
                "F-18", source, missing, text, limits.over("F-18", as_of, SPENDING if source in FISCAL else NO_LAW)
            )


def _over_plan(facts: MoneyFacts, _as_of: dt.date, _: Limits) -> Iterator[MoneyFinding]:
    """F-19: allocated more than the year's plan, for each source and year that has one."""
    planned = {(cell.source, cell.year) for cell in facts.cells if cell.step == "planned" and cell.fen}
    for source in facts.sources:
        for year in sorted(year for own, year in planned if own == source and year is not None):
            given, plan = (facts.years.get((source, step, year), 0) for step in ("allocated", "planned"))
            if given > plan:
                params = {
                    "source": _words(source),
                    "year": year,
                    "given": wan(given),
                    "plan": wan(plan),
                    "more": wan(given - plan),
                }
                text = Text(
                    N_("%(source)s: %(year)s 年下达 %(given)s 万元, 超过年度计划 %(plan)s 万元, 多 %(more)s 万元"),
                    params,
                )
                yield MoneyFinding("F-19", f"{source}-{year}", given - plan, text)


def _misuse(facts: MoneyFacts, _as_of: dt.date, _: Limits) -> Iterator[MoneyFinding]:
    """F-20: a payment of central money whose memo names a debt, land or rent."""
    for source, fen, memo, entry in facts.misused:
        if source in CENTRAL_SOURCES and fen > 0:
            yield MoneyFinding(
                "F-20",
                f"{source}-{entry}",
                fen,
                Text(
                    N_("%(source)s支付 %(fen)s 万元, 摘要“%(memo)s”"),
                    {"source": _words(source), "fen": wan(fen), "memo": memo},
                ),
            )
