"""What is posted can't be changed in the database: not by UPDATE, not by DELETE, not by REPLACE, not with other
settings. Samples alone can be deleted. Rule M-9.
"""

import pytest
from builders import NOW, TODAY, make_project
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import FindingStep, MatchDecision
from projects.money.ladder.operations import Amount, set_composition
from projects.money.ledger.operations import write_entries
from projects.money.ledger.posting import Posting
from projects.money.receipts.operations import ReceiptValues, write_receipts

TABLES = {
    "ledger_entry": "memo",
    "treasury_receipt": "memo",
    "match_decision": "note",
    "composition_revision": "reason",
    "finding_step": "note",
}


@pytest.fixture
def posted(app):
    with app.app_context():
        project = make_project()
        with transaction():
            (receipt,) = write_receipts(Acting(SYSTEM, NOW, TODAY), [ReceiptValues(TODAY, 100)])
            write_entries(
                Acting(SYSTEM, NOW, TODAY), [(project.id, Posting("cbi", "received", TODAY, 40, receipt_id=receipt))]
            )
            set_composition(Acting(SYSTEM, NOW, TODAY), project.id, Amount("cbi", "approved_estimate", 500, None))
            db.session.add(
                MatchDecision(
                    receipt_id=receipt, action="outside", outside_kind="fee", amount_fen=60, reasons=[], at=NOW
                )
            )
            db.session.add(FindingStep(project_id=project.id, rule="F-1", state="handling", at=NOW))
    return app


def rows(table):
    return [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {table} ORDER BY id"))]


def refuse(statement):
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text(statement))


@pytest.mark.parametrize("table", TABLES)
def test_posted_rows_can_neither_be_changed_nor_deleted(posted, table):
    with posted.app_context():
        before = rows(table)
        assert before
        for statement in (
            f"UPDATE {table} SET {TABLES[table]} = 'anders'",
            f"UPDATE {table} SET is_sample = true",  # the way round the deletion's rule
            f"DELETE FROM {table}",
        ):
            refuse(statement)
        if db.engine.dialect.name == "postgresql":
            refuse(f"TRUNCATE {table} CASCADE")
        assert rows(table) == before


@pytest.mark.parametrize("table", TABLES)
def test_replacing_a_posted_row_is_refused_whatever_the_connection_is_set_to(posted, table):
    with posted.app_context():
        before = rows(table)
        if db.engine.dialect.name == "sqlite":
            for pragma in ("ON", "OFF"):
                db.session.rollback()
                with db.engine.connect() as connection:
                    connection.connection.dbapi_connection.execute(f"PRAGMA recursive_triggers={pragma}")
                    with pytest.raises(DBAPIError, match="append-only"):
                        connection.exec_driver_sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
                    connection.connection.dbapi_connection.execute("PRAGMA recursive_triggers=ON")
        else:
            refuse(
                f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET {TABLES[table]} = 'anders'"
            )
        assert rows(table) == before


def test_a_second_reversal_does_not_replace_the_first(posted):
    with posted.app_context():
        back = (
            "INSERT {how} INTO ledger_entry (project_id, source, step, entry_on, amount_fen, document_number, memo, "
            "reverses_id, recorded_at, is_sample) "
            "SELECT project_id, source, step, entry_on, -amount_fen, '', '{memo}', id, recorded_at, false FROM "
            "ledger_entry WHERE reverses_id IS NULL"
        )
        with transaction():
            db.session.execute(text(back.format(how="", memo="first")))
        before = rows("ledger_entry")
        with pytest.raises(DBAPIError), transaction():
            db.session.execute(
                text(back.format(how="OR REPLACE" if db.engine.dialect.name == "sqlite" else "", memo="second"))
            )
        assert rows("ledger_entry") == before


def test_a_project_with_posted_money_cannot_take_it_away_with_itself(posted):
    with posted.app_context():
        with pytest.raises(DBAPIError), transaction():
            db.session.execute(text("DELETE FROM project"))
        assert rows("ledger_entry")


def test_samples_can_be_deleted_and_nothing_else(posted):
    with posted.app_context():
        with transaction():
            (key,) = write_receipts(Acting(SYSTEM, NOW, TODAY), [ReceiptValues(TODAY, 7, is_sample=True)])
        with transaction():
            db.session.execute(text("DELETE FROM treasury_receipt WHERE is_sample"))
        assert [row[0] for row in rows("treasury_receipt")] == [key - 1]


def test_without_the_triggers_the_rows_could_be_changed(posted):
    """The negative control."""
    from apps import let_history_go

    with posted.app_context(), transaction():
        again = let_history_go()
        db.session.execute(text("UPDATE ledger_entry SET memo = 'anders'"))
        assert [row[0] for row in db.session.execute(text("SELECT memo FROM ledger_entry"))] == ["anders"]
        for statement in again:
            db.session.connection().exec_driver_sql(statement)
