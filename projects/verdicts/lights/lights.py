"""Four lights of a project as of a day: start, progress, payment, statistics entry. Rules L-1 to L-7 of
docs/rules/lights.md.

They say how this month stands against a rule set; whether a promise will be kept is said by the verdicts (assess.py).
Pure; nothing later than `as_of` is seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dateutil.relativedelta import relativedelta

from projects.core.money import in_unit
from projects.core.month import add_months, month_of, months_between
from projects.core.text import N_, Text, cut
from projects.core.vocabulary import PROJECT_LIGHTS, SIGNAL_OF, SIGNALS
from projects.verdicts.facts.facts import Observation, ProjectFacts, RuleSet
from projects.verdicts.facts.works import DONE, reports_in

RANK = {state: rank for rank, state in enumerate(SIGNALS)}


@dataclass(frozen=True)
class Exempted:
    """A light that a dispatcher took out of the count from one day to another, with the reason."""

    light: str
    reason: str
    approver: str
    since: dt.date
    until: dt.date


@dataclass(frozen=True)
class LightFacts:
    """What lights need beside the project's facts: what was paid of which approved sum in fen, the promised start,
    exemptions.
    """

    paid_fen: int | None = None
    approved_fen: int | None = None
    promised_start: dt.date | None = None
    exemptions: Sequence[Exempted] = ()


@dataclass(frozen=True)
class Light:
    """A light (vocabulary SIGNALS) and its reason."""

    state: str
    reason: Text


@dataclass(frozen=True)
class Lights:
    """The four lights by their keys (vocabulary PROJECT_LIGHTS), and the worst of them."""

    each: Mapping[str, Light] = field(default_factory=dict)

    @property
    def worst(self) -> str:
        """L-6: the worst of those that count; grey where none can be told."""
        return min((light.state for light in self.each.values()), key=RANK.__getitem__, default="grey")


def project_lights(
    facts: ProjectFacts,
    more: LightFacts,
    started: dt.date | None,
    finished: dt.date | None,
    as_of: dt.date,
    rules: RuleSet,
) -> Lights:
    """The four lights of a project that started and finished on the days given (None: not yet)."""
    reports = reports_in(facts.seen(as_of))
    found = {
        "start": _start(facts, more, started, as_of, rules),
        "progress": _progress(facts, reports, finished, as_of, rules),
        "payment": _payment(more, reports, rules),
        "entry": _entry(reports, started, as_of, rules),
    }
    if facts.dropped_on:
        found |= _awaited_no_more(facts.dropped_on, started)
    return Lights({key: _exempted(key, light, more.exemptions, as_of) for key, light in found.items()})


def _awaited_no_more(dropped_on: dt.date, started: dt.date | None) -> dict[str, Light]:
    """L-11: of a project that was dropped nothing more is awaited but an account of the money."""
    light = Light("grey", Text(N_("项目已于 %(on)s 终止, 不再评这个灯"), {"on": dropped_on}))
    return dict.fromkeys(("progress", "entry") if started else ("start", "progress", "entry"), light)


def _exempted(key: str, light: Light, exemptions: Sequence[Exempted], as_of: dt.date) -> Light:
    """L-5: a red or yellow light with a valid exemption is out of the count; what it would be is said."""
    valid = next((one for one in exemptions if one.light == key and one.since <= as_of <= one.until), None)
    if valid is None or light.state not in {"red", "yellow"}:
        return light
    params = {
        "until": valid.until,
        "reason": valid.reason,
        "who": valid.approver,
        "was": Text(SIGNALS[light.state]),
        "why": light.reason,
    }
    return Light("exempt", Text(N_("豁免至 %(until)s: %(reason)s (%(who)s批准); 否则为%(was)s: %(why)s"), params))


# --- start (L-1) ------------------------------------------------------------------------------------------------------


def planned_start(facts: ProjectFacts, more: LightFacts) -> dt.date | None:
    """The planned day of the start: its own milestone, else the plan's first day, else the promised one."""
    return facts.gate_plans.get("start") or (facts.curve.start if facts.curve else None) or more.promised_start


def _start(facts: ProjectFacts, more: LightFacts, started: dt.date | None, as_of: dt.date, rules: RuleSet) -> Light:
    due = planned_start(facts, more)
    if started:
        if due is None or started <= due:
            return Light("green", Text(N_("已于 %(on)s 开工"), {"on": started}))
        return Light(
            "green", Text(N_("已于 %(on)s 开工, 比计划晚 %(days)s 天"), {"on": started, "days": (started - due).days})
        )
    if due is None:
        return Light("grey", Text(N_("没有计划开工日期")))
    missed = months_missed(due, as_of)
    state = "red" if missed >= rules.start_red else "yellow" if missed >= rules.start_yellow else "green"
    if missed == 0:
        return Light("green", Text(N_("计划 %(due)s 开工, 当月未过"), {"due": due}))
    return Light(state, Text(N_("计划 %(due)s 开工, 已连续 %(months)s 个月未开工"), {"due": due, "months": missed}))


def months_missed(due: dt.date, as_of: dt.date) -> int:
    """How many calendar months, that of `due` first, have ended before `as_of`."""
    return max(0, months_between(due, as_of))


# --- progress (L-2) ---------------------------------------------------------------------------------------------------


