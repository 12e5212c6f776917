"""Have the works begun, are they done, and what did the newest report say? One home for each; verdicts, lights, charts
and the track record ask here.

Rules S-7, S-10, S-12 and S-21 to S-24 of docs/rules/slippage.md, L-1 of docs/rules/lights.md. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, TypeVar

from projects.core.month import add_months
from projects.core.vocabulary import GATE_MEASURES, PRECISIONS, SEVERITY
from projects.verdicts.facts.curve import PlanCurve, whole_days
from projects.verdicts.facts.facts import (
    DataVerdict,
    DatedFigure,
    GateFact,
    Observation,
    ProjectFacts,
    RuleSet,
    TargetFacts,
    WorksVerdict,
)

DONE = 100.0
# S-7: gates that can only be passed once every work stage is done, and the promises that they fulfil.
DONE_GATES = ("works_complete", "completion_acceptance", "in_use", "full_operation")
DONE_MEASURES = frozenset(measure for measure, gate in GATE_MEASURES.items() if gate in DONE_GATES)
# S-7: what a later gate of the field's order proves of earlier ones: passed by its day at the latest.
PROVEN_BY = {
    "start": ("topped_out", *DONE_GATES, "filing", "final_account"),
    "topped_out": (*DONE_GATES, "filing", "final_account"),
    "works_complete": ("completion_acceptance", "in_use", "full_operation", "filing", "final_account"),
    "completion_acceptance": ("filing", "final_account"),
    "in_use": ("full_operation",),
}
HARD_STAGES = ("foundation", "structure")  # whose percent is counted on site: no works are complete without them
GRAIN = 10.0  # points that a report may lack of works that a record calls complete (S-21)
DAYS_A_MONTH = 30.4375
WHOLE = "works_complete"  # a proof's precision: the first record that every stage is done
CONCERN = {  # how much works are a concern, as a promise of this state would be
    "dropped": "undated",
    "stopped": "behind",
    "no_plan": "undated",
    "on_plan": "on_track",
    "ahead": "on_track",
    "finished": "met_early",
}
BEFORE_WORKS = "preparation"  # the one stage that moves before the works begin
REPORT = "report"  # a gate's precision: proven by progress in a report, on whose day it counts


class Filed(Protocol):
    """An approved revision of a month's report."""

    @property
    def month(self) -> dt.date:
        """The month it speaks of."""

    @property
    def approved_on(self) -> dt.date:
        """The day from which it counts (S-20)."""


FiledT = TypeVar("FiledT", bound=Filed)


def newest_revisions(filed: Iterable[FiledT], as_of: dt.date) -> dict[dt.date, FiledT]:
    """S-20: of each month the newest revision approved by a day; `filed` with later revisions of a month behind earlier
    ones.
    """
    return {one.month: one for one in filed if one.approved_on <= as_of}


def is_done(percent: float | None) -> bool:
    """Whether a percent says that all is done."""
    return percent is not None and percent >= DONE


def reports_in(seen: Iterable[Observation]) -> list[Observation]:
    """The reports among what is known, which alone speak of the whole."""
    return [one for one in seen if one.overall is not None]


def overall_in(seen: Iterable[Observation]) -> list[DatedFigure]:
    """The overall percents among what is known."""
    return [DatedFigure(one.on, one.overall, one.is_sample) for one in seen if one.overall is not None]


def latest_overall(seen: Sequence[Observation]) -> DatedFigure | None:
    """The newest overall percent, None where there is none."""
    newest = next((one for one in reversed(seen) if one.overall is not None), None)
    return None if newest is None else overall_in([newest])[0]


def done_by_gate(gates: Mapping[str, GateFact]) -> GateFact | None:
    """S-7: the first of the gates passed that prove every stage done."""
    return min((gates[key] for key in DONE_GATES if key in gates), key=lambda gate: gate.on, default=None)


def done_by_report(reported: Sequence[DatedFigure]) -> DatedFigure | None:
    """S-7: the report that brought the whole to 100 %, where no later one took it back."""
    below = next((index for index in reversed(range(len(reported))) if reported[index].value < DONE), -1)
    return reported[below + 1] if below + 1 < len(reported) else None


def done_on(gates: Mapping[str, GateFact], reported: Sequence[DatedFigure]) -> dt.date | None:
    """S-12: the day on which the works were done, by a gate, else by the reports; None while they are not."""
    done = done_by_gate(gates) or done_by_report(reported)
    return done.on if done else None


def begun(gates: Mapping[str, GateFact], seen: Iterable[Observation]) -> GateFact | None:
    """S-7, L-1: the start as recorded, else proven by the first progress on any stage but the preparation, or by a
    later gate, whichever is first.
    """
    return gates.get("start") or min(
        (one for one in (_moving(seen), _by_later("start", gates)) if one), key=lambda one: one.on, default=None
    )


