"""An installation without a plan, a project or a promise: every page of every role answers, and says what to do."""

from __future__ import annotations

import pytest
from builders import make_user, sign_in
from crawling import crawl
from flask import Flask
from flask.testing import FlaskClient

from projects.core.permissions import SYSTEM
from projects.core.vocabulary import ROLES
from projects.database import transaction
from projects.verdicts.rules.operations import load_rule_sets
from projects.web.clock import now

NEXT = {"dispatcher": "接收项目台账"}  # who can do something about it, and by what word


@pytest.fixture
def empty(app: Flask) -> Flask:
    """As `projects init` leaves it."""
    with app.app_context(), transaction():
        load_rule_sets(SYSTEM, now())
    return app


def addresses(app: Flask) -> list[str]:
    """Every address without a part that has to be known."""
    return sorted(
        str(rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and "sign-out" not in str(rule)
    )


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_an_empty_installation_fails(empty: Flask, client: FlaskClient, role: str) -> None:
    with empty.app_context():
        sign_in(client, make_user(role))
    seen = dict(crawl(client, "/", *addresses(empty)))
    failed = {address: answer.status_code for address, answer in seen.items() if answer.status_code >= 500}
    assert failed == {}
    assert len(seen) > 10
    dead = {address for address, answer in seen.items() if answer.status_code == 404}
    assert dead == set()


@pytest.mark.parametrize("role", ["manager", "reviewer", "finance", "dispatcher", "leader"])
def test_every_empty_list_says_what_to_do(empty: Flask, client: FlaskClient, role: str) -> None:
    with empty.app_context():
        sign_in(client, make_user(role))
    for path in ("/", "/projects", "/gantt", "/plans"):
        page = client.get(path).get_data(as_text=True)
        assert 'class="empty"' in page, path
        assert "projects demo" not in page, path  # nobody but whoever runs the machine has a command line
        assert NEXT.get(role, "调度员") in page, path


def test_a_leader_without_a_place_is_told_that_and_not_that_there_is_nothing(empty: Flask, client: FlaskClient) -> None:
    with empty.app_context():
        sign_in(client, make_user("leader", all_places=False))
    assert "还没有给您分配地区" in client.get("/projects").get_data(as_text=True)


def test_the_year_before_the_first_is_no_link(empty: Flask, client: FlaskClient) -> None:
    with empty.app_context():
        sign_in(client, make_user("leader"))
    assert 'href="/years/1989' not in client.get("/years/1990").get_data(as_text=True)
    assert 'href="/years/1990' in client.get("/years/1991").get_data(as_text=True)
