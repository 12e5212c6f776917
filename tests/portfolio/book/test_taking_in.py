"""The register taken in again: RW-4 to RW-8."""

from __future__ import annotations

from registers import book_of, dispatcher, faults, kept, posted, seen, states, stored
from sqlalchemy import func, select

from projects.extensions import db
from projects.models import AuditEntry, Project
from projects.portfolio.ledger.plan import NEW, SAME


def heading(book, sheet: str, column: str) -> int:
    return book[sheet][0].index(column)


def test_rw8_exported_and_taken_in_again_nothing_changes(app):
    with app.app_context():
        acting = dispatcher("d1")
        stored(acting)
        before = db.session.scalar(select(func.count()).select_from(AuditEntry))
        found = seen(acting, kept(acting, book_of(acting)))
        assert set(states(found).values()) == {SAME}
        assert faults(found) == {}
        assert found.ready == []
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_rw8_in_an_empty_installation_it_makes_the_same_register(app):
    """But for what only days can tell (RW-9): since when, and the names that units had."""
    with app.app_context():
        acting = dispatcher("d1")
        stored(acting)
        book = book_of(acting)
        for table in ("target", "former_programme", "clause"):
            db.session.execute(db.metadata.tables[table].delete())
        db.session.execute(Project.__table__.update().values(programme_id=None, programme_since=None, unit_id=None))
        for table in ("programme", "plan_document", "unit"):
            db.session.execute(db.metadata.tables[table].delete())
        db.session.commit()
        upload = kept(acting, book)
        assert set(states(seen(acting, upload)).values()) == {NEW, SAME}
        assert faults(seen(acting, upload)) == {}
        posted(acting, upload)
        again = book_of(acting)
        told = {"自何日起", "至何日止", "曾用名"} | {name for name in said(book) if name.endswith("标识")}
        assert without(again, told) == without(book, told)
        assert set(states(seen(acting, kept(acting, again))).values()) == {SAME}


def said(book) -> set[str]:
    return {name for rows in book.values() for name in rows[0]}


def without(book, columns) -> dict[str, list[list[object]]]:
    """The sheets in an order of their own, without these columns; of members those that are there now."""
    found = {}
    for name, (head, *rows) in book.items():
        until = head.index("至何日止") if "至何日止" in head else None
        left = [place for place, column in enumerate(head) if column not in columns]
        now = [row for row in rows if until is None or row[until] is None]
        found[name] = sorted([[row[place] for place in left] for row in now], key=str)
    return found
