"""Who owes what, who has not reported, what waits for review; and no list costs more statements for more rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from builders import TODAY, actor_of, make_day, make_gate, make_project, make_report, make_user, sign_in
from counting import counted
from flask import Flask
from flask.testing import FlaskClient
from pages import words_of

from projects.portfolio.reports import queries as pages
from projects.verdicts.renewal.operations import recompute
from projects.works.reports import queries

NOVEMBER = dt.date(2021, 11, 1)


@pytest.fixture
def people(app: Flask) -> dict[str, Any]:
    with app.app_context():
        make_day(TODAY)
        return {role: make_user(role, role) for role in ("manager", "dispatcher", "leader")}


def test_a_manager_sees_what_is_owed_and_by_when(app: Flask, client: FlaskClient, people: dict[str, Any]) -> None:
    with app.app_context():
        make_report(make_project(name="甲医院", manager=people["manager"]), "2021-10")
        make_project(name="乙医院", manager=people["manager"])
        make_project(name="丙医院")
    page = words_of(sign_in(client, people["manager"]).get("/reports").text)
    assert "甲医院 2021-11 月报" in page
    assert "2021-12-05 前报送, 还有 5 天" in page
    assert "乙医院 2021-10 月报" in page
    assert "应于 2021-11-05 前报送, 已过 25 天" in page
    assert "甲医院 2021-10 月报" not in page
    assert "丙医院" not in page


def test_a_manager_without_projects_is_told_whom_to_ask(client: FlaskClient, people: dict[str, Any]) -> None:
    assert "调度员" in words_of(sign_in(client, people["manager"]).get("/reports").text)


def test_the_board_counts_every_project_once_by_its_newest_revision(app: Flask, people: dict[str, Any]) -> None:
    with app.app_context():
        for state in ("draft", "submitted", "approved", "returned"):
            make_report(make_project(name=state), "2021-11", state=state)
        corrected = make_project(name="corrected")
        make_report(corrected, "2021-11")
        make_report(corrected, "2021-11", state="submitted", revision=2)
        make_report(make_project(name="silent"), "2021-10")
        finished = make_project(name="finished")
        make_gate(finished, "in_use", dt.date(2021, 6, 30))
        _recompute(finished.id)
        board = pages.report_board(actor_of(people["dispatcher"]), NOVEMBER)
    assert board.counts == {
        "missing": 1,
        "returned": 1,
        "draft": 1,
        "submitted": 2,
        "approved": 1,
        "finished": 1,
        "ended": 0,
    }
    assert [line.name for line in board.lines] == [
        "silent",
        "returned",
        "draft",
        "submitted",
        "corrected",
        "approved",
        "finished",
    ]
    with app.app_context():
        only = pages.report_board(actor_of(people["dispatcher"]), NOVEMBER, "submitted")
    assert [(line.name, line.revision) for line in only.lines] == [("submitted", 1), ("corrected", 2)]


def _recompute(project_id: int) -> None:
    from projects.database import transaction

    with transaction():
        recompute([project_id], TODAY)


def test_the_board_shows_a_page_at_a_time(app: Flask, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    with app.app_context():
        for _ in range(5):
            make_project()
        boards = [pages.report_board(actor_of(people["dispatcher"]), NOVEMBER, "", page) for page in (1, 2, 3, 9)]
    assert [len(board.lines) for board in boards] == [2, 2, 1, 1]
    assert boards[0].pages == 3


def test_the_queue_shows_who_waits_longest_and_marks_ones_own(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    with app.app_context():
        make_report(make_project(name="先到"), "2021-10", state="submitted", author=people["manager"])
        make_report(make_project(name="后到"), "2021-11", state="submitted", author=people["dispatcher"])
        queue = queries.review_queue(actor_of(people["dispatcher"]))
    assert [(line.name, line.is_own) for line in queue] == [("先到", False), ("后到", True)]
    page = words_of(sign_in(client, people["dispatcher"]).get("/reports").text)
    assert "等我审核 (2)" in page
    assert "您本人, 请由他人审核" in page


def test_a_leader_reads_the_board_without_being_asked_to_review(client: FlaskClient, people: dict[str, Any]) -> None:
    page = words_of(sign_in(client, people["leader"]).get("/reports").text)
    assert "2021-11 谁还没报" in page
    assert "等我审核" not in page
    assert "没有待审核的月报" in page


def test_the_history_lists_every_revision_newest_first(app: Flask, people: dict[str, Any]) -> None:
    with app.app_context():
        project = make_project()
        make_report(project, "2021-09")
        make_report(project, "2021-10")
        make_report(project, "2021-10", revision=2, state="draft")
        history = queries.report_history(project.id)
    assert [(f"{line.month:%Y-%m}", line.revision) for line in history] == [
        ("2021-10", 2),
        ("2021-10", 1),
        ("2021-09", 1),
    ]


def test_samples_carry_their_mark(app: Flask, client: FlaskClient, people: dict[str, Any]) -> None:
    with app.app_context():
        make_report(make_project("north", name="北院"), "2021-11", is_sample=True)
    sign_in(client, people["leader"])
    for path in ("/reports", "/projects/north/reports/2021-11/1"):
        assert 'class="sample"' in client.get(path).text


def test_what_a_sample_person_files_is_a_sample(app: Flask, client: FlaskClient) -> None:
    from pages import fields_of

    with app.app_context():
        make_day(TODAY)
        person = make_user("manager", is_sample=True)
        make_project("north", manager=person)
    sign_in(client, person)
    page = client.get("/projects/north/reports/2021-11").text
    client.post("/projects/north/reports/2021-11", data=fields_of(page, "report") | {"action": "submit"})
    assert 'class="sample"' in client.get("/projects/north/reports/2021-11/1").text


PAGES = ["/reports", "/reports?state=missing", "/projects/north/reports/2021-11", "/projects/north/reports/2021-10/1"]


@pytest.mark.parametrize("who", ["manager", "dispatcher"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_costs_as_many_statements_for_many_rows_as_for_few(
    app: Flask, client: FlaskClient, people: dict[str, Any], who: str, path: str
) -> None:
    with app.app_context():
        first = make_project("north", manager=people["manager"])
        make_report(first, "2021-09", author=people["manager"])
        make_report(first, "2021-10", author=people["manager"])
        make_report(make_project(manager=people["manager"]), "2021-11", state="returned", author=people["manager"])
    sign_in(client, people[who])
    with counted(app) as few:
        assert client.get(path).status_code == 200
    with app.app_context():
        for month in ("2021-06", "2021-07", "2021-08"):
            make_report(first, month, author=people["manager"])
        for number in range(12):
            state = ("draft", "submitted", "returned", "approved")[number % 4]
            make_report(make_project(manager=people["manager"]), "2021-11", state=state, author=people["manager"])
    sign_in(client, people[who])
    with counted(app) as many:
        assert client.get(path).status_code == 200
    assert len(many) == len(few)
    assert len(many) <= 14


def test_a_statement_in_a_loop_would_be_counted(app: Flask, people: dict[str, Any]) -> None:
    """Negative control: the counter sees what it should."""
    with app.app_context():
        projects = [make_project() for _ in range(3)]
        with counted(app) as sent:
            for project in projects:
                queries.report_history(project.id)
    assert len(sent) == 3
