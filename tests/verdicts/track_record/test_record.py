"""Rule S-19: the portfolio's own closed months replayed, each seeing only what was approved by its end; page, exports,
command, and the class's own members.
"""

from __future__ import annotations

import datetime as dt
import json

import pytest
from builders import actor_of, make_day, make_gate, make_place, make_project, make_report, make_user, sign_in, stored
from counting import counted
from flask import Flask

from projects.core.permissions import SYSTEM
from projects.extensions import db
from projects.models import Event
from projects.verdicts.facts.curve import from_dated_percents
from projects.verdicts.forecast.extract import packaged_record, packaged_reference
from projects.verdicts.track_record import drawing, months
from projects.verdicts.track_record.months import Filed, History
from projects.verdicts.track_record.queries import finished_projects, record_page
from projects.verdicts.track_record.scores import Bin

PLAN = {
    0: dt.date(2021, 1, 1),
    25: dt.date(2021, 3, 1),
    50: dt.date(2021, 6, 1),
    75: dt.date(2021, 9, 1),
    100: dt.date(2021, 12, 31),
}
CURVE = from_dated_percents([(day, float(percent)) for percent, day in PLAN.items()])
NOW = dt.date(2022, 6, 15)


def filed(month: int, percent: float, approved: dt.date | None = None) -> Filed:
    first = dt.date(2021, month, 1)
    end = months.closed_before(dt.date(2021 + month // 12, month % 12 + 1, 1))
    return Filed(approved or end + dt.timedelta(days=5), first, end, percent)


def history(*reports: Filed, finish: dt.date | None = None, known: dt.date | None = None, stops=()) -> History:
    return History(
        "p",
        ((dt.date.min, CURVE),),
        tuple(stops),
        tuple(sorted(reports, key=lambda one: one.approved_on)),
        finish,
        known or finish,
        False,
    )


def replay(one: History, known: dt.date = NOW):
    return list(months.replay_months([one], lambda day: packaged_reference(), known))


# --- replaying closed months ------------------------------------------------------------------------------------------


def test_a_forecast_is_made_at_the_end_of_each_month_in_which_a_report_was_approved():
    made = replay(history(filed(2, 10), filed(3, 20), filed(6, 50)))
    assert [finish.on for finish, _ in made] == [dt.date(2021, 3, 31), dt.date(2021, 4, 30), dt.date(2021, 7, 31)]
    assert all(finish.actual is None for finish, _ in made)


def test_a_closed_month_sees_nothing_that_was_approved_later():
    before = replay(history(filed(2, 10), filed(3, 20)))
    late_correction = Filed(dt.date(2021, 12, 1), dt.date(2021, 3, 1), dt.date(2021, 3, 31), 5.0)
    after = replay(history(filed(2, 10), filed(3, 20), filed(6, 21), late_correction))
    assert [finish for finish, _ in after][: len(before)] == [finish for finish, _ in before]
    assert after[-1][0].percent == 21, "a correction counts from the day it was approved"


def test_the_finish_is_compared_once_it_is_known():
    ended = history(filed(6, 40), finish=dt.date(2022, 2, 1))
    assert replay(ended)[0][0].actual == dt.date(2022, 2, 1)
    assert replay(ended, dt.date(2022, 1, 31))[0][0].actual is None


def test_a_suspension_counts_in_a_forecast_from_when_it_was_known():
    plain, stopped = history(filed(3, 20)), history(filed(3, 20), stops=[(dt.date(2021, 4, 5), dt.date(2021, 6, 5))])
    later = history(filed(3, 20), stops=[(dt.date(2021, 5, 5), dt.date(2021, 6, 5))])
    assert replay(stopped)[0][0].p50 > replay(plain)[0][0].p50
    assert replay(later)[0][0].p50 == replay(plain)[0][0].p50


def test_of_very_many_forecasts_an_even_share_is_replayed():
    many = [history(filed(2, 10), filed(3, 20), filed(6, 50)) for _ in range(40)]
    assert len(list(months.replay_months(many, lambda day: packaged_reference(), NOW, most=30))) == 30


# --- from the database ------------------------------------------------------------------------------------------------


@pytest.fixture
def portfolio(app: Flask) -> Flask:
    with app.app_context():
        make_day()
        make_place()
        user = make_user("leader")
        for slug, done in (("quick", True), ("open", False)):
            project = make_project(slug, manager=user, plan=PLAN)
            for month, share in (("2021-02", 10.0), ("2021-04", 35.0), ("2021-08", 70.0)):
                make_report(project, month, author=user, overall_percent=share)
            if done:
                make_gate(project, "completion_acceptance", dt.date(2022, 2, 10))
    return app


def test_the_page_counts_what_came_of_closed_months(portfolio: Flask):
    with portfolio.app_context():
        page = record_page(SYSTEM, NOW)
    assert (page.known, page.replayed, page.looked_at, page.total) == (dt.date(2022, 5, 31), 6, 2, 2)
    assert (page.own.finishes, page.own.finished) == (3, 1)
    assert page.own.targets > 0
    assert page.is_thin
    assert not page.rests_on_sample
    assert page.real == packaged_record()


def test_what_is_not_ones_own_is_not_counted(portfolio: Flask):
    with portfolio.app_context():
        stranger = make_user("manager")
        assert record_page(actor_of(stranger), NOW).replayed == 0


def test_own_finished_projects_join_the_class_but_samples_do_not(portfolio: Flask):
    with portfolio.app_context():
        project = make_project("sample", plan=PLAN, is_sample=True)
        make_report(project, "2021-02", overall_percent=10.0, is_sample=True)
        make_gate(project, "works_complete", dt.date(2022, 1, 5))
        own = finished_projects(NOW)
        assert [one.finish for one in own] == [dt.date(2022, 2, 10)]
        assert finished_projects(dt.date(2022, 2, 9)) == []
        blended = packaged_reference().blended(own)
    assert blended.name == "DSLIB-14+1"


def test_a_public_record_of_completion_counts_as_finish(portfolio: Flask):
    with portfolio.app_context():
        with stored():
            project_id = int(finished_projects(NOW)[0].key) + 1
            row = {"happened_on": dt.date(2022, 3, 1), "text": "竣工", "gate_key": "in_use", "source": "test"}
            db.session.add(Event(project_id=project_id, **row))
        assert record_page(SYSTEM, NOW).own.finished == 2
        assert {one.finish for one in finished_projects(NOW)} == {dt.date(2022, 2, 10), dt.date(2022, 3, 1)}


def test_the_register_stands_above_a_press_notice_of_the_finish(portfolio: Flask):
    with portfolio.app_context():
        with stored():
            project_id = int(finished_projects(NOW)[0].key)
            row = {"happened_on": dt.date(2022, 1, 5), "text": "竣工", "source": "test"}
            db.session.add(Event(project_id=project_id, gate_key="completion_acceptance", **row))
        assert [one.finish for one in finished_projects(NOW)] == [dt.date(2022, 2, 10)]


def test_the_page_says_how_good_the_forecasts_are_and_exports_the_same_figures(portfolio: Flask):
    with portfolio.app_context():
        user = make_user("leader", "lead2")
    client = portfolio.test_client()
    sign_in(client, user)
    page = client.get("/track-record?as_of=2022-06-15").get_data(as_text=True)
    assert "推算准不准" in page
    assert "<svg" in page
    assert "DSLIB" in page
    text = client.get("/track-record.csv?as_of=2022-06-15").get_data(as_text=True)
    assert "真实完工项目" in text
    assert "80% 区间覆盖率" in text
    assert client.get("/track-record.xlsx?as_of=2022-06-15").data.startswith(b"PK")
    assert client.get("/track-record?as_of=2019-01-01").status_code == 200


def test_the_page_costs_no_more_statements_for_more_projects(portfolio: Flask):
    with portfolio.app_context():
        with counted(portfolio) as few:
            record_page(SYSTEM, NOW)
        for number in range(6):
            make_report(make_project(f"more{number}", plan=PLAN), "2021-02", overall_percent=12.0)
        with counted(portfolio) as more:
            record_page(SYSTEM, NOW)
    assert len(few) == len(more) <= 12


def test_the_command_says_the_same_as_the_page(portfolio: Flask):
    done = portfolio.test_cli_runner().invoke(args=["projects", "track-record", "--json", "--as-of", "2022-06-15"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["known"], told["replayed"], told["finished"]) == ("2022-05-31", 6, 1)
    spoken = portfolio.test_cli_runner().invoke(args=["projects", "track-record", "--as-of", "2022-06-15"])
    assert "earned schedule PF=1" in spoken.output
    assert (
        "nothing to score"
        in portfolio.test_cli_runner().invoke(args=["projects", "track-record", "--as-of", "2020-01-01"]).output
    )


# --- the picture ------------------------------------------------------------------------------------------------------


def test_the_diagram_escapes_its_words_and_is_empty_without_outcomes():
    words = {"title": "<b>", "said": "s", "came": "c", "own": "&", "real": "r"}
    picture = drawing.draw({"own": (Bin(0.1, 0.2, 3, 0.15, 0.33),), "real": ()}, words)
    assert "&lt;b&gt;" in picture
    assert "<b>" not in picture
    assert "15% → 33% (3)" in picture
    assert drawing.draw({"own": (), "real": ()}, words) == ""
