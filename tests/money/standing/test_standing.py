"""The stored money of projects is what would be worked out anew: after any series of writes, whoever made them; and
where it isn't that, it is not read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_report
from flask import Flask
from importing import posted, previewed
from runs import runs
from sqlalchemy import delete, event, insert, select, update

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import Contract, FindingStatus, Gate, ImportBatch, LedgerEntry, MoneyStatus, Project
from projects.money.contracts.operations import ContractValues, Payment, add_contract, confirm_work, pay
from projects.money.documents.operations import DocumentValues, write_document
from projects.money.evidence import queries as evidence
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.operations import Handling, handle, set_limit
from projects.money.findings.queries import finding_page, of_project
from projects.money.findings.sheet import weight
from projects.money.imports.operations import undo
from projects.money.ladder.filtering import FundingFilter
from projects.money.ladder.operations import Amount, post_entry, reverse_entry, set_composition
from projects.money.ladder.queries import money_of, portfolio_money
from projects.money.ledger.posting import Posting
from projects.money.receipts.operations import ReceiptValues, write_receipts
from projects.money.standing import queries as standing
from projects.verdicts.renewal import operations as renewal
from projects.verdicts.status.operations import rebuild
from projects.works.gates.operations import record_gate

OLD = dt.date(2020, 3, 2)
ACTING = Acting(SYSTEM, NOW, TODAY)
SOURCES = ("cbi", "county", "self")
COUNT = 4


@pytest.fixture
def office(app: Flask) -> Flask:
    """Four projects, two of them in another place, all of their money stored."""
    with app.app_context():
        make_day()
        make_place("360900", "宜春市")
        for key in range(1, COUNT + 1):
            make_project(f"p{key}", id=key, name=f"项目{key}")
        with transaction():
            set_composition(ACTING, 1, Amount("cbi", "approved_estimate", 1000, None, approved_on=OLD))
            entry(1, "cbi", "allocated", 1500)
            rebuild(SYSTEM, NOW, TODAY)
    return app


def entry(project: int, source: str, step: str, fen: int, day: dt.date = OLD, **values: Any) -> LedgerEntry:
    return post_entry(ACTING, project, Posting(source, step, day, fen, confirmed=True, **values))


def stored() -> list[list[tuple[Any, ...]]]:
    """Every stored row of each table."""
    found = []
    for model in standing.MODELS:
        own = model.__table__
        rows = db.session.connection().execute(select(*own.columns).order_by(*own.primary_key.columns))
        found.append([tuple(row) for row in rows])
    return found


def anew(day: dt.date = TODAY) -> list[list[tuple[Any, ...]]]:
    """What they would be, worked out from all the money."""
    found = []
    for model, rows in zip(standing.MODELS, standing.computed(None, day), strict=True):
        names = [column.name for column in model.__table__.columns]
        found.append(sorted(tuple(row[name] for name in names) for row in rows) if names[1] == "as_of" else [
            tuple(row[name] for name in names) for row in rows
        ])  # fmt: skip
    found[1].sort(key=lambda row: row[:2])
    return found


# --- any series of writes ---------------------------------------------------------------------------------------------


def some(random: Random) -> int:
    return random.randrange(1, COUNT + 1)


def posts(random: Random) -> None:
    step = random.choice(("planned", "allocated", "received", "contracted", "paid"))
    day = TODAY - dt.timedelta(random.randrange(1200))
    year = random.choice((None, 2019, 2020, 2021))
    entry(some(random), random.choice(SOURCES), step, random.randrange(1, 10**9), day, budget_year=year)


def corrects(random: Random) -> None:
    entry(1, "cbi", "planned", random.choice((1, -1)) * random.randrange(1, 999), memo="更正", kind="correction")


def refunds(_random: Random) -> None:
    entry(1, "cbi", "paid", -1, kind="refund")


def reverses(random: Random) -> None:
    rows = db.session.execute(select(LedgerEntry.project_id, LedgerEntry.id).where(LedgerEntry.reverses_id.is_(None)))
    reverse_entry(ACTING, *random.choice([tuple(row) for row in rows]), "登记有误")


def approves(random: Random) -> None:
    kind, fen = random.choice(("approved_estimate", "feasibility_estimate")), random.randrange(10**9)
    amount = Amount(random.choice(SOURCES), kind, fen, None, approved_on=OLD)
    set_composition(ACTING, some(random), amount)


def contracts(random: Random) -> None:
    worth = {"cbi": random.randrange(1, 10**6)}
    add_contract(
        ACTING,
        some(random),
        ContractValues("主体", "建工", dt.date(2021, 3, 1), worth, retention=7.5),
    )


def confirms(random: Random) -> None:
    keys = db.session.scalars(select(Contract.id)).all()
    confirm_work(ACTING, random.choice(keys), TODAY, random.randrange(1, 10**6))


def pays(random: Random) -> None:
    keys = db.session.scalars(select(Contract.id)).all()
    pay(ACTING, random.choice(keys), Payment({"cbi": random.randrange(1, 10**6)}, TODAY))


def accepts(random: Random) -> None:
    key, day = some(random), TODAY - dt.timedelta(random.randrange(900))
    db.session.execute(delete(Gate).where(Gate.project_id == key))
    db.session.add(Gate(project_id=key, key="works_complete", passed_on=day, recorded_at=NOW))


def moves(random: Random) -> None:
    own = db.session.get_one(Project, some(random))
    own.category, own.place_code = random.choice(("hospital", "cdc")), random.choice(("370800", "360900"))


def imports(random: Random) -> None:
    name, fen = f"项目{some(random)}", random.randrange(1, 9999)
    head = "明细编号,文号,发文单位,发文日期,项目名称,资金来源,金额(万元)\n"
    number = random.randrange(10**9)
    text = f"{head}L{number},财建〔2021〕{number}号,财政部,2021-03-01,{name},中央预算内投资,{fen}\n"
    values = {"place": "", "unit": ""}
    posted(ACTING, previewed(ACTING, "allocations", "a.csv", text.encode(), values).id)


def undoes(random: Random) -> None:
    keys = db.session.scalars(select(ImportBatch.id).where(ImportBatch.state == "posted")).all()
    undo(ACTING, random.choice(keys), "错了")


WRITES: tuple[Callable[[Random], None], ...] = (
    posts, posts, posts, corrects, refunds, reverses, approves, contracts, confirms, pays, accepts, moves, imports,
    undoes,
)  # fmt: skip


def series(seed: int, length: int) -> tuple[int, set[str]]:
    """That many writes by chance, each in a transaction, and the stored rows looked at after each; how many of these
    differed from what would be worked out, and what was done.
    """
    random, wrong, done = Random(seed), 0, set()
    for _ in range(length):
        write = random.choice(WRITES)
        try:
            with transaction():
                write(random)
            done.add(write.__name__)
        except (InvalidError, ConflictError, IndexError):
            pass  # there is nothing to take back, undo or pay, or no room for it
        wrong += stored() != anew()
    return wrong, done


@pytest.mark.parametrize("seed", range(2))
def test_after_any_write_the_stored_money_is_what_would_be_worked_out(office: Flask, seed: int):
    with office.app_context():
        wrong, done = series(seed, runs(60, 600))
        assert wrong == 0
        assert len(done) >= len({write.__name__ for write in WRITES}) - 2, done
        pages_agree()


def pages_agree() -> None:
    """What pages sum from stored rows is what each project's own page adds up from its entries."""
    page = portfolio_money(SYSTEM, FundingFilter(per_page=0), TODAY)
    own = {key: money_of(key, TODAY) for key in range(1, COUNT + 1)}
    for step in ("approved", "planned", "allocated", "received", "contracted", "paid"):
        assert getattr(page.ladder.total, step) == sum(getattr(one.ladder.total, step) or 0 for one in own.values())
    lines = {(row.project.slug, row.line.key): row.line for row in page.rows}
    assert lines == {(f"p{key}", line.key): line for key, one in own.items() for line in one.ladder.lines}
    found = [row for row in finding_page(SYSTEM, FindingFilter(per_page=0), TODAY).rows if row.subject.project_id]
    alone = [row for key in own for row in of_project(key, TODAY)]
    assert len(found) == len(alone)
    assert all(row in alone for row in found)


