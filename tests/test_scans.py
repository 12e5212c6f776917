"""No page of any role reads a large table from end to end, or sorts it whole, to show some of its rows.

Asked of SQLite itself: each statement that a page sends is explained (EXPLAIN QUERY PLAN) on some hundred projects
with 36 months each and statistics. A table counts as large unless SMALL says why it stays small. What may read all of
a large table is named in WHOLE, by the function that asks, with the reason.

A search by an index that happens to find every row is not told from one that finds few: people here see one province.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from apps import make_app
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, func, select

from benchmarks.inside import signed_in
from benchmarks.many import DAY, NOW, load
from benchmarks.scale import people
from projects.core.permissions import SYSTEM
from projects.core.vocabulary import ROLES
from projects.database import refresh_statistics, transaction
from projects.extensions import db
from projects.models import Project, ProjectAssignment, Setting, User
from projects.samples.plans.operations import load_catalogue
from projects.verdicts.rules.operations import load_rule_sets
from projects.web.clock import DEMO_DATE

PROJECTS = 200
SMALL = {
    "alembic_version": "one row",
    "clause": "some dozens of each plan document",
    "consent_request": "what two people decide, some a day",
    "funding_period": "closed months",
    "funding_limit": "limits that an office set",
    "import_batch": "files of other offices, some a month",
    "ledger_upload": "ledgers of projects, some a year",
    "place": "the country's, 3,214 to the county",
    "plan_document": "plans that a province published, some a year",
    "plan_proposal": "what such a plan promises, some dozens each",
    "plan_reading": "plans that an office read, some a year",
    "programme": "groups that plans name",
    "reference_version": "one a year",
    "rule_choice": "programmes with rules of their own",
    "rule_set_version": "some a year",
    "setting": "some lines",
    "unit": "offices and hospitals",
    "user": "people with an account",
    "user_place": "places of people",
}
WHOLE = {  # what may read all of a large table, and why
    "people.requests.queries._rows": "the newest of some requests a day; projects are looked up by their keys",
    "register.cards.queries.managed": "by name, a hundred of those called as asked for or lacking a manager",
    "money.evidence.queries.document_facts": "findings of documents are worked out over all of them",
    "money.findings.queries._shown": "what was decided of all open receipts, which are findings where they wait",
    "money.findings.queries.finding_page": "the same, counted",
    "money.ladder.queries._rows": "worst first by what each project lacks; the sums beside it read as many",
    "money.receipts.queries._receipt_figures": "a month's statement sums all receipts up to its end",
    "money.receipts.queries.reported": "by name among those who reported or were paid; counted over all",
    "money.receipts.queries.year_end": "those behind first, by a rate; the sums beside it read as many",
    "money.standing.queries._is_stored": "is a day stored for all projects? two counts by an index",
    "money.findings.queries.steps": "how each finding was handled; findings are worked out over all projects",
    "money.matching.queries._rows": "proposals weigh every open receipt against every line, and are remembered",
    "money.matching.queries.aliases": "the same",
    "money.matching.queries.lines": "the same",
    "money.matching.queries.queue": "the same, with sums over all",
    "money.matching.queries.rejected": "the same",
    "money.matching.queries.state_of_money": "is what is remembered of proposals still true? counts and sums over all",
    "money.receipts.queries.receipts": "the sums above the list are of every receipt that it is narrowed to",
    "people.accounts.queries._alone": "everybody who rests, with all projects that nobody else has",
    "people.accounts.queries._pairs": "how many projects each person has, counted over all",
    "portfolio.ends.queries._ended": "the newest hundred that were dropped or archived, within places",
    "portfolio.ends.queries.ready": "by name, a hundred of those that are finished or dropped with nothing open",
    "portfolio.gantt.queries._rows": "worst first by verdict, lag and planned end; shows up to 1,000 projects at once",
    "portfolio.projects.queries.portfolio": "within places: keys alone are sorted; the totals beside it read as many",
    "portfolio.promises.queries.counted": "counts over all promises in sight",
    "portfolio.promises.queries.promises": "worst first by a rank of verdicts; the counts beside it read as many",
    "portfolio.reports.queries.report_board": "those that need somebody first, by a state worked out of two tables",
    "verdicts.days.queries._found": "is a day stored for all projects? counts by an index",
    "verdicts.rules.queries._rows": "how many verdicts each set of rules gave, counted over all",
    "verdicts.status.queries._rows": "how well forecasts came true is worked out over all projects",
    "verdicts.track_record.queries._filed": "how well forecasts came true is worked out over all reports",
}


def _matrix() -> Any:
    spec = importlib.util.spec_from_file_location("matrix", Path(__file__).parent / "authz" / "matrix.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["matrix"] = module
    spec.loader.exec_module(module)
    return module


PAGED = re.compile(r"LIMIT \S+( OFFSET [^\s)]+)?(\s*$|\) AS anon_\d+ ON )")


class Fault(NamedTuple):
    """What a statement does to a large table, and who asked for it."""

    who: str
    table: str
    what: str


class Sent(NamedTuple):
    """A statement with its parameters, and the function of the product that sent it."""

    who: str
    statement: str
    parameters: Any


@contextmanager
def sending(app: Flask) -> Iterator[list[Sent]]:
    """The reading statements sent while the block runs, with who asked."""
    sent: list[Sent] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            sent.append(Sent(_asker(), statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _asker() -> str:
    """The nearest function of a file that may read, beyond the one door to the database."""
    frame = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if (
            module.startswith("projects.")
            and module not in {"projects.database", "projects.statements"}
            and not frame.f_code.co_name.startswith("<")
        ):
            return f"{module.removeprefix('projects.')}.{frame.f_code.co_name}"
        frame = frame.f_back
    return "nobody"


def plan_of(app: Flask, sent: Sent) -> list[str]:
    """The steps of SQLite's plan for a statement."""
    with app.app_context():
        driver = db.session.connection().connection.driver_connection
        plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {sent.statement}", sent.parameters)]
        db.session.rollback()
    return plan


