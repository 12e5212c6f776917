"""IM-10: a large import is posted in steps, each in a transaction of its own; broken off between two of them, it goes
on where it stopped or is taken back.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_user, sign_in
from flask import Flask
from importing import previewed
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.holding import HELD, Held
from projects.models import AuditEntry, FundingDocument, ImportBatch, LedgerEntry, Project, TreasuryReceipt, Unit
from projects.money.imports import operations, queries, steps
from projects.money.imports.plan import NewRow
from projects.money.imports.reading import SheetRow

ACTING = Acting(SYSTEM, NOW, TODAY)
RECEIPTS = "voucher,received_on,payer,payee,amount_yuan,memo\n" + "".join(
    f"V{n},2021-05-{n + 1:02},市财政局,甲院,{n + 1}00,拨款\n" for n in range(7)
)
PROJECTS = "project_name,project_unit,place\n" + "".join(f"新楼{n},新院{n // 2},泗水县\n" for n in range(7))
ALLOCATIONS = "line_id,document_number,issued_on,project_name,source,amount_yuan\n" + "".join(
    f"L{n},财建〔2021〕{n % 3}号,2021-05-01,甲楼,{('中央预算内投资', '省级财政')[n // 4]},{n + 1}00\n" for n in range(7)
)
PAYMENTS = "voucher,paid_on,project_name,source,amount_yuan,payee\n" + "".join(
    f"P{n % 4},2021-05-01,甲楼,{('中央预算内投资', '省级财政')[n // 4]},{n + 1}00,某公司\n" for n in range(7)
)
FILES = {"receipts": RECEIPTS, "projects": PROJECTS, "allocations": ALLOCATIONS, "payments": PAYMENTS}


def new(at: int, key: str, project: int | None = None, **values: Any) -> NewRow:
    return SheetRow("表", at, values, {}), project, key


def cut(kind: str, rows: list[NewRow]) -> list[list[str]]:
    """The keys of each step."""
    left, found = steps.in_order(kind, rows), []
    while left:
        size = steps.step(kind, left)
        found.append([key for _, _, key in left[:size]])
        left = left[size:]
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of three rows, of two documents or projects."""
    monkeypatch.setattr(steps, "MOST", dict.fromkeys(steps.MOST, 3))
    monkeypatch.setattr(steps, "MOST_OWNERS", dict.fromkeys(steps.MOST_OWNERS, 2))


@pytest.fixture
def place(app: Flask) -> None:
    with app.app_context():
        make_day()
        make_place()
        make_project(name="甲楼")


# --- where it is cut --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (2, [2]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_im10_so_many_rows_a_step(small, count: int, sizes: list[int]):
    assert [len(one) for one in cut("receipts", [new(n, f"V{n}") for n in range(count)])] == sizes


def test_im10_the_parts_of_one_payment_are_never_apart(small):
    rows = [new(n, key, 1) for n, key in enumerate("abcdaeaa")]
    assert cut("payments", rows) == [list("aaaa"), list("bcd"), list("e")]


