"""The installation's own rows beside the shipped ones: for a region, a kind of project, a time; in words, and only by
who answers for everywhere.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from builders import NOW, make_day, make_place, make_project, make_user, sign_in

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError, InvalidError, NotFoundError
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.models import UserPlace
from projects.money.evidence import queries as evidence
from projects.money.findings import queries
from projects.money.findings.extract import shipped
from projects.money.findings.names import KINDS, PARTS, PROJECTS, REGIONS
from projects.money.findings.operations import NewLimit, add_limit, set_limit
from projects.money.ladder.operations import Amount, post_entry, set_composition
from projects.money.ledger.posting import Posting

TODAY = dt.date(2025, 6, 30)
KNOWN = PROJECTS


@pytest.fixture
def project(app):
    with app.app_context():
        make_day(TODAY)
        make_place("360900", "宜春市")
        return make_project("one", place_code="360900", category="cdc")


def add(key, value, law="省发改委通知", **scope):
    with transaction():
        return add_limit(Acting(SYSTEM, NOW, TODAY), key, NewLimit(Decimal(value), law, **scope), KNOWN)


def amounts(project, rule, day=TODAY):
    return [row.finding.amount_fen for row in queries.of_project(project.id, day) if row.finding.rule == rule]


def post(project, step, fen, on, source="cbi"):
    with transaction():
        return post_entry(Acting(SYSTEM, NOW, TODAY), project.id, Posting(source, step, on, fen, confirmed=True))


def test_a_row_for_a_region_and_a_time_holds_there_and_then(app, project):
    """What is written for a province of the centre holds there, from its day on; what names a kind of project too comes
    before it.
    """
    with app.app_context():
        with transaction():
            for source, fen in (("cbi", 650), ("county", 350)):
                set_composition(Acting(SYSTEM, NOW, TODAY), project.id, Amount(source, "approved_estimate", fen, None))
        post(project, "allocated", 650, dt.date(2025, 1, 1))
        assert amounts(project, "F-6") == [50]
        add("cap_central", "62.5", region="east", valid_from=dt.date(2025, 1, 1))
        assert amounts(project, "F-6") == [50]
        add("cap_central", "64.99", region="central", valid_from=dt.date(2025, 1, 2))
        assert amounts(project, "F-6") == [50]  # first given the day before
        add("cap_central", "64", region="central", valid_from=dt.date(2025, 1, 1))
        assert amounts(project, "F-6") == [10]
        add("cap_central", "65", region="central", programme="cdc")
        assert amounts(project, "F-6") == []


def test_a_fixed_sum_for_a_kind_of_project_is_a_row_of_ones_own(app, project):
    with app.app_context():
        post(project, "allocated", 650, dt.date(2025, 1, 1))
        assert amounts(project, "F-7") == []
        key = add("cap_county_hospital", "6", programme="cdc", valid_from=dt.date(2025, 1, 1))
        assert amounts(project, "F-7") == [50]
        (row,) = (row for row in queries.of_project(project.id, TODAY) if row.finding.rule == "F-7")
        assert "省发改委通知" in str(row.finding.law)
        with transaction():
            set_limit(Acting(SYSTEM, NOW, TODAY), key, Decimal("6.5"), "省发改委第二个通知")
        assert amounts(project, "F-7") == []
        with transaction():
            set_limit(Acting(SYSTEM, NOW, TODAY), key, None, "")
        assert key not in {one.key for one in evidence.limits().rows}


def test_a_row_from_a_day_on_changes_nothing_before_it(app, project):
    with app.app_context():
        post(project, "received", 100, dt.date(2024, 12, 1))
        add("idle_months", "6", valid_from=dt.date(2025, 6, 15))
        assert amounts(project, "F-8", dt.date(2025, 6, 14)) == []
        assert amounts(project, "F-8", dt.date(2025, 6, 15)) == [100]
        assert amounts(project, "F-8") == [100]


def test_a_deadline_of_ones_own_is_of_the_same_kind(app):
    with app.app_context():
        key = add("breakdown_days", "15", valid_from=dt.date(2026, 1, 1))
        rows = evidence.limits()
        assert rows.choose("F-15", dt.date(2026, 1, 1), key="breakdown_days").key == key
        assert rows.choose("F-15", dt.date(2025, 12, 31), key="breakdown_days").number == 20
        assert rows.choose("F-15", dt.date(2026, 1, 1), key="forward_days").number == 10
        assert add("breakdown_days", "12", valid_from=dt.date(2027, 1, 1)) == "breakdown_days.2"


@pytest.mark.parametrize(
    ("key", "scope", "field"),
    [
        ("cap_east", {"value": None}, "value"),
        ("cap_east", {"value": Decimal(101)}, "value"),
        ("cap_east", {"law": " "}, "law"),
        ("cap_east", {"region": "north"}, "region"),
        ("cap_east", {"programme": "zoo"}, "programme"),
        ("cap_east", {"region": "east", "valid_from": dt.date(2019, 1, 31)}, "valid_from"),
        ("cap_east", {"valid_from": dt.date(2025, 2, 1), "valid_to": dt.date(2025, 1, 31)}, "valid_to"),
        ("idle_months", {}, "valid_from"),
        ("idle_months", {"region": "east", "valid_from": dt.date(2025, 1, 1)}, "region"),
        ("idle_months", {"programme": "cdc", "valid_from": dt.date(2025, 1, 1)}, "programme"),
    ],
)
def test_a_row_that_would_not_hold_or_not_be_told_apart_is_refused_at_its_field(app, key, scope, field):
    with app.app_context():
        new = NewLimit(**({"value": Decimal(50), "law": "通知"} | scope))
        with pytest.raises(InvalidError) as refused, transaction():
            add_limit(Acting(SYSTEM, NOW, TODAY), key, new, KNOWN)
        assert list(refused.value.fields) == [field]


def test_only_who_answers_for_everywhere_adds_rows(app):
    with app.app_context():
        new = NewLimit(Decimal(50), "通知", valid_from=TODAY)
        for actor in (Actor(None, "县财政", "finance", places=frozenset({"370831"})), Actor(None, "领导", "leader")):
            with pytest.raises(ForbiddenError):
                add_limit(Acting(actor, NOW, TODAY), "idle_months", new, KNOWN)
        with pytest.raises(NotFoundError):
            add_limit(Acting(SYSTEM, NOW, TODAY), "nothing", new, KNOWN)


def test_the_page_speaks_words_and_adds_a_row(app):
    with app.app_context():
        make_day(TODAY)
        make_place("370800")
        user, local = make_user("finance"), make_user("finance")
        with transaction():
            db.session.add(UserPlace(user_id=local.id, place_code="370800"))
    client = sign_in(app.test_client(), user)
    page = client.get("/findings/limits").text
    for word in ("东部", "西藏和南疆四地州", "县级医院", "计划转发", "5,000.00", "自 2019-01-31 起", "另加一行"):
        assert word in page
    shown = client.get("/findings/limits?add=cap_county_hospital").text
    assert 'name="programme"' in shown
    assert 'name="region"' not in client.get("/findings/limits?add=idle_months").text
    typed = {"value": "60000000", "law": "省通知", "programme": "cdc", "valid_from": "2025-01-01"}
    assert client.post("/findings/limits/cap_county_hospital/rows", data=typed | {"value": ""}).status_code == 422
    assert client.post("/findings/limits/cap_county_hospital/rows", data=typed).status_code == 302
    page = client.get("/findings/limits").text
    assert "6,000.00" in page
    assert "疾病预防控制" in page
    assert "留空表示删掉这一行" in client.get("/findings/limits?edit=cap_county_hospital.1").text
    page = sign_in(app.test_client(), local).get("/findings/limits").text  # may not change what holds everywhere
    assert "另加一行" not in page
    assert (
        client.post(
            "/findings/limits/idle_months/rows", data={"value": "6", "law": "市通知", "valid_from": "2025-01-01"}
        ).status_code
        == 302
    )
    assert "修改" not in page


def test_every_shipped_row_has_its_words():
    rows, regions = shipped()
    assert set(regions.values()) == set(REGIONS)
    assert {row.region for row in rows} - {""} <= set(REGIONS)
    assert {row.programme for row in rows} - {""} <= set(KINDS)
    assert set(PARTS) <= {row.key for row in rows}
    assert not any("." in row.key for row in rows)
