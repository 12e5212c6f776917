"""Projects entered and corrected, their cards, who manages them (CD-1 to CD-6)."""

from __future__ import annotations

import pytest
from builders import NOW, TODAY, make_place, make_project, make_unit, make_user
from flask import Flask
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, Project, ProjectAssignment, ProjectCard, ProjectStatus, WorkStage
from projects.people.sign_in.queries import actor_of
from projects.register.cards.card import read
from projects.register.cards.operations import (
    ProjectValues,
    add_project,
    change_card,
    change_project,
    hand_over,
    remove_project,
)

ACTING = Acting(SYSTEM, NOW, TODAY)


def test_a_new_project_has_its_card_its_stages_and_a_verdict(app: Flask) -> None:
    with app.app_context():
        place, unit = make_place(), make_unit("某市医院")
        with transaction():
            values = ProjectValues("某市医院二期", place.code, "hospital", "2101-370831-84-01-900051", unit.id)
            project = add_project(ACTING, values, {"content": "门诊楼", "area_approved": 12000, "total_fen": 30_000_00})
            key = project.id
        assert db.session.get_one(ProjectCard, key).area_approved == 12000
        stages = db.session.scalars(select(WorkStage.weight).where(WorkStage.project_id == key)).all()
        assert sum(stages) == 100
        assert db.session.get(ProjectStatus, key) is not None
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "project:project:added")).one()
        assert told.changes["unit"] == [None, "某市医院"]
        assert told.changes["card_content"] == [None, "门诊楼"]
