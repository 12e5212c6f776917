"""Projects entered and corrected, their cards, who manages them (CD-1 to CD-7)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import (
    NOW,
    TODAY,
    actor_of,
    make_day,
    make_place,
    make_project,
    make_target,
    make_unit,
    make_user,
    sign_in,
)
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import (
    AuditEntry,
    Project,
    ProjectAssignment,
    ProjectCard,
    ProjectStatus,
    Unit,
    UserPlace,
    WorkStage,
)
from projects.people.sign_in.queries import actor_of as actor_signed_in
from projects.register.cards.card import read
from projects.register.cards.operations import (
    ProjectValues,
    add_project,
    assign_unit,
    change_card,
    change_project,
    hand_over,
    remove_project,
    values_of,
)

ACTING = Acting(SYSTEM, NOW, TODAY)
CODE = "2101-370831-84-01-900051"


def test_a_new_project_has_its_card_its_stages_and_a_verdict(app: Flask) -> None:
    with app.app_context():
        place, unit = make_place(), make_unit("某市医院")
        with transaction():
            values = ProjectValues("某市医院二期", place.code, "hospital", CODE, unit.id)
            project = add_project(ACTING, values, {"content": "门诊楼", "area_approved": 12000, "total_fen": 30_000_00})
            key = project.id
        assert db.session.get_one(ProjectCard, key).area_approved == 12000
        stages = db.session.scalars(select(WorkStage.weight).where(WorkStage.project_id == key)).all()
        assert sum(stages) == 100
        assert db.session.get(ProjectStatus, key) is not None
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "project:project:added")).one()
        assert told.changes["unit"] == [None, "某市医院"]
        assert told.changes["card_content"] == [None, "门诊楼"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "院" * 201}, "name"),
        ({"note": "注" * 1001}, "note"),
        ({"name": "已有医院"}, "name"),
        ({"place_code": "999999"}, "place_code"),
        ({"category": "palace"}, "category"),
        ({"national_code": "2101-370831-84-01-90005"}, "national_code"),
        ({"national_code": CODE}, "national_code"),
        ({"unit_id": 999_999}, "unit_id"),
        ({"document_id": 999_999}, "document_id"),
    ],
)
def test_what_cannot_be_taken_is_named(app: Flask, change: dict[str, object], field: str) -> None:
    with app.app_context():
        make_project(name="已有医院", national_code=CODE)
        with pytest.raises(InvalidError) as refused, transaction():
            add_project(ACTING, replace(ProjectValues("新医院", "370800"), **change))
        assert set(refused.value.fields) == {field}
        assert db.session.scalars(select(Project.name)).all() == ["已有医院"]


def test_a_correction_keeps_what_was_and_moves_no_verdict(app: Flask) -> None:
    """CD-4, case 28: name, place, unit and code are corrected, with history; a second writer is told."""
    with app.app_context():
        project = make_project(name="市人民医院北院", targets=[{"threshold": 50}])
        key, version = project.id, project.version
        unit, _ = make_unit("市人民医院"), make_place("370831", "泗水县", "370800")
        values = ProjectValues("市人民医院北院二期", "370831", "hospital", CODE, unit.id)
        with transaction():
            change_project(ACTING, key, version, values)
        found = db.session.get_one(Project, key, populate_existing=True)
        assert (found.name, found.place_code, found.national_code) == ("市人民医院北院二期", "370831", CODE)
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "project:project:changed")).one()
        assert told.changes["name"] == ["市人民医院北院", "市人民医院北院二期"]
        assert told.changes["unit"] == ["", "市人民医院"]
        with pytest.raises(ConflictError), transaction():
            change_project(ACTING, key, version, replace(values, name="别的名字"))
        assert db.session.get_one(Project, key, populate_existing=True).name == "市人民医院北院二期"


def test_nobody_corrects_a_project_into_a_place_that_is_not_theirs(app: Flask) -> None:
    with app.app_context():
        make_place()
        make_place("370831", "泗水县", "370800")
        make_place("320200", "无锡市")
        dispatcher, project = make_user("dispatcher", all_places=False), make_project(place_code="370831")
        with transaction():
            db.session.add(UserPlace(user_id=dispatcher.id, place_code="370831"))
        acting = Acting(actor_signed_in(dispatcher), NOW, TODAY)
        with pytest.raises(InvalidError) as refused, transaction():
            change_project(acting, project.id, project.version, replace(values_of(project), place_code="320200"))
        assert set(refused.value.fields) == {"place_code"}
        other = make_project(place_code="320200")
        with pytest.raises(ForbiddenError), transaction():
            change_project(acting, other.id, other.version, replace(values_of(other), name="夺来的项目"))


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ({"total_fen": "1,200.5"}, {"total_fen": 1200_500_000}),
        ({"total_fen": "12００"}, {"total_fen": 1_200_000_000}),
        ({"area_built": "30,000"}, {"area_built": 30_000}),
        ({"longitude": "116.5872", "latitude": "35.4154"}, {"longitude": "116.5872", "latitude": "35.4154"}),
        ({"longitude": "73", "latitude": "54"}, {"longitude": "73", "latitude": "54"}),
        ({"contact_phone": "0537-1234567 转 8"}, {"contact_phone": "0537-1234567 转 8"}),
        ({"total_fen": "", "nature": ""}, {"total_fen": None, "nature": ""}),
        ({"total_fen": "100", "building_fen": "60", "equipment_fen": "40"}, None),
    ],
)
def test_the_card_reads_what_is_typed(typed: dict[str, str], taken: dict[str, object] | None) -> None:
    values, wrong = read(typed)
    assert not wrong
    assert taken is None or values == taken


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"total_fen": "-1"}, "total_fen"),
        ({"total_fen": "一亿"}, "total_fen"),
        ({"total_fen": "100", "building_fen": "60", "equipment_fen": "40.000001"}, "total_fen"),  # CD-2: a fen too much
        ({"beds_approved": "3.5"}, "beds_approved"),
        ({"longitude": "72.99"}, "longitude"),
        ({"latitude": "54.01"}, "latitude"),
        ({"contact_phone": "请找办公室"}, "contact_phone"),
        ({"nature": "palace"}, "nature"),
        ({"address": "路" * 201}, "address"),
    ],
)
def test_the_card_refuses_what_cannot_be(typed: dict[str, str], field: str) -> None:
    _, wrong = read(typed)
    assert set(wrong) == {field}


def test_a_manager_fills_the_card_of_an_own_project_only(app: Flask) -> None:
    with app.app_context():
        manager = make_user("manager")
        own, other = make_project(manager=manager), make_project()
        acting = Acting(actor_of(manager, own), NOW, TODAY)
        with transaction():
            change_card(acting, own.id, own.version, {"responsible": "某人", "total_fen": "3000"})
        assert db.session.get_one(ProjectCard, own.id).total_fen == 3_000_000_000
        with pytest.raises(ForbiddenError), transaction():
            change_card(acting, other.id, other.version, {"responsible": "某人"})
        with pytest.raises(ForbiddenError), transaction():
            change_project(acting, own.id, own.version, values_of(own))


def test_projects_are_handed_over_in_one_act(app: Flask, client: FlaskClient) -> None:
    """CD-6: found by who has them, given to another, at once in the other's reach and out of the first's."""
    with app.app_context():
        make_day()
        old, new = make_user("manager", "old"), make_user("manager", "new")
        mine = [make_project(manager=old, name=f"某医院{number}期") for number in "一二三"]
        sign_in(client, make_user("dispatcher"))
        slug = mine[0].slug
        ids = [str(one.id) for one in mine[:2]]
    page = client.get("/projects/hand-over?q=示例old").get_data(as_text=True)
    assert page.count('name="projects"') == 3
    sent = {"projects": ids, "to": "new", "reason": "岗位调整"}  # the name to sign in with, the name shown, or both
    assert client.post("/projects/hand-over?q=示例old", data=sent).status_code == 302
    with app.app_context():
        rows = db.session.execute(select(ProjectAssignment.user_id, ProjectAssignment.project_id)).all()
        assert sorted(rows) == sorted([(new.id, int(ids[0])), (new.id, int(ids[1])), (old.id, mine[2].id)])
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "project:project:handed-over")).all()
        assert [one.changes["manager"] for one in told] == [["示例old", "示例new"]] * 2
    assert sign_in(app.test_client(), new).get(f"/projects/{slug}").status_code == 200
    assert sign_in(app.test_client(), old).get(f"/projects/{slug}").status_code == 404


def test_those_without_a_manager_or_a_unit_are_listed_first_and_given_in_one_act(
    app: Flask, client: FlaskClient
) -> None:
    """CD-6, CD-8: and nothing else is listed, of other places neither."""
    with app.app_context():
        make_day()
        unit, manager = make_unit("某市医院"), make_user("manager", "new")
        bare = [make_project(name=f"某医院{number}期") for number in "一二"]
        make_project(name="有人管的", manager=manager, unit_id=unit.id)
        make_project(name="别处的", place_code=make_place("320200", "无锡市").code)
        sign_in(client, dispatcher := make_user("dispatcher", all_places=False))
        with transaction():
            db.session.add(UserPlace(user_id=dispatcher.id, place_code="370800"))
        ids, key = [str(one.id) for one in bare], unit.id
    home = client.get("/").text
    assert "2 个项目还没有项目管理员" in home
    assert "2 个项目还没有项目单位" in home
    for path, field, name in (("", "to", "示例new"), ("?lacks=unit", "unit_id", "某市医院")):
        there = f"/projects/hand-over{path}"
        page = client.get(there).text
        assert page.count('name="projects"') == page.count(" checked") == 2
        assert [f'name="{one}"' in page for one in ("to", "unit_id")] == [field == "to", field == "unit_id"]
        refused = client.post(there, data={"projects": ids[:1], "unit_id": "没有的单位", "to": "没有的人"})
        assert refused.status_code == 422
        assert client.post(there, data={"projects": ids, field: name}).status_code == 302
        assert client.get(there).text.count('name="projects"') == 0
    assert "个项目还没有" not in client.get("/").text
    with app.app_context():
        rows = db.session.execute(select(Project.name, Project.unit_id).order_by(Project.id)).all()
        assert rows == [("某医院一期", key), ("某医院二期", key), ("有人管的", key), ("别处的", None)]
        assert db.session.query(ProjectAssignment).count() == 3


def test_a_unit_is_given_to_all_or_none(app: Flask) -> None:
    """CD-8: the second would be another of that name in the unit; no unit at all is no unit; not in other places."""
    with app.app_context():
        unit = make_unit()
        first, twin = make_project(name="新院区"), make_project(name="门诊楼")
        make_project(name="门诊楼", unit_id=unit.id)
        for ids, key, field in (
            ([first.id, twin.id], unit.id, "name"),
            ([first.id], None, "unit_id"),
            ([], 1, "projects"),
        ):
            with pytest.raises(InvalidError) as refused, transaction():
                assign_unit(ACTING, ids, key)
            assert set(refused.value.fields) == {field}
        assert db.session.get_one(Project, first.id).unit_id is None
        stranger = make_user("dispatcher", all_places=False)
        with pytest.raises(ForbiddenError), transaction():
            assign_unit(Acting(actor_signed_in(stranger), NOW, TODAY), [first.id], unit.id)
        with transaction():
            assert assign_unit(ACTING, [first.id], unit.id) == 1
        with transaction():
            assert assign_unit(ACTING, [first.id], unit.id) == 0


def test_nobody_but_a_manager_in_use_is_given_projects(app: Flask) -> None:
    with app.app_context():
        project, stopped = make_project(), make_user("manager", is_active=False)
        for user in (make_user("finance"), stopped):
            with pytest.raises(InvalidError) as refused, transaction():
                hand_over(ACTING, [project.id], user.id)
            assert set(refused.value.fields) == {"to"}
        with pytest.raises(InvalidError) as refused, transaction():
            hand_over(ACTING, [], None)
        assert set(refused.value.fields) == {"projects"}


def test_a_project_goes_while_nothing_rests_on_it(app: Flask) -> None:
    """CD-5."""
    with app.app_context():
        make_place()
        with transaction():
            key = add_project(ACTING, ProjectValues("登记错的项目", "370800"), {"content": "错"}).id
        busy = make_project(plan={})
        make_target(busy)
        with pytest.raises(ConflictError) as refused, transaction():
            remove_project(ACTING, busy.id, busy.version)
        assert "承诺" in str(refused.value.text.params)
        with transaction():
            remove_project(ACTING, key, 1)
        assert db.session.get(Project, key) is None
        assert db.session.get(ProjectCard, key) is None


def test_the_pages_register_a_project_with_a_new_unit(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_day()
        make_place()
        make_unit("济宁市第一人民医院", short_name="市一院")
        sign_in(client, make_user("dispatcher"))
    typed = {"name": "新院区", "place_code": "370800", "category": "hospital", "unit_id": "济宁市第一医院"}
    answer = client.post("/projects/new", data=typed)
    assert answer.status_code == 422
    assert "济宁市第一人民医院" in answer.text  # the nearest, offered
    assert 'value="新院区"' in answer.text
    for unit, new, stored in (("市一院", "", "济宁市第一人民医院"), ("济宁市第九医院", "y", "济宁市第九医院")):
        answer = client.post("/projects/new", data=typed | {"name": f"{unit}新院区", "unit_id": unit, "new_unit": new})
        assert answer.status_code == 302
        page = client.get(answer.location).text
        assert stored in page
        assert "未登记" in page  # a project without a responsible person is shown as such
    with app.app_context():
        assert db.session.scalars(select(Unit.name).order_by(Unit.id)).all() == ["济宁市第一人民医院", "济宁市第九医院"]


def test_two_who_fill_a_card_at_once_are_told(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_day()
        project = make_project()
        sign_in(client, make_user("dispatcher"))
        slug, version = project.slug, project.version
    first = client.post(f"/projects/{slug}/card", data={"version": version, "nature": "", "responsible": "甲"})
    assert first.status_code == 302
    second = client.post(f"/projects/{slug}/card", data={"version": version, "nature": "", "responsible": "乙"})
    assert second.status_code == 409
    assert 'value="乙"' in second.text
