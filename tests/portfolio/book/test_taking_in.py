"""The register taken in again: RW-4 to RW-10."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, TODAY, make_project, make_user
from registers import PLAN, book_of, dispatcher, faults, kept, posted, seen, states, stored
from sqlalchemy import func, select
from workbooks import workbook

from projects.core.acting import Acting
from projects.core.errors import ConflictError
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, Clause, ConsentRequest, PlanDocument, Project, Setting, Target, Unit, UserPlace
from projects.people.sign_in.queries import actor_of
from projects.portfolio.book import operations, queries
from projects.portfolio.ledger.plan import BAD, CHANGED, NEW, SAME, SKIPPED
from projects.portfolio.uploads import operations as uploads
from projects.register.units.operations import UnitValues, change_unit


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


def changed(book, sheet: str, row: int, **cells) -> dict[str, list[list[object]]]:
    """A register of one sheet in which cells of a row say something else."""
    rows = [list(one) for one in book[sheet]]
    for column, value in cells.items():
        rows[row][rows[0].index(column)] = value
    return {sheet: rows}


def told(item) -> list[tuple[str, object, object]]:
    return [(one.column.key, one.old, one.new) for one in item.changes]


@pytest.fixture
def acting(app):
    with app.app_context():
        who = dispatcher("d1")
        stored(who)
        make_user("dispatcher", name="other")  # who can agree
        yield who


def test_rw7_two_cells_changed_are_two_differences(acting):
    book = changed(book_of(acting), "承诺", 1, 期限=dt.date(2022, 6, 30), 语气="力争")
    first, *others = seen(acting, kept(acting, book)).items
    assert (first.state, first.two, {one.state for one in others}) == (CHANGED, True, {SAME})
    assert told(first) == [("due", dt.date(2021, 12, 31), dt.date(2022, 6, 30)), ("commitment", "must", "strive")]


def test_rw8_a_changed_promise_waits_for_another_person_and_moves_nothing(acting):
    upload = kept(acting, changed(book_of(acting), "承诺", 1, 要达到="60%"), act="move", reason="新文件")
    posted(acting, upload)
    request = db.session.scalars(select(ConsentRequest)).one()
    assert (request.kind, request.state, request.reason) == ("promise.move", "waiting", "新文件")
    assert db.session.scalar(select(Target.threshold).where(Target.slug == "t-1")) == 5000


def test_rw8_without_the_rule_of_two_it_would_be_done_at_once(acting):
    """Negative control: the same upload where the installation lets one person do it."""
    with transaction():
        db.session.merge(Setting(key="two_person", value="promises:0"))
    upload = kept(acting, changed(book_of(acting), "承诺", 1, 要达到="60%"))
    assert not seen(acting, upload).items[0].two
    posted(acting, upload)
    assert db.session.scalar(select(func.count()).select_from(ConsentRequest)) == 0
    assert (
        db.session.scalar(select(Target.threshold).where(Target.superseded_by_id.is_(None)).order_by(Target.id.desc()))
        == 6000
    )


def test_rw8_a_further_promise_is_kept_at_once(acting):
    book = book_of(acting)
    row = [None, None, "五大中心", None, PLAN, "12", "建成5个", "完工", "项目群数量", 5]
    upload = kept(acting, {"承诺": [book["承诺"][0], row]})
    (item,) = seen(acting, upload).items
    assert (item.state, item.two, item.faults) == (NEW, False, [])
    posted(acting, upload)
    target = db.session.scalars(select(Target).where(Target.wording == "建成5个")).one()
    assert (target.threshold, target.quantifier, target.basis) == (5, "count", "tally")


def test_rw8_the_day_of_issue_needs_two_and_the_title_does_not(acting):
    book = changed(book_of(acting), "规划文件", 1, 标题="泗水县规划(改)", 印发单位="泗水县政府")
    upload = kept(acting, book)
    assert not seen(acting, upload).items[0].two
    posted(acting, upload)
    assert db.session.scalar(select(PlanDocument.title).where(PlanDocument.slug == "d-one")) == "泗水县规划(改)"
    upload = kept(acting, changed(book_of(acting), "规划文件", 1, 印发日期=dt.date(2021, 4, 1)))
    assert seen(acting, upload).items[0].two
    posted(acting, upload)
    assert db.session.scalars(select(ConsentRequest.kind)).all() == ["document.change"]


def test_rw8_who_joins_a_programme_that_promised_is_one_request(acting):
    make_project("p-three", name="泗水县妇幼保健院", place_code="370831")
    head = book_of(acting)["项目群成员"][0]
    rows = [[None, "g-one", None, None, "泗水县妇幼保健院"], [None, None, "五大中心", "p-two", None]]
    upload = kept(acting, {"项目群成员": [head, *rows]})
    found = seen(acting, upload)
    assert [(item.state, item.two, item.joins) for item in found.items] == [(NEW, True, True)] * 2
    posted(acting, upload)
    assert db.session.scalars(select(ConsentRequest.kind)).all() == ["programme.members"]


def test_rw8_joining_and_leaving_where_two_are_needed_go_one_after_the_other(acting):
    book = book_of(acting)
    rows = [list(row) for row in book["项目群成员"]]
    rows[2][-1] = dt.date(2021, 11, 30)
    rows.append([None, "g-one", None, "p-two"])
    found = seen(acting, kept(acting, {"项目群成员": rows}))
    assert [item.state for item in found.items] == [SAME, CHANGED, BAD]
    assert "各提一次申请" in faults(found)["项目群成员!C4"]


def test_rw6_rows_name_what_other_rows_add_whatever_the_order_of_the_sheets(acting):
    book = book_of(acting)
    new = {
        "承诺": [book["承诺"][0], [None, None, "新群", None, "新规划", "2", "建成1个", "完工", "项目群数量", 1]],
        "项目群": [book["项目群"][0], [None, "新群", "泗水县", None, "新规划"]],
        "条款": [book["条款"][0], [None, None, "新规划", "2", "建设"]],
        "规划文件": [book["规划文件"][0], [None, "新规划", None, "泗水县政府", "370831", "2021年5月1日", "２０２１"]],
    }
    upload = kept(acting, new)
    assert faults(seen(acting, upload)) == {}
    posted(acting, upload)
    target = db.session.scalars(select(Target).where(Target.wording == "建成1个")).one()
    plan = db.session.scalars(select(PlanDocument).where(PlanDocument.title == "新规划")).one()
    assert plan.issued_on == dt.date(2021, 5, 1)
    assert db.session.get(Clause, target.clause_id).document_id == plan.id
    del new["规划文件"], new["项目群"]
    new["条款"][1][2] = "没有的规划"
    assert set(faults(seen(acting, kept(acting, new)))) == {"条款!C2"}


def test_rw6_a_skipped_row_takes_those_along_that_name_it(acting):
    book = book_of(acting)
    new = {
        "规划文件": [book["规划文件"][0], [None, "新规划", None, "泗水县政府", "370831", None, 2021]],
        "条款": [book["条款"][0], [None, None, "新规划", "2", "建设"]],
    }
    upload = kept(acting, new)
    with transaction():
        uploads.choose(acting, queries.SHELF, upload, 1, {"规划文件!2": "skip"})
    assert states(seen(acting, upload)) == {"规划文件!2": SKIPPED, "条款!2": BAD}


BAD_CELLS = {
    "承诺!E2": ("承诺", 1, {"规划文件标识": "d-two"}, "与“规划文件标识”里的不是同一个"),
    "承诺!F2": ("承诺", 1, {"条款号": "99"}, "这份文件没有这一条"),
    "承诺!C2": ("承诺", 1, {"项目或项目群标识": None, "项目或项目群": "泗水县中医院病房楼"}, "与标识所指的不是同一个"),
    "承诺!J2": ("承诺", 1, {"要达到": "3万元"}, "请填写 0 到 100 之间的百分比"),
    "承诺!K2": ("承诺", 1, {"期限": dt.date(2020, 1, 1)}, "早于规划文件的印发日期"),
    "承诺!H2": ("承诺", 1, {"承诺内容": "建好"}, "不认识“建好”"),
    "条款!B2": ("条款", 1, {"规划文件标识": "d-two", "规划文件": None}, "与标识所指的不是同一个"),
    "条款!D2": ("条款", 1, {"条款号": "(三)"}, "已有另一个是这样的"),
    "规划文件!E2": ("规划文件", 1, {"所在地": "某某县"}, "不认识这个地区"),
    "规划文件!G2": ("规划文件", 1, {"规划年度": "二一"}, "不是年份"),
    "单位!B3": ("单位", 2, {"全称": "微山县人民医院"}, "已有另一个是这样的"),
}


@pytest.mark.parametrize("cell", BAD_CELLS)
def test_rw4_what_cant_be_taken_is_named_by_its_cell(acting, cell):
    sheet, row, cells, words = BAD_CELLS[cell]
    found = seen(acting, kept(acting, changed(book_of(acting), sheet, row, **cells)))
    assert words in faults(found)[cell]
    assert sum(item.state == BAD for item in found.items) == 1


def test_rw4_half_a_percent_is_asked_about(acting):
    found = seen(acting, kept(acting, changed(book_of(acting), "承诺", 1, 要达到=0.5)))
    assert "分不清是不是百分比" in faults(found)["承诺!J2"]


def test_rw4_unknown_columns_and_sheets_are_named(acting):
    book = {
        "规划文件": [
            [*row, extra] for row, extra in zip(book_of(acting)["规划文件"], ("附注", "甲", None), strict=True)
        ]
    }
    book["规划文件"][1].append("没有表头")
    found = seen(acting, kept(acting, book | {"别的": [["甲"], ["乙"]]}))
    assert [(cell, said) for cell, said, _ in found.book.tables["documents"].untaken] == [
        ("H1", "附注"),
        ("I2", "没有表头"),
    ]
    assert [name for name, _ in found.book.unread] == ["别的"]


def test_rw4_merged_cells_full_width_and_titles_above(acting):
    rows = [
        ["泗水县规划条款"],
        *book_of(acting)["条款"][:1],
        [None, "d-one", None, "２０", "甲"],
        [None, None, None, "21", "乙"],
    ]
    content = workbook({"条款": rows}, merged={"条款": ["B3:B4"]})
    found = seen(acting, kept(acting, content))
    assert [(item.state, item.values["locator"]) for item in found.items] == [(NEW, "２０"), (NEW, "21")]
    assert faults(found) == {}


def test_rw5_without_keys_things_are_known_by_what_they_are(acting):
    book = book_of(acting)
    for rows in book.values():
        for row in rows[1:]:
            row[0] = None
    assert set(states(seen(acting, kept(acting, book))).values()) == {SAME}


def test_rw5_two_rows_of_one_thing_are_refused(acting):
    rows = book_of(acting)["规划文件"]
    found = seen(acting, kept(acting, {"规划文件": [*rows, list(rows[1])]}))
    assert [item.state for item in found.items] == [SAME, SAME, BAD]


def test_rw5_a_blank_cell_changes_nothing(acting):
    found = seen(acting, kept(acting, changed(book_of(acting), "规划文件", 1, 文号=None, 印发日期="—")))
    assert {item.state for item in found.items} == {SAME}


def test_rw3_what_lies_outside_of_ones_places_is_not_found(acting, app):
    """The same rows as a dispatcher of everywhere sends, sent by one of 微山: unknown, and no word of what is there."""
    book = book_of(acting)
    user = make_user("dispatcher", name="far", all_places=False)
    db.session.execute(UserPlace.__table__.insert(), [{"user_id": user.id, "place_code": "370826"}])
    db.session.commit()
    far = Acting(actor_of(user), NOW, TODAY)
    found = seen(far, kept(far, book))
    keys = {"d-one", "g-one", "t-1", "t-3"}
    assert [item.key for item in found.items if item.thing and item.thing.key in keys] == []
    assert {item.key: item.state for item in found.items if item.sheet.key == "promises"} == {
        "承诺!2": BAD, "承诺!3": BAD, "承诺!4": SAME, "承诺!5": BAD
    }  # fmt: skip
    assert found.counts[NEW] == 0 or {item.sheet.key for item in found.items if item.state == NEW} <= {"units"}


def test_rw8_what_others_changed_meanwhile_is_not_overwritten(acting):
    upload = kept(acting, changed(book_of(acting), "单位", 1, 简称="微山医院"))
    found = seen(acting, upload)
    step = operations.Step.of(found, found.upload.version, leave=False)
    unit = db.session.scalars(select(Unit).where(Unit.short_name == "微医")).one()
    with transaction():
        change_unit(acting, unit.id, unit.version, UnitValues(unit.name, "别的", "hospital", "370826"))
    with pytest.raises(ConflictError, match="单位!2"), transaction():
        operations.post(acting, step)
    assert db.session.scalar(select(Unit.short_name).where(Unit.id == unit.id)) == "别的"


# --- taken back -------------------------------------------------------------------------------------------------------


def undone(acting, upload: int) -> None:
    version = seen(acting, upload).upload.version
    db.session.rollback()
    with transaction():
        operations.undo(acting, upload, version, "传错了")


def everything(acting) -> dict[str, list[list[object]]]:
    found = without(book_of(acting), ())
    db.session.rollback()
    return found


def test_rw10_everything_is_as_it_was(acting):
    book = book_of(acting)
    before = everything(acting)
    book["规划文件"] += [[None, "新规划", None, "泗水县政府", "370831", None, 2021]]
    book["规划文件"][1][2] = "泗卫〔2021〕30号"
    book["规划文件"][2][5] = dt.date(2020, 2, 1)  # asked for
    book["条款"] += [[None, None, "新规划", "2", "建设"]]
    book["条款"][1][4] = "改过的标题"
    book["承诺"] += [[None, "p-one", None, None, "新规划", "2", "完工", "完工"]]
    book["承诺"][1][10] = dt.date(2022, 1, 31)  # asked for
    book["项目群"] += [[None, "新群", "泗水县", None, "新规划"]]
    book["项目群"][1][5] = "备注"
    book["单位"] += [[None, "新医院", None, "医院", "泗水县"]]
    book["单位"][1][2] = None
    book["单位"][2][2] = "泗医"
    upload = kept(acting, book)
    assert faults(seen(acting, upload)) == {}
    posted(acting, upload)
    assert everything(acting) != before
    undone(acting, upload)
    assert everything(acting) == before
    assert set(db.session.scalars(select(ConsentRequest.state))) == {"withdrawn"}
    with pytest.raises(ConflictError):
        undone(acting, upload)


def test_rw10_not_a_promise_of_another_day(acting):
    """On its day it goes; from the next day on an upload is no way to drop it alone."""
    upload = kept(
        acting, {"承诺": [book_of(acting)["承诺"][0], [None, "p-one", None, "d-one", None, "12", "完工", "完工"]]}
    )
    posted(acting, upload)
    later = acting._replace(day=TODAY + dt.timedelta(days=1))
    with pytest.raises(ConflictError, match="须另一个人同意"):
        undone(later, upload)
    undone(acting, upload)


def test_rw10_not_what_others_built_on_or_changed_or_agreed_to(acting):
    book = book_of(acting)
    upload = kept(acting, {"单位": [book["单位"][0], [None, "新医院", None, "医院", "泗水县"]]})
    posted(acting, upload)
    unit = db.session.scalars(select(Unit).where(Unit.name == "新医院")).one()
    make_project(name="新项目", unit_id=unit.id)
    with pytest.raises(ConflictError, match="单位!2"):
        undone(acting, upload)
    upload = kept(acting, changed(book_of(acting), "承诺", 1, 要达到="60%"))
    posted(acting, upload)
    with transaction():
        db.session.scalars(select(ConsentRequest)).one().state = "approved"
    with pytest.raises(ConflictError, match="已由另一个人同意"):
        undone(acting, upload)


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