def _progress(
    facts: ProjectFacts, reports: Sequence[Observation], finished: dt.date | None, as_of: dt.date, rules: RuleSet
) -> Light:
    if finished:
        return Light("green", Text(N_("已于 %(on)s 完工"), {"on": finished}))
    if facts.curve is None:
        return Light("grey", Text(N_("没有计划曲线, 无法与序时进度比较")))
    if not reports:
        return Light("grey", Text(N_("还没有已通过的月报, 无法判断")))
    latest = reports[-1]
    percent, planned = latest.overall or 0.0, facts.curve.planned(latest.on)
    state = progress_state(percent, planned, rules)
    params: dict[str, object] = {"on": latest.on, "percent": percent, "planned": planned, "gap": abs(planned - percent)}
    if planned <= 0:
        reason = Text(N_("%(on)s 为 %(percent)s%%, 计划尚未开始"), params)
    elif rules.progress_kind == "ratio":
        reason = Text(
            N_("%(on)s 为 %(percent)s%%, 计划 %(planned)s%%, 达到序时进度的 %(ratio)s%%"),
            params | {"ratio": 100 * percent / planned},
        )
    elif not cut(planned - percent, 1):  # a gap that is told as 0 (S-25)
        reason = Text(N_("%(on)s 为 %(percent)s%%, 与计划一致"), params)
    elif percent < planned:
        reason = Text(N_("%(on)s 为 %(percent)s%%, 计划 %(planned)s%%, 落后 %(gap)s 个百分点"), params)
    else:
        reason = Text(N_("%(on)s 为 %(percent)s%%, 计划 %(planned)s%%, 超前 %(gap)s 个百分点"), params)
    running = _running(facts, reports, rules) if state == "yellow" and rules.progress_running else 0
    if running and running >= rules.progress_running:
        state, reason = (
            "red",
            Text(N_("%(reason)s; 已连续 %(months)s 个月未达到"), {"reason": reason, "months": running}),
        )
    age = (as_of - latest.on).days
    if age > rules.stale_days and state == "green":
        state, reason = "yellow", Text(N_("%(reason)s; 最近的月报已是 %(days)s 天前"), {"reason": reason, "days": age})
    return Light(state, reason)


def progress_state(percent: float, planned: float, rules: RuleSet) -> str:
    """L-2: a gap is yellow from its figure on and red above; a ratio is yellow and red below its figures."""
    if planned <= 0 or percent >= DONE:
        return "green"
    if rules.progress_kind == "gap":
        behind = round(planned - percent, 6)
        return "red" if behind > rules.progress_red else "yellow" if behind >= rules.progress_yellow else "green"
    ratio = round(100 * percent / planned, 6)
    return "red" if ratio < rules.progress_red else "yellow" if ratio < rules.progress_yellow else "green"


def _running(facts: ProjectFacts, reports: Sequence[Observation], rules: RuleSet) -> int:
    """L-3: how many months running up to the newest report were not green; a month without a report ends the run."""
    count = 0
    by_month = {month_of(one.on): one for one in reports}
    month = month_of(reports[-1].on)
    while facts.curve and month in by_month:
        one = by_month[month]
        if progress_state(one.overall or 0.0, facts.curve.planned(one.on), rules) == "green":
            break
        count, month = count + 1, add_months(month, -1)
    return count


# --- payment (L-4) ----------------------------------------------------------------------------------------------------


def _payment(more: LightFacts, reports: Sequence[Observation], rules: RuleSet) -> Light:
    if not more.approved_fen:
        return Light("grey", Text(N_("没有批复资金, 无法计算资金进度")))
    if more.paid_fen is None or not reports:
        return Light("grey", Text(N_("还没有支付记录或月报, 无法比较")))
    paid, works = 100 * more.paid_fen / more.approved_fen, reports[-1].overall or 0.0
    params = {"paid": paid, "sum": f"{in_unit(more.paid_fen):,}", "works": works, "gap": abs(paid - works)}
    if paid > works:
        words = Text(N_("已支付 %(sum)s 万元 (%(paid)s%%), 形象进度 %(works)s%%, 资金超前 %(gap)s 个百分点"), params)
    else:
        words = Text(N_("已支付 %(sum)s 万元 (%(paid)s%%), 形象进度 %(works)s%%, 资金不超前"), params)
    return Light("red" if round(paid - works, 6) > rules.money_ahead else "green", words)


# --- statistics entry (L-7) -------------------------------------------------------------------------------------------


def _entry(reports: Sequence[Observation], started: dt.date | None, as_of: dt.date, rules: RuleSet) -> Light:
    answered = next((one for one in reversed(reports) if one.in_statistics is not None), None)
    if answered and answered.in_statistics:
        return Light("green", Text(N_("%(on)s 的月报: 已入统"), {"on": answered.on}))
    if started is None:
        return Light("grey", Text(N_("尚未开工, 暂不要求入统")))
    if answered is None:
        return Light("grey", Text(N_("月报没有填报是否入统")))
    params = {"start": started, "reason": answered.statistics_reason or "—", "days": (as_of - started).days}
    state = "green"
    if as_of > started + relativedelta(months=rules.entry_yellow):
        state = "yellow"
    if as_of > started + relativedelta(months=rules.entry_red):
        state = "red"
    return Light(state, Text(N_("%(start)s 开工, %(days)s 天后仍未入统; 原因: %(reason)s"), params))


def letters(states: Mapping[str, str]) -> str:
    """The four lights as a status row stores them: `gyr-`."""
    letter = {state: one for one, state in SIGNAL_OF.items()}
    return "".join(letter[states[key]] for key in PROJECT_LIGHTS)
