"""What a new office still has to do is told by what is stored (OF-6)."""

from __future__ import annotations

import pytest
from builders import NOW, TODAY, make_place, make_project, make_unit, make_user, sign_in
from counting import counted
from flask import Flask
from flask.testing import FlaskClient

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.core.vocabulary import ROLES
from projects.database import transaction
from projects.extensions import db
from projects.models import Setting, User
from projects.portfolio.home.first_steps import Standing, first_steps
from projects.register.places.operations import choose_home
from projects.samples.pack.operations import load_pack, remove_pack

NOTHING = Standing(has_home=False, has_units=False, roles=frozenset(), has_projects=False)
ALL = Standing(has_home=True, has_units=True, roles=frozenset(ROLES), has_projects=True)


def test_all_is_left_at_first_and_nothing_is_shown_at_the_end() -> None:
    assert [(one.key, one.is_done) for one in first_steps(NOTHING)] == [
        ("place", False), ("people", False), ("units", False), ("projects", False)
    ]  # fmt: skip
    assert first_steps(ALL) == ()


@pytest.mark.parametrize("lacking", ["has_home", "has_units", "has_projects"])
def test_one_thing_left_keeps_the_list(lacking: str) -> None:
    steps = first_steps(Standing(**(vars(ALL) | {lacking: False})))
    assert [one.is_done for one in steps].count(False) == 1


def test_roles_that_nobody_has_are_named() -> None:
    steps = {one.key: one for one in first_steps(Standing(**(vars(ALL) | {"roles": {"admin", "dispatcher"}})))}
    assert set(steps["people"].missing) == set(ROLES) - {"admin", "dispatcher"}


def page(client: FlaskClient) -> str:
    return client.get("/").get_data(as_text=True)


def test_the_administrator_is_led_until_all_is_there(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        sign_in(client, make_user("admin"))
    first = page(client)
    assert "开始使用还差什么?" in first
    assert first.count("未完成") == 4
    assert all(f'href="{path}"' in first for path in ("/admin/places", "/admin/users"))
    assert 'href="/units"' not in first  # which is the dispatcher's
    assert "单位审核员" in first
    with app.app_context():
        with transaction():
            make_place("370800")
            choose_home(Acting(SYSTEM, NOW, TODAY), "370800")
        assert page(client).count("未完成") == 3
        make_unit("济宁市卫生健康委")
        assert page(client).count("未完成") == 2
        for role in ROLES:
            make_user(role)
        assert page(client).count("未完成") == 1
        make_project("one")
    assert "开始使用还差什么?" not in page(client)


def test_what_is_done_is_told_by_the_data_and_comes_back_with_what_is_gone(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        people = [make_user(role) for role in ROLES]
        sign_in(client, next(one for one in people if one.role == "admin"))
        assert page(client).count("未完成") == 3
        with transaction():
            db.session.get(User, people[0].id).is_active = False
        assert page(client).count("未完成") == 4


def test_samples_are_no_office_and_are_not_led(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        sign_in(client, make_user("admin"))
        with transaction():
            load_pack(SYSTEM, NOW, TODAY)
        assert "开始使用还差什么?" not in page(client)
        with transaction():
            remove_pack(SYSTEM, NOW)
        assert page(client).count("未完成") == 4
        with transaction():
            db.session.add(Setting(key="demo_status_date", value="2021-11-30"))
        assert "开始使用还差什么?" not in page(client)


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"admin", "security", "dispatcher"}])
def test_nobody_else_is_led(app: Flask, client: FlaskClient, role: str) -> None:
    with app.app_context():
        sign_in(client, make_user(role))
    assert "开始使用还差什么?" not in page(client)


def test_a_dispatcher_of_all_places_is_led_too_and_one_of_some_is_not(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        sign_in(client, make_user("dispatcher"))
    first = page(client)
    assert first.count("未完成") == 4
    assert all(f'href="{path}"' in first for path in ("/units", "/plans/readings"))
    assert 'href="/admin/places"' not in first
    with app.app_context():
        sign_in(client, make_user("dispatcher", all_places=False))
    assert "开始使用还差什么?" not in page(client)


def test_the_security_administrator_is_led_to_the_roles(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        sign_in(client, make_user("security"))
    first = page(client)
    assert first.count("未完成") == 4
    assert 'href="/admin/roles"' in first
    assert not any(f'href="{path}"' in first for path in ("/admin/users", "/admin/places", "/units"))


def test_it_costs_the_same_in_a_great_office(app: Flask, client: FlaskClient) -> None:
    costs = []
    with app.app_context():
        sign_in(client, make_user("admin"))
    for _ in range(2):
        with counted(app) as sent:
            page(client)
        costs.append(len(sent))
        with app.app_context():
            for _ in range(20):
                make_user("manager")
    assert costs[0] == costs[1]
