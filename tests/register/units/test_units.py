"""Units: entered, changed by one at a time, within one's places (OF-5)."""

from __future__ import annotations

import pytest
from builders import NOW, TODAY, actor_of, make_place, make_project, make_unit, make_user, sign_in
from counting import counted
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, Project, Unit, User, UserPlace
from projects.people.sign_in.queries import actor_of as actor_signed_in
from projects.register.places.operations import choose_home, load_places
from projects.register.units.operations import UnitValues, add_unit, change_unit

ACTING = Acting(SYSTEM, NOW, TODAY)
HOSPITAL = UnitValues("济宁市第一人民医院", "市一院", "hospital", "370800")


@pytest.fixture
def country(app: Flask) -> Flask:
    with app.app_context(), transaction():
        load_places(SYSTEM, NOW)
    return app


def test_a_dispatcher_enters_a_unit_and_the_office_s_place_is_filled_in(country: Flask, client: FlaskClient):
    with country.app_context():
        sign_in(client, make_user("dispatcher"))
        with transaction():
            choose_home(ACTING, "370800")
    page = client.get("/units").get_data(as_text=True)
    assert "还没有单位" in page
    assert 'value="山东省 济宁市 (370800)"' in page
    sent = {"name": " 济宁市第一人民医院 ", "short_name": "市一院", "kind": "hospital", "place_code": "济宁"}
    assert client.post("/units", data=sent).status_code == 302
    page = client.get("/units?q=市一院").get_data(as_text=True)
    assert "济宁市第一人民医院" in page
    assert "没有符合条件的单位" in client.get("/units?q=二院").get_data(as_text=True)
    with country.app_context():
        unit = db.session.scalars(select(Unit)).one()
        assert (unit.name, unit.short_name, unit.kind, unit.place_code) == tuple(vars(HOSPITAL).values())
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "register:unit:added")).one()
        assert told.changes["short_name"] == [None, "市一院"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "院" * 121}, "name"),
        ({"name": "已有医院"}, "name"),
        ({"short_name": "院" * 61}, "short_name"),
        ({"kind": "palace"}, "kind"),
        ({"place_code": "999999"}, "place_code"),
        ({"place_code": ""}, "place_code"),
    ],
)
def test_what_cannot_be_taken_is_named(country: Flask, change: dict[str, str], field: str) -> None:
    with country.app_context():
        make_unit("已有医院")
        with pytest.raises(InvalidError) as refused, transaction():
            add_unit(ACTING, UnitValues(**(vars(HOSPITAL) | change)))
        assert set(refused.value.fields) == {field}


def test_a_form_comes_back_as_it_was_typed(country: Flask, client: FlaskClient) -> None:
    with country.app_context():
        sign_in(client, make_user("dispatcher"))
    answer = client.post("/units", data={"name": "某医院", "kind": "hospital", "place_code": "朝阳区"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'value="某医院"' in page
    assert page.count('type="radio"') == 2


def test_of_two_who_change_a_unit_one_is_told(country: Flask, client: FlaskClient) -> None:
    with country.app_context():
        with transaction():
            unit = add_unit(ACTING, HOSPITAL)
            key, version = unit.id, unit.version
        sign_in(client, make_user("dispatcher"))
        with transaction():
            change_unit(ACTING, key, version, UnitValues(**(vars(HOSPITAL) | {"short_name": "一院"})))
        with pytest.raises(ConflictError), transaction():
            change_unit(ACTING, key, version, HOSPITAL)
    sent = vars(HOSPITAL) | {"place_code": "370800"}
    for read in (str(version), "x", ""):
        late = client.post(f"/units/{key}", data=sent | {"version": read})
        assert late.status_code == 409
    with country.app_context():
        assert db.session.get(Unit, key).short_name == "一院"
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "register:unit:changed")).one()
        assert told.changes == {"short_name": ["市一院", "一院"]}
    page = client.get(f"/units/{key}").get_data(as_text=True)
    assert 'value="一院"' in page
    assert client.post(f"/units/{key}", data=sent | {"version": "2", "short_name": ""}).status_code == 302


def test_a_dispatcher_keeps_the_units_of_their_places(country: Flask, client: FlaskClient) -> None:
    with country.app_context():
        person = make_user("dispatcher", all_places=False)
        with transaction():
            db.session.add(UserPlace(user_id=person.id, place_code="370800"))
            far = add_unit(ACTING, UnitValues("远方医院", "", "hospital", "360900")).id
            near = add_unit(ACTING, HOSPITAL).id
        sign_in(client, person)
        acting = Acting(actor_signed_in(person), NOW, TODAY)
        with pytest.raises(InvalidError), transaction():
            add_unit(acting, UnitValues("另一医院", "", "hospital", "360900"))
        with pytest.raises(NotFoundError), transaction():
            change_unit(acting, far, 1, HOSPITAL)
        with pytest.raises(InvalidError), transaction():  # nor is one given away
            change_unit(acting, near, 1, UnitValues(**(vars(HOSPITAL) | {"place_code": "360900"})))
    page = client.get("/units").get_data(as_text=True)
    assert "济宁市第一人民医院" in page
    assert "远方医院" not in page
    assert client.get(f"/units/{far}").status_code == 404
    assert client.post(f"/units/{far}", data={"name": "x"}).status_code == 404


@pytest.mark.parametrize("role", ["manager", "finance", "leader", "admin", "security"])
def test_others_write_no_units(country: Flask, role: str) -> None:
    with country.app_context():
        person = Acting(actor_of(make_user(role)), NOW, TODAY)
        with pytest.raises(ForbiddenError), transaction():
            add_unit(person, HOSPITAL)


def test_the_list_costs_the_same_for_more_units_and_has_pages(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_place("370800")
        sign_in(client, make_user("dispatcher"))
    costs = []
    for most in (1, 60):
        with app.app_context():
            for number in range(most):
                unit = make_unit(f"医院 {most}-{number:02}")
            make_project(f"of-{most}", unit_id=unit.id)
        with counted(app) as sent:
            page = client.get("/units").get_data(as_text=True)
        costs.append(len(sent))
    assert costs[0] == costs[1]
    assert "下一页" in page
    assert "上一页" in client.get("/units?page=2").get_data(as_text=True)
    assert client.get("/units?page=999").status_code == client.get("/units?page=x").status_code == 200


def test_a_unit_entered_twice_is_made_the_other(country: Flask, client: FlaskClient) -> None:
    """OF-7: its projects become the other's; not while people belong to it."""
    with country.app_context():
        one, other = make_unit("市一院"), make_unit("市第一人民医院")
        project = make_project(unit_id=one.id)
        person = make_user("reviewer", unit_id=one.id)
        sign_in(client, make_user("dispatcher"))
        key, into, project_id, person_id = one.id, other.id, project.id, person.id
    sent = {"version": "1", "into": "市第一人民医院"}
    assert client.post(f"/units/{key}/merge", data=sent | {"into": "市一院"}).status_code == 422  # itself
    refused = client.post(f"/units/{key}/merge", data=sent)
    assert refused.status_code == 409
    assert "还有用户属于这个单位" in refused.text
    with country.app_context(), transaction():
        db.session.get_one(User, person_id).unit_id = into
    assert client.post(f"/units/{key}/merge", data=sent).status_code == 302
    with country.app_context():
        assert db.session.get(Unit, key) is None
        assert db.session.get_one(Project, project_id).unit_id == into
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "register:unit:merged")).one()
        assert told.changes["unit"] == ["市一院", "市第一人民医院"]
