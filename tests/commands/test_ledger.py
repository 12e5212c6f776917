"""`projects import-ledger`: a ledger by command, its questions by cell."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from builders import make_user
from sqlalchemy import func, select

sys.path.append(str(Path(__file__).parents[1] / "portfolio" / "ledger"))

from test_posting import ROWS, ledger
from test_promises_and_months import months
from workbooks import acting_as, actor_of, places

from projects.database import transaction
from projects.extensions import db
from projects.models import LedgerUpload, MonthlyReport, Project
from projects.portfolio.taken import operations as taken


def run(app, path: Path, *options: str):
    return app.test_cli_runner().invoke(args=["projects", "import-ledger", str(path), "--place", "370800", *options])


def count(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Project))


def test_a_ledger_is_taken_over_once(app, tmp_path):
    with app.app_context():
        places()
    path = tmp_path / "台账.xlsx"
    path.write_bytes(ledger())
    answer = run(app, path, "--dry-run", "--json")
    assert answer.exit_code == 0, answer.output
    assert (json.loads(answer.output)["new"], count(app)) == (2, 0)
    assert json.loads(run(app, path, "--json").output)["posted"] == 2
    assert count(app) == 2
    again = json.loads(run(app, path, "--json").output)
    assert (again["same"], again["posted"]) == (2, 0)


def test_what_can_not_be_read_is_named_and_left_only_where_told(app, tmp_path):
    with app.app_context():
        places()
    bad = [*ROWS[0]]
    bad[6] = "三亿多"
    path = tmp_path / "台账.xlsx"
    path.write_bytes(ledger(bad, ROWS[1]))
    answer = run(app, path)
    assert (answer.exit_code, "台账!G3" in answer.output, count(app)) == (1, True, 0)
    answer = run(app, path, "--leave")
    assert (answer.exit_code, count(app)) == (0, 1)
    path.write_bytes(b"x")
    assert run(app, path).exit_code == 1


def test_months_that_a_command_brought_wait_for_a_person(app, tmp_path):
    with app.app_context():
        places()
    path = tmp_path / "台账.xlsx"
    path.write_bytes(months())
    assert json.loads(run(app, path, "--json").output)["months"] == 5
    with app.app_context():
        person = acting_as(actor_of(make_user("dispatcher")))
        upload = db.session.scalar(select(LedgerUpload))
        with transaction():
            taken.approve_months(person, upload.id, upload.version)
        assert {*db.session.scalars(select(MonthlyReport.author_id))} == {person.actor.id}
