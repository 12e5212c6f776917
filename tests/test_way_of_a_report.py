"""How much of the house a monthly report walks through: the files that act while it is stored, and on to its verdict.

A file acts where the body of one of its functions runs between the arrival of a request and its answer. Not counted are
files that are only imported, the bodies of modules and classes, and what other areas share: core, web, people and
history (a request of any kind runs through them) and the modules beside the areas (database, extensions, models). The
same way was gone once before, so that nothing counts that is read once and remembered (templates of gates, the
reference class).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from builders import NOW, TODAY, make_day, make_gate, make_project, make_report, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of

import projects
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.verdicts.rules.operations import load_rule_sets

ROOT = Path(projects.__file__).parent
SHARED = {"core", "web", "people", "history"}
AT_ANY_END = {"register/selection/operations.py"}  # asks at the end of every transaction whether names have changed
MOST_AREAS, MOST_STORED, MOST_JUDGED, MOST_MONEY = 4, 20, 31, 10  # judged: approving reads the content once more


@contextmanager
def acting_files() -> Iterator[set[str]]:
    """The files below projects/ of which a function runs while the block does, without what areas share."""
    found: set[str] = set()
    seen: set[object] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or code in seen:
            return
        seen.add(code)
        path = Path(code.co_filename)
        if code.co_name == "<module>" or not path.is_relative_to(ROOT):
            return
        name = path.relative_to(ROOT)
        if len(name.parts) > 1 and name.parts[0] not in SHARED and name.as_posix() not in AT_ANY_END:
            found.add(name.as_posix())

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(before)


@pytest.fixture
def desk(app: Flask) -> tuple[FlaskClient, FlaskClient]:
    """The manager of a project with a plan, a gate, promises and an approved report, under the shipped rules; and who
    reviews.
    """
    with app.app_context():
        make_day(TODAY)
        with transaction():
            load_rule_sets(SYSTEM, NOW)
        manager, reviewer = make_user("manager", "manager"), make_user("dispatcher", "reviewer")
        promised = [{"threshold": 50, "due": TODAY}, {"measure": "in_use", "due": TODAY}]
        project = make_project("north", manager=manager, targets=promised)
        make_gate(project)
        make_report(project, "2021-09", author=manager, preparation=100, foundation=50)
    return sign_in(app.test_client(), manager), sign_in(app.test_client(), reviewer)


def way(desk: tuple[FlaskClient, FlaskClient], month: str) -> tuple[set[str], set[str]]:
    """The files that act while the report of a month is submitted, and while it is approved."""
    manager, reviewer = desk
    form = f"/projects/north/reports/{month}"
    filled = fields_of(manager.get(form).text, "report") | {"percent_foundation": "100", "narrative": "基础完成"}
    with acting_files() as stored:
        assert manager.post(form, data=filled | {"action": "submit"}).status_code == 302
    said = fields_of(reviewer.get(f"{form}/1").text)
    with acting_files() as judged:
        assert reviewer.post(f"{form}/1/approve", data=said).status_code == 302
    return stored, judged


def areas(files: set[str]) -> set[str]:
    return {name.split("/")[0] for name in files}


def test_a_report_passes_few_areas_and_files_on_its_way_to_a_verdict(desk: tuple[FlaskClient, FlaskClient]):
    way(desk, "2021-10")
    stored, judged = way(desk, "2021-11")
    assert {"works/reports/operations.py", "works/reports/checks.py"} <= stored
    assert {"verdicts/assess/assess.py", "verdicts/renewal/operations.py"} <= judged
    money = {one for one in judged if one.startswith("money/")}  # a finding asks what was reported: renewed besides
    judged -= money
    assert len(money) <= MOST_MONEY, sorted(money)
    assert len(areas(stored | judged)) <= MOST_AREAS, sorted(areas(stored | judged))
    assert len(stored) <= MOST_STORED, sorted(stored)
    assert len(judged) <= MOST_JUDGED, sorted(judged)


def test_a_file_that_only_stands_by_does_not_count():
    """The negative control: what acts is found, what is imported is not."""
    from projects.verdicts.facts.works import is_done

    with acting_files() as found:
        from projects.verdicts.facts import curve  # noqa: F401

        is_done(100)
    assert found == {"verdicts/facts/works.py"}
