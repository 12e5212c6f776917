"""From what is stored of projects to the facts of a verdict, as they were known on a day. Pure, so that one load serves
every day up to its own; rule P-5 of docs/rules/plan.md says what was planned.

A report counts from the day it was approved, with its newest revision up to then; a plan from the day it was changed to
what it is; events and gates count from the day they happened.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from projects.register.projects.ends import End
from projects.verdicts.facts.curve import PlanCurve, StagePlan, plan_curve
from projects.verdicts.facts.ends import with_ends
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, ReportRef
from projects.verdicts.facts.pauses import Pauses
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.facts.works import newest_revisions
from projects.verdicts.forecast.reference import Reference
from projects.works.gates.sheet import register_first

Spans = list[tuple[dt.date, dt.date | None]]
Stops = Sequence[tuple[dt.date, dt.date | None]]


class StoredReport(NamedTuple):
    """An approved revision of a month's report."""

    id: int
    project_id: int
    month: dt.date
    data_on: dt.date
    approved_on: dt.date
    overall_percent: float
    investment_fen: int | None
    is_sample: bool
    in_statistics: bool | None
    statistics_reason: str


class StoredEvent(NamedTuple):
    """What happened on a day."""

    project_id: int
    happened_on: dt.date
    gate_key: str | None
    stage_key: str | None
    percent: float | None
    effect: str
    precision: str
    is_sample: bool
    expected_on: dt.date | None = None


class PlanPoint(NamedTuple):
    """What a milestone is planned for (None: not planned), of a percent of the whole or of a gate, counting `since` a
    day (None: always).

    Former plans were entered before the present one (`is_present`), each kind in the order of their rows.
    """

    project_id: int
    milestone_id: int
    percent: float | None
    gate_key: str | None
    plan_on: dt.date | None
    since: dt.date | None
    is_sample: bool
    is_present: int = 1
    row_id: int = 0


@dataclass(frozen=True)
class Raw:
    """What is stored of some projects up to a day: reports by project in order of months and revisions, events from the
    newest on, gates and plans.
    """

    projects: Sequence[int]
    stages: Mapping[int, Sequence[StagePlan]]
    plans: Mapping[int, Sequence[PlanPoint]]
    reports: Mapping[int, Sequence[StoredReport]]
    progress: Mapping[int, Mapping[str, float]]  # by report
    events: Mapping[int, Sequence[StoredEvent]]
    gates: Mapping[int, Sequence[tuple[str, dt.date, bool]]]
    ends: Mapping[int, Sequence[End]] = field(default_factory=dict)


def assemble(
    raw: Raw, as_of: dt.date, reference: Reference | None = None
) -> tuple[dict[int, ProjectFacts], dict[int, ReportRef]]:
    """What was known of each project on `as_of` (not later than the day `raw` was loaded for), and its newest approved
    report.
    """
    facts: dict[int, ProjectFacts] = {}
    newest: dict[int, ReportRef] = {}
    for key in raw.projects:
        events = [one for one in raw.events.get(key, ()) if one.happened_on <= as_of]
        seen = _reports(raw, key, as_of, newest)
        seen += [
            Observation(one.happened_on, {one.stage_key: one.percent or 0.0}, None, None, False, one.is_sample)
            for one in events
            if one.stage_key
        ]
        seen.sort(key=lambda one: one.on)
        own = tuple(raw.stages.get(key, ()))
        stops = suspensions(events)
        plan = planned(raw.plans.get(key, ()), as_of, stops)
        gates = gates_passed(events, raw.gates.get(key, ()), as_of)
        made = ProjectFacts(plan.curve(own), own, tuple(seen), gates, plan.gates, plan.is_sample, reference)
        made = with_stops(made, stops, as_of, resumption(events)) if stops else made
        facts[key] = with_ends(made, raw.ends[key], as_of) if key in raw.ends else made
    return facts, newest


