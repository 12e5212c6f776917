"""What speed is measured on is the same every time and hangs together; speed itself is never a test."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from sqlalchemy import func, select

from benchmarks import loading, verdicts
from benchmarks.loading import load, percent_at, weights
from benchmarks.portfolio import STATUS_DATE, Task, drawn
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import Milestone, MonthlyReport, Project, ProjectStatus, StageProgress, WorkStage
from projects.samples.plans.operations import load_catalogue
from projects.verdicts.rules.operations import load_rule_sets

DAY = dt.date(2026, 10, 31)


def task(start: dt.date, due: dt.date, percent: int) -> Task:
    return Task("cp-0001", 1, "基础", "task", start, due, start, due, percent, 1)


def test_the_same_portfolio_is_drawn_every_time():
    assert list(drawn(20, STATUS_DATE)) == list(drawn(20, STATUS_DATE))
    assert list(drawn(20, STATUS_DATE))[:5] == list(drawn(5, STATUS_DATE))


def test_each_project_has_twelve_tasks_and_three_milestones_in_order_of_their_baseline():
    for case in drawn(50, STATUS_DATE):
        assert [one.seq for one in case.tasks] == list(range(1, 16))
        assert sum(one.is_milestone for one in case.tasks) == 3
        assert all(
            one.baseline_start <= one.baseline_due and one.start <= one.due and 0 <= one.percent <= 100
            for one in case.tasks
        )
        assert all(one.percent == 0 for one in case.tasks if one.start > STATUS_DATE)


def test_stage_weights_are_shares_of_days_that_sum_to_a_hundred():
    tasks = [task(dt.date(2026, 1, 1), dt.date(2026, 1, 1) + dt.timedelta(days=days), 0) for days in (1, 1, 1, 300)]
    assert weights(tasks) == [0.33, 0.33, 0.33, 99.01]
    for case in drawn(50, STATUS_DATE):
        assert sum(round(100 * one) for one in weights([one for one in case.tasks if not one.is_milestone])) == 10_000


def test_a_task_grows_evenly_to_the_percent_it_has_been_told_at():
    half_done = task(dt.date(2026, 10, 1), dt.date(2026, 12, 1), 60)
    assert [percent_at(half_done, dt.date(2026, 10, day), DAY) for day in (1, 16, 31)] == [0.0, 30.0, 60.0]
    assert percent_at(task(dt.date(2026, 11, 5), dt.date(2026, 12, 1), 20), DAY, DAY) == 20.0


def test_the_loaded_portfolio_stands_in_every_table(app: Flask):
    cases = list(drawn(3, STATUS_DATE))
    with app.app_context():
        with transaction():
            load_catalogue(SYSTEM, dt.datetime.now(dt.UTC))
        before = db.session.scalar(select(func.count()).select_from(Project))
        accounts = load(cases, STATUS_DATE)

        def count(model) -> int:
            own = select(Project.id).where(Project.slug.startswith("cp-"))
            return db.session.scalar(select(func.count()).select_from(model).where(model.project_id.in_(own)))

        assert accounts.dispatcher == "bench"
        assert db.session.scalar(select(func.count()).select_from(Project)) == before + 3
        assert (count(WorkStage), count(Milestone), count(MonthlyReport), count(ProjectStatus)) == (
            36,
            12,
            3 * loading.MONTHS,
            3,
        )
        assert db.session.scalar(select(func.count()).select_from(StageProgress)) == 36 * loading.MONTHS
        told = dict(
            db.session.execute(
                select(Project.slug, ProjectStatus.percent).join(ProjectStatus, ProjectStatus.project_id == Project.id)
            ).all()
        )
        for case in cases:
            tasks = [one for one in case.tasks if not one.is_milestone]
            assert told[case.code] == round(
                sum(one.percent * weight for one, weight in zip(tasks, weights(tasks), strict=True)) / 100, 2
            )


def test_the_large_portfolio_of_verdicts_is_whole_and_its_figures_are_told(app: Flask):
    """Thirty projects of it: every project judged, with 36 reports, a chance and lights; the steps that are measured do
    what they should.
    """
    with app.app_context():
        with transaction():
            load_catalogue(SYSTEM, verdicts.NOW)
            load_rule_sets(SYSTEM, verdicts.NOW)
        verdicts.load(30)
        found, waited = verdicts.measure(), verdicts.waits()
        assert (
            db.session.scalar(select(func.count(MonthlyReport.id)).where(MonthlyReport.state == "approved"))
            == 30 * verdicts.MONTHS + 30
        )
        rows = db.session.scalars(
            select(ProjectStatus).join(Project, Project.id == ProjectStatus.project_id).where(Project.slug.like("v%"))
        ).all()
        assert {row.as_of for row in rows} == {verdicts.DAY}
        assert all(row.percent is not None and len(row.lights) == 4 for row in rows)
        assert {row.rule_set for row in rows} == {"gap-3"}  # every step of both renewals was made
        assert all(
            one.saves and one.longest >= one.median > 0 for name, (_, one) in waited.items() if name == "nothing else"
        )
        page = verdicts.told(found, waited, 30)
        assert "| rebuild all, s |" in page
        assert "| rebuild all in one transaction |" in page