def test_im10_so_many_projects_or_documents_a_step(small):
    assert cut("payments", [new(n, f"{n}", n // 2) for n in range(5)]) == [["0", "1", "2"], ["3", "4"]]
    assert cut("payments", [new(n, f"{n}", n % 2) for n in range(5)]) == [["0", "2", "4"], ["1", "3"]]
    assert cut("payments", [new(n, f"{n}", n) for n in range(5)]) == [["0", "1"], ["2", "3"], ["4"]]
    lines = [new(n, f"{n}", 1, number=f"财建〔2021〕{n}号", issued=dt.date(2021, 5, 1)) for n in range(3)]
    assert cut("allocations", lines) == [["0", "1"], ["2"]]


# --- what it comes to -------------------------------------------------------------------------------------------------


def written(batch_id: int) -> list[tuple[Any, ...]]:
    """All that an import wrote, without ids."""
    receipts, lines, own = TreasuryReceipt, LedgerEntry, FundingDocument
    ids = db.session.get_one(ImportBatch, batch_id).counts.get("project_ids", ())
    paper = select(
        lines.external_id, lines.entry_on, lines.source, lines.step, lines.amount_fen, lines.memo, own.number
    )
    asked = (
        select(receipts.voucher, receipts.received_on, receipts.amount_fen).where(receipts.import_id == batch_id),
        paper.outerjoin(own, own.id == lines.document_id).where(lines.import_id == batch_id),
        select(Project.name, Project.slug, Unit.name).join(Unit, Unit.id == Project.unit_id).where(Project.id.in_(ids)),
    )
    return sorted((tuple(row) for one in asked for row in db.session.execute(one)), key=repr)


def keep(kind: str) -> int:
    with transaction():
        return previewed(ACTING, kind, "a.csv", FILES[kind].encode(), {}).id


def post_all(batch_id: int) -> int:
    """Post the rest, a transaction for each step; how many there were."""
    ready, count = queries.ready(ACTING, batch_id), 0
    while db.session.get_one(ImportBatch, batch_id).state != "posted":
        with transaction():
            batch = operations.post(ACTING, ready)
        ready, count = ready.after(batch), count + 1
    return count


def post_one(batch_id: int) -> queries.Ready:
    ready = queries.ready(ACTING, batch_id)
    with transaction():
        batch = operations.post(ACTING, ready)
    return ready.after(batch)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.usefixtures("place")
def test_im10_steps_write_what_one_would(app: Flask, kind: str, monkeypatch: pytest.MonkeyPatch):
    with app.app_context():
        batch_id = keep(kind)
        assert post_all(batch_id) == 1
        whole, told = written(batch_id), db.session.get_one(ImportBatch, batch_id).counts
        assert len(whole) == 7
        with transaction():
            operations.undo(ACTING, batch_id, "再来")
        monkeypatch.setattr(steps, "MOST", dict.fromkeys(steps.MOST, 2))
        again = keep(kind)
        assert post_all(again) >= 3
        assert written(again) == whole
        assert db.session.get_one(ImportBatch, again).counts | {"project_ids": 0} == told | {"project_ids": 0}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.usefixtures("small", "place")
def test_im10_broken_off_between_two_steps_it_goes_on_where_it_stopped(app: Flask, kind: str):
    with app.app_context():
        batch_id = keep(kind)
        post_one(batch_id)
        batch = db.session.get_one(ImportBatch, batch_id)
        assert batch.state == "previewed"
        begun = batch.counts["posted"]
        assert 0 < begun < 7
        assert keep(kind) == batch_id  # sent again, it is the same
        with pytest.raises(ConflictError, match="不能放弃"), transaction():
            operations.drop(SYSTEM, batch_id)
        post_all(batch_id)
        batch = db.session.get_one(ImportBatch, batch_id)
        assert (batch.counts["new"], batch.counts["existing"], "posted" in batch.counts) == (7, 0, False)
        tagged = select(AuditEntry.changes).where(AuditEntry.tag == "funding:import:posted").order_by(AuditEntry.id)
        rows = [changes["rows"] for changes in db.session.scalars(tagged)]
        assert rows[0][0] == 0
        assert rows[-1][1] == 7
        assert [one[1] for one in rows[:-1]] == [one[0] for one in rows[1:]]
        assert len(set(written(batch_id))) == 7
        papers = db.session.scalars(select(FundingDocument.source)).all()  # each of lines of two sources, in two steps
        assert papers == ([None] * 3 if kind == "allocations" else [])


@pytest.mark.usefixtures("small", "place")
def test_im10_broken_off_it_can_be_taken_back(app: Flask):
    with app.app_context():
        batch_id = keep("receipts")
        post_one(batch_id)
        with transaction():
            operations.undo(ACTING, batch_id, "不要了")
        assert db.session.get_one(ImportBatch, batch_id).state == "undone"
        assert db.session.scalar(select(func.sum(TreasuryReceipt.amount_fen))) == 0


@pytest.mark.usefixtures("small", "place")
def test_im10_who_saw_it_before_another_went_on_is_told(app: Flask):
    with app.app_context():
        batch_id = keep("receipts")
        before = queries.ready(ACTING, batch_id)
        post_one(batch_id)
        with pytest.raises(ConflictError, match="刚有变动"), transaction():
            operations.post(ACTING, before)


@pytest.mark.usefixtures("small", "place")
def test_im10_the_page_posts_all_steps_and_tells_of_a_half(app: Flask, monkeypatch: pytest.MonkeyPatch):
    with app.app_context():
        first, second = keep("receipts"), keep("projects")
        post_one(second)
        finance, dispatcher = make_user("finance", name="f"), make_user("dispatcher", name="d")
    client = sign_in(app.test_client(), finance)
    app.extensions[HELD] = Held()
    answer = client.post(f"/imports/{first}/post", follow_redirects=True)
    assert "已入账 7 行" in answer.text
    assert app.extensions[HELD].count >= 3
    client = sign_in(app.test_client(), dispatcher)
    page = client.get(f"/imports/{second}").text
    assert "已有 3 行入账, 其余没有" in page
    assert "整批撤销" in page
    assert "放弃这份预览" not in page
    assert "已入账 7 行" in client.post(f"/imports/{second}/post", follow_redirects=True).text
