"""The people around one project whose changes somebody approves."""

from __future__ import annotations

import pytest
from builders import (
    TODAY,
    make_day,
    make_place,
    make_project,
    make_report,
    make_unit,
    make_user,
    sign_in,
)
from flask import Flask
from flask.testing import FlaskClient
from people.requests.changing import BUILT, PROMISE

from projects.database import transaction
from projects.extensions import db
from projects.models import (
    UserPlace,
)
from projects.verdicts.renewal.operations import recompute


@pytest.fixture
def clients(app: Flask) -> dict[str, FlaskClient]:
    """A manager with one project, its unit's reviewer, two dispatchers, and others who may not decide."""
    with app.app_context():
        make_day()
        make_place("360000", "江西省")
        unit, other = make_unit(), make_unit("县人民医院")
        people = {
            "manager": make_user("manager", unit_id=unit.id),
            "reviewer": make_user("reviewer", unit_id=unit.id),
            "stranger": make_user("reviewer", unit_id=other.id),
            "dispatcher": make_user("dispatcher"),
            "second": make_user("dispatcher"),
            "far": make_user("dispatcher", all_places=False),
            "leader": make_user("leader"),
            "finance": make_user("finance"),
        }
        with transaction():
            db.session.add(UserPlace(user_id=people["far"].id, place_code="360000"))
        project = make_project("own", manager=people["manager"], unit_id=unit.id, floors=18, targets=[PROMISE])
        make_report(project, "2021-10", **BUILT)
        with transaction():
            recompute([project.id], TODAY)
    return {name: sign_in(app.test_client(), user) for name, user in people.items()}