def _moving(seen: Iterable[Observation]) -> GateFact | None:
    return next(
        (
            GateFact(one.on, REPORT, one.is_sample)
            for one in seen
            if any(percent > 0 for key, percent in one.stages.items() if key != BEFORE_WORKS)
        ),
        None,
    )


def _by_later(key: str, gates: Mapping[str, GateFact]) -> GateFact | None:
    """The first of the later gates that prove a gate."""
    later = [(gates[name].on, name) for name in PROVEN_BY.get(key, ()) if name in gates]
    return replace(gates[min(later)[1]], precision=min(later)[1]) if later else None


def passed_by(key: str, gates: Mapping[str, GateFact], seen: Iterable[Observation]) -> GateFact | None:
    """S-7: a gate as recorded, else the evidence that it was passed by a day at the latest (`is_bound`); its precision
    then names the evidence, REPORT or a later gate.
    """
    return begun(gates, seen) if key == "start" else gates.get(key) or _by_later(key, gates)


def done_for(key: str, gates: Mapping[str, GateFact]) -> GateFact | None:
    """S-21: the first completion on record, where one of them fulfils a promise of a gate at the end."""
    fulfils = {key, *PROVEN_BY.get(key, ())} & set(DONE_GATES) & set(gates)
    return done_by_gate(gates) if key in DONE_GATES and fulfils else None


def is_bound(gate: GateFact) -> bool:
    """Whether a gate's day is only the latest that it can have been."""
    return gate.precision not in PRECISIONS


def contradicted(gates: Mapping[str, GateFact], seen: Sequence[Observation], leap: float) -> Observation | None:
    """S-21: the newest report, where it can't be true together with the record that all is done; `leap` in points a
    month.
    """
    done = done_by_gate(gates)
    newest = next((one for one in reversed(seen) if one.is_report and one.overall is not None), None)
    if done is None or newest is None:
        return None
    days = (done.on - newest.on).days
    lacks = DONE - (newest.overall or 0.0)
    unbuilt = days <= DAYS_A_MONTH and any(newest.stages.get(key, DONE) < DONE for key in HARD_STAGES)
    return newest if unbuilt or lacks > GRAIN + leap * max(0, days) / DAYS_A_MONTH else None


def stalled_days(reports: Sequence[tuple[dt.date, float]], curve: PlanCurve, longest: int) -> int:
    """S-10: for how many days reports have brought no progress, where that is longer than `longest` and the plan goes
    on; else 0. Days of work, so that suspensions don't count.
    """
    if not reports or reports[-1][1] >= DONE:
        return 0
    newest, percent = reports[-1]
    since = next(on for on, value in reports if value >= percent)
    planned = curve.planned(newest)
    goes_on = planned >= DONE or planned > curve.planned(since)
    return (newest - since).days if goes_on and (newest - since).days > longest else 0


def freshness(seen: Sequence[Observation], as_of: dt.date, rules: RuleSet) -> DataVerdict:
    """S-22: how fresh the newest of what is known is: late, then silent, by its age or by months without their
    report.
    """
    if not seen:
        return DataVerdict("none")
    newest = seen[-1].on
    age = (as_of - newest).days
    due = add_months(newest, rules.silent_months + 1).replace(day=rules.report_day)
    silent = age > rules.silent_days or as_of > due
    return DataVerdict("silent" if silent else "late" if age > rules.fresh_days else "fresh", newest, age)


