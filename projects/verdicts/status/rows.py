"""From loaded facts to the rows that pages read: every target and every project, as of a day.

Pure, so that stored and live rows can't differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from projects.core.text import cut
from projects.core.vocabulary import PROJECT_LIGHTS
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import CountedTally, assess_programme, assess_project
from projects.verdicts.facts.facts import (
    ProjectFacts,
    ReportRef,
    RuleBook,
    RuleSet,
    StatusRow,
    TargetFacts,
    TargetStatusRow,
    Verdict,
)
from projects.verdicts.facts.works import concern, lag
from projects.verdicts.lights.lights import LightFacts, letters, project_lights

NOTHING = LightFacts()


@dataclass(frozen=True)
class TargetRef:
    """A stored target: its id, whom it binds, and its facts."""

    id: int
    project_id: int | None
    programme_id: int | None
    facts: TargetFacts


@dataclass(frozen=True)
class ProjectRef:
    """A stored project: its id, place and programme."""

    id: int
    place_code: str
    programme_id: int | None


@dataclass(frozen=True)
class Assessed:
    """Everything loaded for an assessment: facts and newest reports by project, targets, tallies by programme and
    measure, findings by project.

    `joined`: of every project that ever changed its programme, those it belonged to, each since a day (None:
    always), in order. Projects outside `asked` (None: none are) are there because a programme's promise counts them.
    """

    projects: Sequence[ProjectRef]
    facts: Mapping[int, ProjectFacts]
    newest: Mapping[int, ReportRef]
    targets: Sequence[TargetRef]
    tallies: Mapping[tuple[int, str], Sequence[CountedTally]]
    findings: Mapping[int, int]
    lights: Mapping[int, LightFacts] = field(default_factory=dict)
    book: RuleBook = field(default_factory=RuleBook)
    asked: Collection[int] | None = None
    joined: Mapping[int, Sequence[tuple[dt.date | None, int | None]]] = field(default_factory=dict)

    def belonged(self, project: ProjectRef, programme_id: int, on: dt.date) -> bool:
        """Whether a project belonged to a programme on a day; `joined` has who was ever elsewhere."""
        standing = [key for since, key in self.joined.get(project.id, ()) if since is None or since <= on]
        return (
            standing[-1] if standing else None if project.id in self.joined else project.programme_id
        ) == programme_id

    @cached_property
    def starts(self) -> dict[int, dt.date]:
        """The earliest promised start of each project that has one."""
        dated = [
            (one.project_id, one.facts.due)
            for one in self.targets
            if one.project_id and one.facts.measure == "start" and one.facts.due
        ]
        return dict(sorted(dated, reverse=True))


def rows(known: Assessed, as_of: dt.date) -> tuple[list[StatusRow], list[TargetStatusRow]]:
    """The status rows of all projects and targets in `known`."""
    verdicts: dict[int, Verdict] = {}
    by_project: dict[int, dict[str, Verdict]] = {}
    ids = {target.facts.key: target.id for target in known.targets}
    rules_of = {project.id: known.book.of(project.programme_id) for project in known.projects}
    members: dict[int, list[int]] = {}
    for project in known.projects:
        if project.programme_id is not None:
            members.setdefault(project.programme_id, []).append(project.id)
    for target in known.targets:
        if target.project_id is not None and target.project_id in known.facts:
            verdicts[target.id] = assess(
                target.facts, known.facts[target.project_id], as_of, rules_of[target.project_id]
            )
            by_project.setdefault(target.project_id, {})[target.facts.key] = verdicts[target.id]
        elif target.programme_id is not None:
            verdicts[target.id] = _of_programme(
                target, known, members.get(target.programme_id, ()), as_of, known.book.of(target.programme_id)
            )
    status = [
        _status_row(project, known, by_project.get(project.id, {}), ids, as_of, rules_of[project.id])
        for project in known.projects
        if known.asked is None or project.id in known.asked
    ]
    named = [
        (target, rules_of[target.project_id] if target.project_id is not None else known.book.of(target.programme_id))
        for target in known.targets
        if target.id in verdicts
    ]
    return status, [_target_row(target, verdicts[target.id], as_of, rules) for target, rules in named]


def _of_programme(target: TargetRef, known: Assessed, own: Sequence[int], as_of: dt.date, rules: RuleSet) -> Verdict:
    due, programme_id = target.facts.due, target.programme_id or 0
    one = TargetFacts(target.facts.key, target.facts.measure, "project", None, due, target.facts.commitment)
    members = {project_id: assess(one, known.facts[project_id], as_of, rules) for project_id in own}
    then = None
    if due and as_of > due and known.joined:
        ids = [project.id for project in known.projects if known.belonged(project, programme_id, due)]
        then = [members.get(key) or assess(one, known.facts[key], as_of, rules) for key in ids]
    tallies = known.tallies.get((programme_id, target.facts.measure), ())
    return assess_programme(target.facts, list(members.values()), tallies, as_of, rules, then)


def _status_row(
    project: ProjectRef,
    known: Assessed,
    verdicts: Mapping[str, Verdict],
    ids: Mapping[str, int],
    as_of: dt.date,
    rules: RuleSet,
) -> StatusRow:
    facts = known.facts[project.id]
    whole = assess_project(facts, verdicts, as_of, rules)
    report = known.newest.get(project.id)
    curve = facts.curve
    lights = project_lights(facts, _asked(project, known), whole.actual_start, whole.actual_finish, as_of, rules)
    return StatusRow(
        project_id=project.id,
        as_of=as_of,
        place_code=project.place_code,
        programme_id=project.programme_id,
        state=whole.state,
        works_state=whole.works.state,
        works_days=whole.works.days,
        data_state=whole.data.state,
        data_on=whole.data.since,
        severity=concern(whole.state, whole.works, whole.data.state, rules),
        lag_days=lag(whole.slip_days, whole.works),
        slip_days=whole.slip_days,
        percent=_cut(whole.percent),
        plan_percent=_cut(whole.plan_percent),
        plan_kind=curve.kind if curve else "none",
        plan_start=curve.start if curve else None,
        plan_finish=curve.finish if curve else None,
        actual_start=whole.actual_start,
        actual_finish=whole.actual_finish,
        forecast_finish=whole.forecast_finish,
        forecast_p10=whole.forecast_p10,
        forecast_p90=whole.forecast_p90,
        probability=_cut(whole.probability),
        light=lights.worst,
        lights=letters({key: lights.each[key].state for key in PROJECT_LIGHTS}),
        light_reasons=[lights.each[key].reason.to_json() for key in PROJECT_LIGHTS],
        report_id=report.id if report else None,
        report_month=report.month if report else None,
        investment_fen=whole.investment_fen,
        target_id=ids[whole.worst] if whole.worst else None,
        finding_count=known.findings.get(project.id, 0),
        rests_on_sample=whole.rests_on_sample,
        rule_set=rules.name,
    )


def _asked(project: ProjectRef, known: Assessed) -> LightFacts:
    """What lights are made from, with the promised start among it."""
    more = known.lights.get(project.id, NOTHING)
    promised = known.starts.get(project.id)
    return replace(more, promised_start=promised) if promised else more


def _target_row(target: TargetRef, verdict: Verdict, as_of: dt.date, rules: RuleSet) -> TargetStatusRow:
    scale = 1 if target.facts.quantifier == "count" or target.facts.measure == "investment" else 100
    return TargetStatusRow(
        target_id=target.id,
        as_of=as_of,
        state=verdict.state,
        slip_days=verdict.slip_days,
        forecast_on=verdict.forecast_on,
        forecast_p10=verdict.forecast_p10,
        forecast_p90=verdict.forecast_p90,
        probability=_cut(verdict.probability),
        met_on=verdict.met_on,
        met_by=verdict.met_by,
        current=None if verdict.current is None else int(verdict.current * scale + 1e-6),
        required_pace=_cut(verdict.required_pace),
        actual_pace=_cut(verdict.actual_pace),
        reasons=[reason.to_json() for reason in verdict.reasons],
        rests_on_sample=verdict.rests_on_sample,
        rule_set=rules.name,
    )


def _cut(value: float | None) -> float | None:
    return None if value is None else cut(value, 2)
