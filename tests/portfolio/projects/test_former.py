"""A promise that a later plan moved keeps its story; promises that contradict each other are both shown."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, TODAY, make_day, make_project, make_report, make_target, make_user, sign_in
from flask import Flask

from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.portfolio.promises.queries import Wanted, conflicting, promises
from projects.verdicts.status.operations import rebuild


@pytest.fixture
def moved(app: Flask) -> Flask:
    """A promise of 50 % by the end of 2020, moved to 2021 and then to 40 % by March 2022."""
    with app.app_context():
        make_day()
        project = make_project("one")
        make_report(project, "2021-10", structure=30, foundation=100)
        first = make_target(project, slug="first", threshold=50, due=dt.date(2020, 12, 31), wording="2020年底完成50%")
        second = make_target(project, slug="second", threshold=50, due=dt.date(2021, 12, 31), wording="调整到2021年底")
        third = make_target(project, slug="third", threshold=40, due=dt.date(2022, 3, 31), wording="再调整到2022年3月")
        with transaction():
            db.session.merge(first).superseded_by_id = second.id
            db.session.merge(second).superseded_by_id = third.id
            rebuild(SYSTEM, NOW, TODAY)
    return app


def test_only_the_newest_is_judged_and_it_tells_what_it_was_before(moved: Flask):
    with moved.app_context():
        (row,) = promises(SYSTEM, TODAY)
        assert row.slug == "third"
        assert [(one.due, one.threshold, one.wording) for one in row.former] == [
            (dt.date(2021, 12, 31), 5000, "调整到2021年底"),
            (dt.date(2020, 12, 31), 5000, "2020年底完成50%"),
        ]
        assert [one["due"] for one in row.to_json(str)["moved_from"]] == ["2021-12-31", "2020-12-31"]


def test_a_narrowed_list_keeps_the_story(moved: Flask):
    with moved.app_context():
        (row,) = promises(SYSTEM, TODAY)
        (narrowed,) = promises(SYSTEM, TODAY, Wanted(states=[row.state]))
        assert narrowed.former == row.former
        assert promises(SYSTEM, TODAY, Wanted(states=["met_late"])) == []


def test_both_days_stand_on_the_pages_and_in_the_export(moved: Flask):
    client = sign_in(moved.test_client(), make_leader(moved))
    for page in ("/projects/one", "/targets"):
        shown = client.get(page).text
        assert "后来的文件调整了这项承诺; 原为: 2021-12-31" in shown
        assert "2020年底完成50%" in shown
    assert "2021-12-31; 2020-12-31" in client.get("/targets.csv").text


def make_leader(app: Flask):
    with app.app_context():
        return make_user("leader")


def test_a_superseded_promise_contradicts_nothing(moved: Flask):
    with moved.app_context():
        assert conflicting(promises(SYSTEM, TODAY)) == {}


def test_two_thresholds_and_a_start_after_its_finish_are_shown_on_every_page(app: Flask):
    with app.app_context():
        make_day()
        project = make_project(
            "one",
            targets=[{"threshold": 50, "due": dt.date(2021, 12, 31)}, {"threshold": 80, "due": dt.date(2021, 12, 31)}],
        )
        make_target(project, measure="start", due=dt.date(2022, 6, 30), wording="2022年开工")
        make_target(project, measure="complete", due=dt.date(2022, 5, 31), wording="2022年5月完工")
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
    client = sign_in(app.test_client(), make_leader(app))
    for page in ("/targets", "/projects/one"):
        shown = client.get(page).text
        assert "同一指标、同一期限有两个不同的数量" in shown
        assert "开工期限不早于完成期限" in shown
    assert "相互矛盾的承诺" in client.get("/").text