def faults(app: Flask, sent: Sent) -> set[Fault]:
    """What a statement does to large tables."""
    plan = plan_of(app, sent)
    called = {alias: name for name, alias in re.findall(r'"?(\w+)"? AS "?(\w+)"?', sent.statement)}
    read = [(called.get(step[1], step[1]), step[0]) for step in map(str.split, plan) if step[0] in {"SCAN", "SEARCH"}]
    large = [(table, how) for table, how in read if table in db.metadata.tables and table not in SMALL]
    walks = bool(PAGED.search(sent.statement)) and "WHERE" not in sent.statement  # row by row until there are enough
    found = {Fault(sent.who, table, "read from end to end") for table, how in large if how == "SCAN" and not walks}
    if large and PAGED.search(sent.statement) and any("TEMP B-TREE FOR ORDER BY" in step for step in plan):
        found.add(Fault(sent.who, large[0][0], "sorted whole"))
    return found


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application on a portfolio with people, reports, money and statistics, in SQLite."""
    folder = tmp_path_factory.mktemp("large")
    app = make_app(f"sqlite:///{folder / 'large.sqlite'}", folder)
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        with transaction():
            load_catalogue(SYSTEM, NOW)
            load_rule_sets(SYSTEM, NOW)
        load(PROJECTS)
        people()
        with transaction():
            db.session.add(Setting(key=DEMO_DATE, value=DAY.isoformat()))
            others = [
                User(username=f"other-{number}", display_name="示例", role="manager", password_hash="x", created_at=NOW)
                for number in range(PROJECTS // 10)
            ]
            others += [
                User(username=f"scale-{role}", display_name="示例", role=role, password_hash="x", created_at=NOW)
                for role in {*ROLES} - {*db.session.scalars(select(User.role).where(User.username.like("scale-%")))}
            ]
            everywhere = {"username": "scale-everywhere", "role": "leader", "all_places": True}
            others.append(User(display_name="示例", password_hash="x", created_at=NOW, **everywhere))
            db.session.add_all(others)
            db.session.flush()
            db.session.add_all(
                ProjectAssignment(user_id=others[number % 10].id, project_id=key)
                for number, key in enumerate(db.session.scalars(select(Project.id)))
            )
        refresh_statistics()
        _forget_what_is_small()
        db.session.remove()
    return app


def _forget_what_is_small() -> None:
    """Take away the statistics of tables that are small here but grow elsewhere, which SQLite then takes for large."""
    with db.engine.begin() as connection:
        for name, table in db.metadata.tables.items():
            if name not in SMALL and connection.scalar(select(func.count()).select_from(table)) < PROJECTS:
                connection.exec_driver_sql(f"DELETE FROM sqlite_stat1 WHERE tbl = '{name}'")
    db.engine.dispose()


def asked(app: Flask, role: str, only: str = "") -> Iterator[tuple[str, list[Sent]]]:
    """Every page that a role may read, with the statements it sends; files are left out: they hold every row."""
    client = signed_in(app, f"scale-{role}")
    for route in _matrix().routes(app):
        if route.method == "GET" and only in route.rule and "sign_out" not in route.endpoint:
            with sending(app) as sent:
                answer = client.get(route.address.replace("/own", "/v00007", 1).replace("2021-11", "2026-09"))
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield route.rule, sent


def found_in(app: Flask, role: str, only: str = "") -> tuple[int, dict[Fault, set[str]]]:
    """How many pages a role may read, and what their statements do to large tables, with where."""
    found: dict[Fault, set[str]] = defaultdict(set)
    known: dict[str, set[Fault]] = {}
    pages = 0
    for rule, sent in asked(app, role, only):
        pages += 1
        for one in sent:
            if one.statement not in known:
                known[one.statement] = faults(app, one)
            for fault in known[one.statement]:
                found[fault].add(rule)
    return pages, found


NEEDED: set[str] = set()


@pytest.mark.parametrize("role", ROLES)
def test_no_page_reads_a_large_table_whole(large: Flask, role: str):
    pages, found = found_in(large, role)
    NEEDED.update(fault.who for fault in found)
    found = {fault: rules for fault, rules in found.items() if fault.who not in WHOLE}
    assert pages > 8
    lines = [f"{fault.who}: {fault.table} {fault.what}: {sorted(rules)[:4]}" for fault, rules in found.items()]
    assert not lines, "\n".join(sorted(lines))


def test_nothing_is_excused_that_needs_no_excuse():
    if not NEEDED:
        pytest.skip("asked after the pages of all roles")
    assert sorted(WHOLE.keys() - NEEDED) == []


def test_who_sees_everything_has_the_portfolio_in_the_order_of_an_index(large: Flask):
    """The default order walks its index: nothing is sorted, and nothing read but what is shown, and the totals."""
    sent = [one for rule, sent in asked(large, "everywhere", "/projects") if rule == "/projects" for one in sent]
    listed = next(one for one in sent if one.who == "portfolio.projects.queries.portfolio")
    walked = "SCAN project_status USING COVERING INDEX ix_project_status_severity"
    plan = plan_of(large, listed)
    assert walked in plan
    assert not any("TEMP B-TREE" in step for step in plan[: plan.index(walked) + 2])


@pytest.mark.parametrize(
    ("index", "page", "table"),
    [
        ("ix_event_project_id", "/projects/<slug>", "event"),
        ("ix_audit_entry_project_id", "/projects/<slug>", "audit_entry"),
        ("ix_audit_entry_object", "/account", "audit_entry"),
        ("ix_project_place_code", "/projects", "project"),
    ],
)
def test_a_missing_index_is_noticed(large: Flask, index: str, page: str, table: str):
    """The negative control."""
    with large.app_context(), db.engine.begin() as connection:
        asked_for = "SELECT sql FROM sqlite_master WHERE name = ?"
        made = connection.exec_driver_sql(asked_for, (index,)).scalar_one()
        connection.exec_driver_sql(f"DROP INDEX {index}")
    try:
        _, found = found_in(large, "leader", page)
        assert any(fault.table == table for fault in found if fault.who not in WHOLE)
    finally:
        with large.app_context(), db.engine.begin() as connection:
            connection.exec_driver_sql(made)
