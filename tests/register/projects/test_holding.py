"""A project is held by whoever writes about it, until their transaction ends."""

import pytest
from builders import make_project
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from projects.core.errors import NotFoundError
from projects.database import transaction
from projects.extensions import db
from projects.models import Project
from projects.register.projects.operations import hold_project


def test_a_project_that_is_not_there_can_not_be_held(app):
    with app.app_context(), transaction(), pytest.raises(NotFoundError):
        hold_project(2_000_000_000)


def test_nobody_else_holds_it_meanwhile(app):
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite lets one transaction write at a time")
        key = make_project().id
        with transaction():
            assert hold_project(key).id == key
            again = select(Project.id).where(Project.id == key).with_for_update(key_share=True, nowait=True)
            with db.engine.connect() as other, pytest.raises(OperationalError):
                other.execute(again)
        with db.engine.connect() as other:
            assert other.scalar(again) == key
