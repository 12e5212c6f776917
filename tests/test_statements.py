"""Pages cost few statements, and no more of them for more projects."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import make_day, make_project, make_report, make_user, sign_in
from counting import counted
from flask import Flask

from projects.database import transaction

PAGES = (
    "/",
    "/projects",
    "/projects?per_page=500",
    "/targets",
    "/plans",
    "/gantt",
    "/reports",
    "/funding",
    "/ladder",
    "/findings",
    "/projects/p1",
    "/projects/p1/gantt",
    "/projects/p1/lights",
    "/projects/p1/forecast",
    "/projects?signal=red",
    "/projects/p1/gates",
    "/projects/p1/funding",
    "/projects/p1/findings",
    "/projects/p1/contracts",
    "/projects/p1/money",
    "/track-record",
    "/projects.csv",
    "/targets.csv",
    "/projects?as_of=2021-06-30",
)
MOST = {"/projects": 11, "/projects/p1": 31, "/gantt": 20, "/projects/p1/gantt": 17,
        "/projects?as_of=2021-06-30": 30}  # fmt: skip  # pages with a bar of their own


def fill(app: Flask, numbers: range, user) -> None:
    with app.app_context(), transaction():
        for number in numbers:
            project = make_project(
                f"p{number}",
                manager=user,
                targets=[{"measure": "structure_pct", "threshold": 50, "due": dt.date(2021, 12, 31)}],
            )
            for month in ("2021-09", "2021-10"):
                make_report(project, month, author=user, foundation=50, structure=10)
    from projects.core.permissions import SYSTEM
    from projects.verdicts.status.operations import rebuild

    with app.app_context(), transaction():
        rebuild(SYSTEM, dt.datetime.now(dt.UTC), dt.date(2021, 11, 30))


@pytest.mark.parametrize("role", ["leader", "manager", "dispatcher"])
def test_pages_stay_under_thirty_statements_whatever_the_number_of_projects(app: Flask, role: str):
    with app.app_context():
        make_day()
        user = make_user(role)
    client = app.test_client()
    sign_in(client, user)
    counts: dict[str, list[int]] = {page: [] for page in PAGES}
    for numbers in (range(1, 4), range(4, 13)):
        fill(app, numbers, user)
        for page in PAGES:
            with counted(app) as sent:
                answer = client.get(page)
            assert answer.status_code == 200, page
            counts[page].append(len(sent))
    assert {
        page: found for page, found in counts.items() if found[0] != found[1] or found[1] > MOST.get(page, 29)
    } == {}