def _reports(raw: Raw, key: int, as_of: dt.date, newest: dict[int, ReportRef]) -> list[Observation]:
    latest = newest_revisions(raw.reports.get(key, ()), as_of)
    if latest:
        last = latest[max(latest)]
        newest[key] = ReportRef(last.id, last.month)
    return [
        Observation(
            one.data_on,
            raw.progress.get(one.id, {}),
            one.overall_percent,
            one.investment_fen,
            is_report=True,
            is_sample=one.is_sample,
            in_statistics=one.in_statistics,
            statistics_reason=one.statistics_reason,
        )
        for one in latest.values()
    ]


def gates_passed(
    events: Iterable[StoredEvent], recorded: Iterable[tuple[str, dt.date, bool]], as_of: dt.date
) -> dict[str, GateFact]:
    """Each gate by the register, else by its earliest event."""
    return register_first(
        {key: GateFact(day, "day", is_sample) for key, day, is_sample in recorded if day <= as_of},
        {one.gate_key: GateFact(one.happened_on, one.precision, one.is_sample) for one in events if one.gate_key},
    )


def suspensions(events: Sequence[StoredEvent]) -> Spans:
    """When the works stood still: from the day they stopped to the day they went on, None while they have not; `events`
    from the newest on.
    """
    spans: Spans = []
    for event in reversed(events):
        if event.effect == "stop" and (not spans or spans[-1][1] is not None):
            spans.append((event.happened_on, None))
        elif event.effect == "resume" and spans and spans[-1][1] is None:
            spans[-1] = (spans[-1][0], event.happened_on)
    return spans


def resumption(events: Sequence[StoredEvent]) -> dt.date | None:
    """The day on which works that stand still are expected to go on, where a stop names one; `events` from the newest
    on.
    """
    for event in events:
        if event.effect == "resume":
            return None
        if event.effect == "stop" and event.expected_on:
            return event.expected_on
    return None


def by_project(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Rows that name their project, gathered in their order."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.project_id].append(row)
    return found


# --- what was planned (P-5) -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planned:
    """A plan as it stood on a day: dated percentages, the planned days of gates, and whether any of it is a sample."""

    days: tuple[tuple[float, dt.date], ...]
    gates: dict[str, dt.date]
    is_sample: bool

    def curve(self, stages: Sequence[StagePlan]) -> PlanCurve | None:
        """The plan curve, of the most trusted kind there is."""
        dated: dict[dt.date, float] = {}
        ends: dict[float, dt.date] = {}
        for percent, day in self.days:
            dated[day] = max(percent, dated.get(day, 0.0))
            ends[percent] = day
        return plan_curve(dated, tuple(stages), ends.get(0.0), ends.get(100.0))


def planned(points: Iterable[PlanPoint], on: dt.date, stops: Stops = ()) -> Planned:
    """The plan of one project as it stood on a day; `points` in the order in which they were entered, a later one of
    the same milestone wins.

    Days are those before suspensions (`stops`) move them: a day that was moved while or after the works stood still is
    told without what it reckons with already, so that nothing moves it twice (S-14).
    """
    standing: dict[int, PlanPoint] = {}
    before: set[int] = set()
    for one in points:
        if one.since is None or one.since <= on:
            again = bool(stops) and one.milestone_id in before
            standing[one.milestone_id] = (
                _without(one, Pauses.of(stops, one.since)) if again and one.plan_on and one.since else one
            )
            before |= {one.milestone_id} if one.plan_on else set()
    known = [one for one in standing.values() if one.plan_on]
    days = tuple((one.percent, one.plan_on) for one in known if one.percent is not None and one.plan_on)
    gates = {one.gate_key: one.plan_on for one in known if one.gate_key and one.plan_on}
    return Planned(days, gates, any(one.is_sample for one in known))


def _without(point: PlanPoint, known: Pauses) -> PlanPoint:
    """A point planned anew, less the days that were known to be lost when it was."""
    return point._replace(plan_on=point.plan_on and known.worked(point.plan_on))


def curves(
    points: Sequence[PlanPoint], stages: Sequence[StagePlan], stops: Stops = ()
) -> tuple[tuple[dt.date, PlanCurve | None], ...]:
    """The plan curve since each day on which the plan changed, in order of days; the first has always been.

    Suspensions (`stops`) have not moved them yet.
    """
    days = sorted({dt.date.min} | {one.since for one in points if one.since})
    return tuple((day, planned(points, day, stops).curve(stages)) for day in days)
