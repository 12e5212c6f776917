"""Edges of exemptions: who filed a report once and has handed it on since is not another pair of eyes."""

from __future__ import annotations

import pytest
from builders import NOW, TODAY, actor_of, make_day, make_project, make_report, make_user
from flask import Flask

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError
from projects.database import transaction
from projects.extensions import db
from projects.models import Exemption, ReportStep
from projects.verdicts.rules import operations

ASKED = {"light": "progress", "until": "2022-03-31", "reason": "防汛停工", "requested_by": "项目单位"}


@pytest.mark.parametrize(("action", "may"), [("submitted", False), ("returned", True), ("approved", True)])
def test_who_ever_filed_a_report_of_the_project_approves_no_exemption_of_it(app: Flask, action: str, may: bool):
    """The dispatcher filed the first round; after it came back the manager wrote and filed the second."""
    with app.app_context():
        make_day()
        manager, dispatcher = make_user("manager"), make_user("dispatcher")
        project = make_project(manager=manager)
        report = make_report(project, "2021-10", author=manager)
        with transaction():
            db.session.add(ReportStep(report_id=report.id, round=1, action=action, actor_id=dispatcher.id, at=NOW))
        if may:
            with transaction():
                operations.exempt(Acting(actor_of(dispatcher), NOW, TODAY), project.id, ASKED)
        else:
            with pytest.raises(ForbiddenError), transaction():
                operations.exempt(Acting(actor_of(dispatcher), NOW, TODAY), project.id, ASKED)
        assert db.session.query(Exemption).count() == int(may)
