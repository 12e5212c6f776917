"""Pictures of money take any name: signs of formulas, letters that no font has, ends of lines; and projects with
nothing to draw.
"""

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_report, make_user, sign_in

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.money.ladder.operations import post_entry
from projects.money.ledger.posting import Posting

HOSTILE = ("造价$5$\\frac{1$医院 a_b^{c <script>&", "医院😀\U0002a6a5\u0e01")


@pytest.fixture
def offices(app):
    with app.app_context():
        make_day()
        return {name: make_user("leader", name=name) for name in ("leader",)}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_money_against_works_is_drawn_whatever_the_project_is_called(app, offices, name, kind):
    with app.app_context():
        project = make_project("one", name=name)
        make_report(project, "2021-09", structure=40)
        with transaction():
            post_entry(Acting(SYSTEM, NOW, TODAY), project.id, Posting("cbi", "paid", dt.date(2021, 9, 9), 500))
    client = sign_in(app.test_client(), offices["leader"])
    assert client.get(f"/projects/one/money.{kind}").status_code == 200
    assert client.get(f"/projects/one/forecast/curve.{kind}").status_code == 200


@pytest.mark.parametrize("key", ["money", "forecast/curve", "forecast/slip", "forecast/chance"])
def test_a_project_with_nothing_to_draw_is_no_crash(app, offices, key):
    with app.app_context():
        make_project("bare", stages={}, plan={})
    client = sign_in(app.test_client(), offices["leader"])
    for kind in ("svg", "png", "pdf", "csv", "xlsx"):
        assert client.get(f"/projects/bare/{key}.{kind}").status_code == 200, kind


@pytest.mark.parametrize("name", HOSTILE)
def test_a_statement_is_printed_whatever_the_place_is_called(app, offices, name):
    with app.app_context():
        make_place("370800", name[:60])
    client = sign_in(app.test_client(), offices["leader"])
    assert client.get("/months/2021-10.pdf?place=370800").status_code == 200