def test_with_nobody_noticing_the_stored_money_would_be_stale(office: Flask):
    """The negative control of the test above."""
    event.remove(db.session, "after_flush", renewal._flushed)
    event.remove(db.session, "do_orm_execute", renewal._executed)
    try:
        with office.app_context():
            wrong, _ = series(0, 20)
            assert wrong > 10
    finally:
        event.listen(db.session, "after_flush", renewal._flushed)
        event.listen(db.session, "do_orm_execute", renewal._executed)


def test_every_table_that_money_is_made_from_is_named():
    """Whoever lets a finding depend on another table names it in MONEY, or here with the reason why not."""
    source = Path(evidence.__file__).read_text(encoding="utf-8")
    read = {
        name for name in (one.class_.__name__ for one in db.Model.registry.mappers) if re.search(rf"\b{name}\.", source)
    }
    apart = {
        "FundingDocument": "documents are worked out for each page",
        "FundingLimit": "stored money names the limits it was made under",
        "Place": "its name is read with the page",
        "Unit": "its name is read with the page",
        "Programme": "who belongs to it stands with the projects",
    }
    assert read - {table.__name__ for table in renewal.MONEY} == set(apart) & read


# --- single changes, by whatever way ----------------------------------------------------------------------------------


def said(day: dt.date = TODAY) -> list[tuple[Any, ...]]:
    """The findings of everything, as the page tells them."""
    rows = finding_page(SYSTEM, FindingFilter(per_page=0), day).rows
    return sorted(
        (row.subject.name, row.finding.rule, row.finding.source, row.finding.amount_fen, str(row.finding.text))
        for row in rows
    )


