"""Reads the history that forecasts are replayed on: a fixed number of statements whatever the number of projects."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import exists, select

from projects.core.permissions import Actor, Ids, visible_projects
from projects.extensions import db
from projects.register.projects.tables import Project
from projects.statements import held
from projects.verdicts.facts.assembly import curves, gates_passed, planned, suspensions
from projects.verdicts.facts.facts import DatedFigure, GateFact
from projects.verdicts.facts.works import DONE, DONE_GATES, done_by_gate, done_by_report, newest_revisions
from projects.verdicts.forecast.extract import packaged_record, packaged_reference
from projects.verdicts.forecast.own import with_own
from projects.verdicts.forecast.reference import Finished, Reference
from projects.verdicts.forecast.tables import ReferenceVersion
from projects.verdicts.status.queries import plan_points, stage_plans, telling_events
from projects.verdicts.track_record import months
from projects.verdicts.track_record.months import Filed, History
from projects.verdicts.track_record.page import RecordPage
from projects.verdicts.track_record.scores import track_record
from projects.works.gates.queries import gates_recorded, past_gates
from projects.works.reports.queries import approved_by
from projects.works.reports.tables import MonthlyReport

MOST_PROJECTS = 400  # a page replays so many; of more, an even sample
MOST_OWN = 300  # own finished projects in the reference class, the newest


def record_page(actor: Actor, as_of: dt.date) -> RecordPage:
    """The record of the closed months before a day, over the projects that `actor` may see; nine statements."""
    visible = visible_projects(actor)
    chosen, total = _sample(visible)
    known = months.closed_before(as_of)
    histories = histories_of(chosen, known)
    replayed = list(months.replay_months(histories, _references(), known))
    own = track_record((finish for finish, _ in replayed), (target for _, targets in replayed for target in targets))
    samples = {one.key for one in histories if one.is_sample} & {finish.project for finish, _ in replayed}
    return RecordPage(
        known, own, len(replayed), len(chosen), total, bool(samples), packaged_record(), packaged_reference().name
    )


def finished_projects(known: dt.date) -> list[Finished]:
    """The portfolio's own finished projects (no samples) as known on a day, for the reference class; seven
    statements.
    """
    full = select(MonthlyReport.project_id).where(MonthlyReport.overall_percent >= DONE, approved_by(known))
    ended = Project.id.in_(past_gates(DONE_GATES, known).union(full))
    wanted = select(Project.id).where(ended).order_by(Project.id.desc()).limit(2 * MOST_OWN)
    return months.finished_projects(histories_of(list(db.session.scalars(wanted)), known), known, MOST_OWN)


def histories_of(ids: Collection[int], known: dt.date) -> list[History]:
    """Plans, suspensions, approved reports and finishes of some projects, as known on a day; projects without a plan
    are left out; six statements.
    """
    stages = stage_plans(ids, known)
    plans = plan_points(ids, known)
    events = telling_events(ids, known)
    filed, sample_reports = _filed(ids, known)
    recorded = gates_recorded(ids, known)
    found = []
    for project_id in sorted(ids):
        points = plans.get(project_id, ())
        stops = tuple(suspensions(events.get(project_id, ())))
        own = curves(points, stages.get(project_id, ()), stops)
        if own[-1][1] is None or not filed[project_id]:
            continue
        passed = gates_passed(events.get(project_id, ()), recorded.get(project_id, ()), known)
        finish, since = _finish(filed[project_id], passed, known)
        is_sample = planned(points, known).is_sample or project_id in sample_reports
        found.append(History(str(project_id), own, stops, tuple(filed[project_id]), finish, since, is_sample))
    return found


def _finish(
    filed: list[Filed], passed: Mapping[str, GateFact], known: dt.date
) -> tuple[dt.date | None, dt.date | None]:
    """The finish (S-12) and since when it is known: by a gate, which counts from its day, else by the report of 100 %,
    from its approval.
    """
    gate = done_by_gate(passed)
    if gate:
        return gate.on, gate.on
    newest = sorted(newest_revisions(filed, known).values(), key=lambda one: one.data_on)
    full = done_by_report([DatedFigure(one.data_on, one.percent) for one in newest])
    return next(((one.data_on, one.approved_on) for one in newest if full and one.data_on == full.on), (None, None))


def _filed(ids: Collection[int], known: dt.date) -> tuple[dict[int, list[Filed]], set[int]]:
    report = MonthlyReport
    columns = (
        report.project_id,
        report.approved_on,
        report.month,
        report.data_on,
        report.overall_percent,
        report.is_sample,
    )
    approved = select(*columns).where(approved_by(known), report.project_id.in_(ids))
    found: dict[int, list[Filed]] = defaultdict(list)
    samples = set()
    for row in db.session.connection().execute(approved.order_by(report.approved_on, report.month, report.revision)):
        if row.approved_on is not None:
            found[row.project_id].append(Filed(row.approved_on, row.month, row.data_on, row.overall_percent))
        if row.is_sample:
            samples.add(row.project_id)
    return found, samples


def _sample(visible: Ids | None) -> tuple[list[int], int]:
    """The projects to replay, evenly chosen where there are many, and how many there are."""
    within: list[Any] = [held(Project.id, visible)]
    reported = exists().where(MonthlyReport.project_id == Project.id, MonthlyReport.approved_on.is_not(None))
    ids = list(db.session.scalars(select(Project.id).where(reported, *within).order_by(Project.id)))
    return ids[:: -(-len(ids) // MOST_PROJECTS) or 1], len(ids)


def _references() -> Callable[[dt.date], Reference]:
    """The reference class as it was on a day: one statement for all days."""
    stored = list(
        db.session.connection().execute(
            select(ReferenceVersion.made_on, ReferenceVersion.members).order_by(ReferenceVersion.made_on)
        )
    )
    days = [row.made_on for row in stored]
    made: dict[int, Reference] = {0: packaged_reference()}

    def on(day: dt.date) -> Reference:
        count = bisect_right(days, day)
        if count not in made:
            made[count] = with_own(packaged_reference(), stored[count - 1].members)
        return made[count]

    return on
