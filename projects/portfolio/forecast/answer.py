"""The answer to the page's question in words and numbers: when it will be done, and how much of it will stand on the
days to come. Pure.

The same forecast as the curve's (docs/rules/slippage.md, S-15 to S-18).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from projects.core.month import add_months, month_end, month_of
from projects.core.text import N_, Text
from projects.pictures.curves.facts import Answer, CurveStanding, Flag
from projects.verdicts.assess.programme import assess_project
from projects.verdicts.assess.words import NO_CURVE, NO_REPORT, age, contradiction, expected, stopped
from projects.verdicts.assess.words import whole as told_chance
from projects.verdicts.facts.facts import Observation, ProjectFacts, ProjectVerdict, RuleSet
from projects.verdicts.facts.works import contradicted, done_by_gate, latest_overall
from projects.verdicts.forecast.outlook import earliest, told_ahead, whole_ahead

MONTHS = 3  # coming month ends that are told
RULES = RuleSet()
LONGEST = 3660  # days ahead that can be asked for


def answer(
    facts: ProjectFacts,
    flags: Iterable[Flag],
    as_of: dt.date,
    asked: dt.date | None = None,
    rules: RuleSet = RULES,
) -> Answer:
    """What is known on `as_of`; `asked` is one more day to tell about."""
    seen = facts.seen(as_of)
    whole, latest = assess_project(facts, {}, as_of, rules), latest_overall(seen)
    planned = facts.curve.finish if facts.curve else None
    if whole.actual_finish:
        return Answer(_finished(whole.actual_finish, planned), ())
    if latest is None:
        return Answer((Text(NO_REPORT),), ())
    if planned is None:
        return Answer((Text(NO_CURVE),), ())
    if whole.forecast_finish is None:
        return Answer((*_silent(whole, facts, seen, as_of, rules), *stopped(facts.pauses)), ())
    params: dict[str, object] = {
        "day": whole.forecast_finish,
        "low": whole.forecast_p10,
        "high": whole.forecast_p90,
        "planned": planned,
    }
    days = (whole.forecast_finish - planned).days
    finish = (
        N_("推算 %(day)s 完工, 八成可能在 %(low)s 至 %(high)s 之间") if whole.forecast_p10 else N_("推算 %(day)s 完工")
    )
    against = Text(N_("与计划 (%(planned)s) 相同"), params)
    if days:
        late = N_("比计划 (%(planned)s) 晚 %(days)s 天") if days > 0 else N_("比计划 (%(planned)s) 早 %(days)s 天")
        against = Text(late, params | {"days": abs(days)})
    chance = (
        []
        if whole.finish_chance is None
        else [Text(N_("按计划完工的可能性 %(chance)s%%"), {"chance": told_chance(whole.finish_chance)})]
    )
    return Answer(
        (Text(finish, params), against, *chance, *stopped(facts.pauses)),
        _standings(facts, seen, flags, as_of, asked, rules),
    )


def _silent(
    whole: ProjectVerdict, facts: ProjectFacts, seen: Sequence[Observation], as_of: dt.date, rules: RuleSet
) -> list[Text]:
    """Why no day is told: it was dropped, facts contradict each other, old news, or a day is past without a record."""
    if facts.dropped_on:
        return [Text(N_("项目已于 %(on)s 终止, 不再推算"), {"on": facts.dropped_on})]
    gates = facts.passed(as_of)
    record, against = done_by_gate(gates), contradicted(gates, seen, rules.leap_points)
    if record and against:
        return [contradiction(record, against)]
    ahead = whole_ahead(facts, seen, as_of, rules)
    is_past = ahead is not None and ahead.finish.p50 < earliest(facts, as_of)
    told = [expected(ahead.finish.p50, seen[-1].on, is_past=is_past)] if ahead else []
    return [*([] if facts.pauses.is_endless else told), *age(whole.data)]


def _finished(day: dt.date, planned: dt.date | None) -> tuple[Text, ...]:
    days = (day - planned).days if planned else 0
    params = {"day": day, "planned": planned, "days": abs(days)}
    if days == 0:
        return (Text(N_("已于 %(on)s 完工"), {"on": day}),)
    return (
        Text(
            N_("已于 %(day)s 完工, 比计划 (%(planned)s) 晚 %(days)s 天")
            if days > 0
            else N_("已于 %(day)s 完工, 比计划 (%(planned)s) 早 %(days)s 天"),
            params,
        ),
    )


def _standings(
    facts: ProjectFacts,
    seen: Sequence[Observation],
    flags: Iterable[Flag],
    as_of: dt.date,
    asked: dt.date | None,
    rules: RuleSet,
) -> tuple[CurveStanding, ...]:
    ahead = told_ahead(facts, seen, as_of, rules)
    if ahead is None or facts.curve is None or facts.pauses.open_since:
        return ()
    days: dict[dt.date, list[str]] = {}
    for count in range(MONTHS + 1):
        days.setdefault(month_end(add_months(month_of(as_of), count)), []).append(N_("月末"))
    days.setdefault(dt.date(as_of.year, 12, 31), []).append(N_("年末"))
    days.setdefault(facts.curve.finish, []).append(N_("计划完工"))
    for flag in flags:
        days.setdefault(flag.on, []).append(N_("承诺期限"))
    if asked:
        days.setdefault(asked, []).append(N_("您问的日期"))
    return tuple(
        CurveStanding(day, tuple(map(Text, dict.fromkeys(days[day]))), facts.curve.planned(day), ahead.percent_on(day))
        for day in sorted(days)
        if as_of < day <= as_of + dt.timedelta(days=LONGEST)
    )