# --- what proves or denies a promise (S-7, S-21) ----------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What is known of a project by a day."""

    facts: ProjectFacts
    seen: Sequence[Observation]
    gates: dict[str, GateFact]
    as_of: dt.date
    rules: RuleSet
    data: DataVerdict
    against: Observation | None  # the report that contradicts the record of a completion

    @classmethod
    def of(cls, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> Known:
        """What `facts` hold up to a day."""
        seen, gates = facts.seen(as_of), facts.passed(as_of)
        against = contradicted(gates, seen, rules.leap_points)
        return cls(facts, seen, gates, as_of, rules, freshness(seen, as_of, rules), against)


class Crossing(NamedTuple):
    """The day on which what is needed was crossed, by the figure at `place`."""

    day: dt.date
    place: int


def crossed(points: Sequence[DatedFigure], needed: float, due: dt.date | None) -> Crossing | None:
    """When what is `needed` was reached (S-7), interpolated between the two figures round it.

    What falls back below it by the due day had not reached it; what was crossed by the due day stays, whatever comes
    later; what was crossed later must hold.
    """
    rising = [
        index
        for index, point in enumerate(points)
        if point.value >= needed and (index == 0 or points[index - 1].value < needed)
    ]
    for index in rising:
        fallen = next((point.on for point in points[index:] if point.value < needed), None)
        day = crossing_day(points, index, needed)
        if fallen is None or (due is not None and day <= due < fallen):
            return Crossing(day, index)
    return None


def crossing_day(points: Sequence[DatedFigure], index: int, needed: float) -> dt.date:
    """The day on the straight line from the figure before, where there is one."""
    here = points[index]
    if index == 0:
        return here.on
    before = points[index - 1]
    share = (needed - before.value) / (here.value - before.value)
    return before.on + whole_days(share * (here.on - before.on).days)


def proof_of(target: TargetFacts, stage: str | None, needed: float, known: Known) -> GateFact | None:
    """S-7: a gate that proves a stage, or the whole, done: the record of topping out for the structure, else what lies
    behind it in the field's order, as a bound.
    """
    if target.measure == "investment":
        return None
    topped = known.gates.get("topped_out")
    if topped and stage == "structure" and needed >= DONE:
        return topped
    done = done_by_gate(known.gates)
    found = [replace(done, precision=WHOLE)] if done else []
    if topped and stage in HARD_STAGES:
        found.append(replace(topped, precision="topped_out"))
    return min(found, key=lambda gate: gate.on, default=None)


def is_kept_without(stage: str | None, on: dt.date | None, needed: float, record: GateFact, known: Known) -> bool:
    """S-21: whether a promise that figures kept on a day (`on`, if any) was so without the newest event on record:
    before it, or by a report of its very day.
    """
    if on is None:
        return False
    same = (one for one in known.seen if one.is_report and one.on == on)
    return on < record.on or any(one.stages.get(stage or "", 0.0) >= needed for one in same)


def recorded(stage: str | None, needed: float, known: Known) -> GateFact | None:
    """The newest event on record that says enough of a stage."""
    records = (one for one in reversed(known.seen) if not one.is_report and one.stages.get(stage or "", 0.0) >= needed)
    return next((GateFact(one.on, is_sample=one.is_sample) for one in records), None)


def denied(stage: str | None, record: GateFact, needed: float, known: Known) -> Observation | None:
    """S-21: the newest report, where it says less of a stage than what was recorded of it by then."""
    newest = next((one for one in reversed(known.seen) if one.is_report and stage in one.stages), None)
    if newest is None or stage is None or newest.on < record.on:
        return None
    return newest if newest.stages[stage] < needed else None


# --- the works against their own plan (S-23, S-24) ------------------------------------------------------------------


def against_plan(
    facts: ProjectFacts, started: dt.date | None, finished: dt.date | None, as_of: dt.date, rules: RuleSet
) -> WorksVerdict:
    """S-23: not begun, ahead, on plan, behind by so many days, stopped, finished, no plan."""
    curve, seen = facts.curve, facts.seen(as_of)
    if finished:
        return WorksVerdict("finished", (finished - curve.finish).days if curve else None)
    if facts.pauses.open_since:
        return WorksVerdict("stopped", (as_of - facts.pauses.open_since).days)
    planned = facts.gate_plans.get("start") or (curve.start if curve else None)
    latest = latest_overall(seen)
    lag = days_behind(facts, latest.on, latest.value) if latest and latest.value > 0 else 0
    if started is None and lag < rules.works_days:
        if planned:
            return WorksVerdict("not_begun", (as_of - planned).days if as_of > planned else None)
        return WorksVerdict("not_begun" if seen else "no_plan")
    if curve is None:
        return WorksVerdict("no_plan")
    days = days_behind(facts, latest.on, latest.value) if latest else 0
    if latest is None and started:
        days = (started - (planned or curve.start)).days
    state = "behind" if days >= rules.works_days else "ahead" if days <= -rules.works_days else "on_plan"
    return WorksVerdict(state, days)


def days_behind(facts: ProjectFacts, on: dt.date, percent: float) -> int:
    """By how many days of work a percent on a day is behind its plan; negative is ahead. Where the plan itself stands
    still at that percent, it is neither.
    """
    curve, at = facts.worked_curve, facts.pauses.worked(on)
    if curve is None:
        return 0
    if percent < curve.planned(at):
        return (at - curve.leaves(percent)).days
    return min(0, (at - curve.day_at(percent)).days) if percent > 0 else 0


def lag(slip: int | None, works: WorksVerdict) -> int | None:
    """S-24: by how many days the later of promise and works is late, for the order among equals; None where neither is
    known.
    """
    behind = works.days if works.state in {"behind", "not_begun"} else None
    return max((days for days in (slip, behind) if days is not None), default=None)


def concern(promise: str, works: WorksVerdict, data: str, rules: RuleSet) -> int:
    """S-24: the rank (vocabulary SEVERITY) of the worse of promise and works; old or missing data raise what would
    otherwise look well.
    """
    days = works.days or 0
    if works.state == "behind":
        like = "behind" if days > rules.behind_days else "at_risk"
    elif works.state == "not_begun":
        like = "behind" if days > rules.behind_days else "at_risk" if days > 0 else "on_track"
    else:
        like = CONCERN[works.state]
    worst = min(SEVERITY[promise], SEVERITY[like])
    owes_nothing = works.state == "finished" and worst > SEVERITY["at_risk"]
    if owes_nothing or data not in {"silent", "none"}:
        return worst
    return min(worst, SEVERITY["unknown"])
