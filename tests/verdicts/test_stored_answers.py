"""What must come out right from stored rows, on both databases: the three answers of docs/rules/slippage.md."""

from __future__ import annotations

import datetime as dt

from builders import make_day, make_gate, make_programme, make_project, make_report, make_target, make_user
from flask import Flask

from projects.core.permissions import SYSTEM
from projects.extensions import db
from projects.models import ProgrammeTally
from projects.portfolio.projects.queries import portfolio
from projects.portfolio.promises.queries import promises
from projects.register.selection.filtering import PortfolioFilter
from projects.verdicts.status.queries import computed

BOTH = dt.date(2021, 9, 30)
LATER = dt.date(2021, 10, 6)


def said(as_of: dt.date) -> dict[int, tuple]:
    return {one.target_id: (one.state, one.slip_days, one.met_on, one.met_by) for one in computed(None, as_of)[1]}


def test_s7_a_building_in_use_proves_start_and_completion_and_no_day_is_made_up(app: Flask):
    with app.app_context():
        project = make_project()
        make_gate(project, "in_use", dt.date(2021, 8, 15))
        due = {"early": dt.date(2021, 12, 31), "that day": dt.date(2021, 8, 15), "before": dt.date(2021, 6, 30)}
        rows = {
            (measure, when): make_target(project, measure=measure, due=day).id
            for measure in ("start", "complete")
            for when, day in due.items()
        }
        found = said(BOTH)
        by = dt.date(2021, 8, 15)
        for measure in ("start", "complete"):
            assert found[rows[measure, "early"]] == ("met_on_time", None, None, by)
            assert found[rows[measure, "that day"]] == ("met_on_time", None, None, by)
            assert found[rows[measure, "before"]] == ("met_late", 46, None, by)  # at most


def test_s7_what_was_crossed_before_its_day_stays_kept_whatever_is_reported_later(app: Flask):
    with app.app_context():
        make_user()
        project = make_project()
        for month, percent in (("2021-06", 45.0), ("2021-08", 55.0), ("2021-09", 48.0)):
            make_report(project, month, overall_percent=percent)
        kept = make_target(project, measure="progress_pct", threshold=50, due=dt.date(2021, 7, 31)).id
        missed = make_target(project, measure="progress_pct", threshold=50, due=dt.date(2021, 7, 30)).id
        found = said(dt.date(2021, 10, 6))
        assert found[kept] == ("met_on_time", 0, dt.date(2021, 7, 31), dt.date(2021, 7, 31))
        assert found[missed][0] == "overdue"  # came a day late, and fell


def test_s11_a_share_needs_a_total(app: Flask):
    with app.app_context():
        programme = make_programme()
        share = make_target(programme, measure="start", threshold=100, due=dt.date(2021, 12, 31)).id
        tally = {"programme_id": programme.id, "measure": "start", "reached": 5, "source": "逐家统计"}
        db.session.add(ProgrammeTally(**tally, tallied_on=dt.date(2021, 6, 30), total=None))
        db.session.commit()
        assert said(BOTH)[share][0] == "unknown"
        assert said(dt.date(2022, 1, 1))[share][0] == "overdue_no_evidence"
        db.session.add(ProgrammeTally(**tally, tallied_on=dt.date(2021, 8, 31), total=5))
        db.session.commit()
        assert said(BOTH)[share][0] == "met_early"


def test_s24_the_worst_of_promise_and_works_comes_first_and_what_nobody_hears_of_is_raised(app: Flask):
    """Kept by an application filed, and far behind with its works: it is not done."""
    with app.app_context():
        make_user()
        make_day(LATER)
        calm, behind, silent = (make_project(slug) for slug in ("calm", "behind", "silent"))
        for project in (calm, behind, silent):
            make_target(project, measure="apply", due=dt.date(2021, 12, 31))
            make_gate(project, "application", dt.date(2021, 3, 1))
        make_report(calm, "2021-09", overall_percent=60.0, foundation=100, structure=60)
        make_report(behind, "2021-09", overall_percent=1.8, foundation=9)
        make_report(silent, "2021-03", overall_percent=60.0, foundation=100, structure=60)
        rows, totals = portfolio(SYSTEM, PortfolioFilter(), LATER)
        told = {row.slug: (row.state, row.works_state, row.data_state) for row in rows}
        assert {state for state, _, _ in told.values()} == {"met_early"}
        assert (told["behind"][1], told["silent"][2]) == ("behind", "silent")
        assert rows[0].slug == "behind"
        assert [row.slug for row in rows].index("silent") < [row.slug for row in rows].index("calm")
        assert totals.lights == {"red": 1, "green": 1, "grey": 1}
        assert {row.works_state for row in promises(SYSTEM, LATER)} >= {"behind"}
