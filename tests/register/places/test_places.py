"""The page of places: the office's own (OF-4), looking one up, and one that the list lacks (OF-1)."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, TODAY, actor_of, make_place, make_user, sign_in
from counting import counted
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError, InvalidError
from projects.core.gazetteer.extract import shipped_places
from projects.core.gazetteer.queries import home_place
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, Place, UserPlace
from projects.register.places.operations import add_place, choose_home, load_places

ACTING = Acting(SYSTEM, NOW, TODAY)


@pytest.fixture
def country(app: Flask) -> Flask:
    with app.app_context(), transaction():
        load_places(SYSTEM, NOW)
    return app


def test_all_places_are_loaded_once_and_what_was_there_keeps_its_name(app: Flask) -> None:
    with app.app_context():
        with transaction():
            make_place("370800", "济宁 (旧名)")
        with transaction():
            assert load_places(SYSTEM, NOW) == len(shipped_places()) - 1
        with transaction():
            assert load_places(SYSTEM, NOW) == 0
        stored = dict(db.session.execute(select(Place.code, Place.parent_code)).all())
        assert len(stored) == len(shipped_places())
        assert (stored["370831"], stored["429004"], stored["370000"]) == ("370800", "420000", None)
        assert db.session.get(Place, "370800").name == "济宁 (旧名)"
        assert db.session.scalars(select(AuditEntry.tag)).all() == ["system:places:loaded"]


def test_the_administrator_says_where_the_office_is_and_its_level_follows(country: Flask, client: FlaskClient) -> None:
    with country.app_context():
        sign_in(client, make_user("admin"))
    assert "还没有填写" in client.get("/admin/places").get_data(as_text=True)
    unclear = client.post("/admin/places/home", data={"home": "朝阳区"})
    assert unclear.status_code == 422
    assert 'type="radio"' in unclear.get_data(as_text=True)
    assert client.post("/admin/places/home", data={"home": ""}).status_code == 422
    assert client.post("/admin/places/home", data={"home": "济宁"}).status_code == 302
    page = client.get("/admin/places").get_data(as_text=True)
    assert "山东省 济宁市, 市级" in page
    assert 'value="山东省 济宁市 (370800)"' in page
    with country.app_context():
        assert home_place() == "370800"
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "register:place:chosen")).one()
        assert told.changes == {"home_place": [None, "370800"]}


def test_places_near_the_office_are_found_first(country: Flask, client: FlaskClient) -> None:
    with country.app_context():
        sign_in(client, make_user("admin"))
        with transaction():
            choose_home(ACTING, "220100")
    found = client.get("/places/find?q=朝阳区").get_json()["places"]
    assert found == ["吉林省 长春市 朝阳区 (220104)", "北京市 朝阳区 (110105)"]


def test_a_person_of_some_places_is_offered_those(country: Flask, client: FlaskClient) -> None:
    with country.app_context():
        person = make_user("finance", all_places=False)
        with transaction():
            db.session.add(UserPlace(user_id=person.id, place_code="370800"))
        sign_in(client, person)
    assert client.get("/places/find?q=泗水").get_json()["places"] == ["山东省 济宁市 泗水县 (370831)"]
    assert client.get("/places/find?q=北京").get_json()["places"] == []
    assert client.get("/places/find").get_json()["places"] == []


def test_looking_up_costs_the_same_whatever_is_found(country: Flask, client: FlaskClient) -> None:
    with country.app_context():
        sign_in(client, make_user("admin"))
    costs = []
    for typed in ("泗水县", "区"):
        with counted(country) as sent:
            assert client.get(f"/places/find?q={typed}").status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_a_place_that_the_list_lacks_is_added_and_found(country: Flask, client: FlaskClient) -> None:
    with country.app_context():
        sign_in(client, make_user("admin"))
    assert client.post("/admin/places", data={"code": "360199", "name": "赣江新区"}).status_code == 302
    page = client.get("/admin/places?q=赣江").get_data(as_text=True)
    assert page.count("江西省 南昌市 赣江新区 (360199)") == 2  # among those found, and those added here
    with country.app_context():
        assert db.session.get(Place, "360199").parent_code == "360100"
        assert db.session.scalar(select(func.count()).select_from(Place)) == len(shipped_places()) + 1


@pytest.mark.parametrize(
    ("code", "name", "field"),
    [
        ("37083", "某县", "code"),
        ("3708３1", "某县", "code"),
        ("370831", "某县", "code"),
        ("380100", "某市", "code"),
        ("370899", "", "name"),
        ("370899", "县" * 61, "name"),
    ],
)
def test_what_is_no_place_is_refused_by_its_field(country: Flask, code: str, name: str, field: str) -> None:
    with country.app_context(), pytest.raises(InvalidError) as refused, transaction():
        add_place(ACTING, code, name)
    assert set(refused.value.fields) == {field}


def test_only_the_administrator_writes_places(country: Flask) -> None:
    with country.app_context():
        person = Acting(actor_of(make_user("dispatcher")), NOW, dt.date(2021, 11, 30))
        for write in (lambda: add_place(person, "370899", "某县"), lambda: choose_home(person, "370800")):
            with pytest.raises(ForbiddenError), transaction():
                write()