def afresh(day: dt.date = TODAY) -> list[tuple[Any, ...]]:
    """The same with nothing stored."""
    with transaction():
        for model in standing.MODELS:
            db.session.execute(delete(model))
    return said(day)


def a_contract() -> None:
    add_contract(ACTING, 1, ContractValues("主体", "建工", dt.date(2021, 3, 1), {"cbi": 5000}, retention=7.5))
    confirm_work(ACTING, db.session.scalars(select(Contract.id)).one(), TODAY, 1000)


ROW = {"project_id": 2, "source": "county", "step": "paid", "entry_on": OLD, "amount_fen": 7, "recorded_at": NOW}
CHANGES = {
    "an entry": lambda: entry(1, "county", "paid", 70),
    "entries at once": lambda: db.session.execute(insert(LedgerEntry), [{**ROW, "is_sample": False}]),
    "a reversal": lambda: reverse_entry(ACTING, 1, db.session.scalars(select(LedgerEntry.id)).first(), "错"),
    "an approved amount": lambda: set_composition(
        ACTING, 1, Amount("cbi", "approved_estimate", 900, 1000, approved_on=OLD)
    ),
    "a limit": lambda: (
        entry(1, "cbi", "received", 1400, TODAY - dt.timedelta(90)),
        set_limit(ACTING, "idle_months", Decimal(1), "市财政局通知"),
    ),
    "a contract": a_contract,
    "a gate": lambda: record_gate(ACTING, 1, "completion_acceptance", None, {}, passed_on=dt.date(2021, 1, 4)),
    "a name": lambda: db.session.execute(update(Project).where(Project.id == 1).values(name="改名")),
    "a category": lambda: (
        entry(1, "self", "received", 5),
        db.session.execute(update(Project).where(Project.id == 1).values(category="cdc")),
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_after_every_change_the_page_says_what_would_be_worked_out_anew(office: Flask, what: str):
    with office.app_context():
        before = said()
        with transaction():
            CHANGES[what]()
        after = said()
        assert after != before
        assert after == afresh()


def test_an_approved_report_renews_the_money_of_its_project(office: Flask):
    with office.app_context():
        with transaction():
            entry(1, "cbi", "paid", 900)
        assert "F-10" not in {rule for _, rule, *_ in said()}
        make_report(db.session.get_one(Project, 1), "2021-10", foundation=10)
        assert "F-10" in {rule for _, rule, *_ in said()}
        assert stored() == anew()


def test_of_another_day_nothing_stored_is_read(office: Flask):
    with office.app_context():
        whole = said()
        assert whole
        with transaction():
            db.session.execute(update(FindingStatus).values(amount_fen=1))  # a lie, which only this day tells
        assert {fen for *_, fen, _ in said()} == {1}
        assert {fen for *_, fen, _ in said(TODAY - dt.timedelta(1))} != {1}
        assert said(dt.date(2019, 1, 1)) == []


def test_under_other_limits_nothing_stored_is_read_until_the_rebuild(office: Flask):
    with office.app_context():
        with transaction():
            set_limit(ACTING, "idle_months", Decimal(1), "市财政局通知")
        assert standing.money_tables(TODAY).status is not MoneyStatus.__table__
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
        assert standing.money_tables(TODAY).status is MoneyStatus.__table__
        assert stored() == anew()


def test_a_project_whose_money_was_never_worked_out_is_missed(office: Flask):
    with office.app_context():
        with transaction():
            db.session.execute(delete(MoneyStatus).where(MoneyStatus.project_id == 3))
        assert standing.money_tables(TODAY).status is not MoneyStatus.__table__


def test_what_was_rolled_back_is_not_stored(office: Flask):
    with office.app_context():
        before = stored()
        with pytest.raises(ZeroDivisionError), transaction():
            entry(1, "county", "paid", 70)
            db.session.flush()
            raise ZeroDivisionError
        assert stored() == before == anew()


def test_samples_taken_away_are_forgotten(office: Flask):
    with office.app_context():
        before = said()
        with transaction():
            db.session.add(LedgerEntry(**ROW, is_sample=True))
        assert said() != before
        with transaction():
            db.session.execute(delete(LedgerEntry).where(LedgerEntry.is_sample.is_(True)))
        assert said() == before
        assert stored() == anew()


def test_pages_one_after_the_other_are_the_whole(office: Flask):
    """Findings of projects and receipts come from the database, those of documents between them."""
    with office.app_context():
        with transaction():
            for number in range(1, COUNT + 1):
                for source in SOURCES:
                    entry(number, source, "allocated", 1000 * number)
            for number in range(5):
                values = DocumentValues(
                    "budget", f"财社〔2020〕{number}号", total_fen=999 * number + 1, received_on=OLD
                )
                write_document(ACTING, values)
            write_receipts(ACTING, [ReceiptValues(OLD, 500 * number, f"V{number}") for number in range(1, 7)])
        rows = finding_page(SYSTEM, FindingFilter(per_page=0), TODAY).rows
        handled = next(row for row in rows if row.subject.project_id)
        with transaction():
            handle(ACTING, handled, Handling("handling", "张", "在办", None), 0)
        whole = finding_page(SYSTEM, FindingFilter(per_page=0), TODAY)
        assert {bool(row.subject.document_id) for row in whole.rows} == {True, False}
        assert {row.finding.rule for row in whole.rows} >= {"F-15", "F-18", "F-23"}
        assert list(map(weight, whole.rows)) == sorted(map(weight, whole.rows))
        assert (whole.count, sum(whole.states.values())) == (len(whole.rows), len(whole.rows))
        assert sum(one.amount_fen for one in whole.tallies) == sum(row.finding.amount_fen for row in whole.rows)
        for size in (1, 2, 3, 7, 50):
            pages = [
                finding_page(SYSTEM, FindingFilter(page=number, per_page=size), TODAY)
                for number in range(1, len(whole.rows) // size + 3)
            ]
            assert [row for page in pages for row in page.rows] == list(whole.rows)
            assert {page.count for page in pages} == {whole.count}
            assert all(page.tallies == whole.tallies for page in pages)
