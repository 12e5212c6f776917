"""Edges of imports: figures that are no numbers, footnotes, names that several places use, what was entered on imported
projects since.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from builders import make_gate, make_place, make_project, make_user
from importing import opened, posted, previewed
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.models import Event, LedgerEntry, Milestone, Project, ProjectAssignment, TreasuryReceipt
from projects.money.imports import operations
from projects.money.imports.extract import sheets
from projects.money.ladder.operations import Amount, set_composition
from projects.sheets.reading import cells
from projects.sheets.reading.cells import CellRefusedError

NOW = dt.datetime(2025, 12, 1, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 12, 1)
FAR = float("1e999")


@pytest.mark.parametrize("typed", ["1200①", "1200²", "100½", "12㈠", "万元①", "1200⁽¹⁾", "壹佰①", "1⒈5"])
def test_a_footnote_is_no_digit(typed):
    with pytest.raises(CellRefusedError):
        cells.amount(typed, "万元")


@pytest.mark.parametrize("typed", ["2025-3-1①", "2025年3月1①日", "2025-03-1²", "2025①-03-01"])
def test_a_footnote_is_no_part_of_a_day(typed):
    with pytest.raises(CellRefusedError):
        cells.day(typed)


@pytest.mark.parametrize("value", [FAR, -FAR, float("nan"), 1e308, -5.0, 0.0, 2.5e9, 60.5])
def test_figures_that_are_no_day_are_refused(value):
    for from_1904 in (False, True):
        with pytest.raises(CellRefusedError):
            cells.day(value, from_1904=from_1904)


@pytest.mark.parametrize("value", [FAR, -FAR, float("nan"), 1e308, True, 1e15])
def test_figures_that_are_no_amount_are_refused(value):
    with pytest.raises(CellRefusedError):
        cells.amount(value, "元")


def workbook(amount: str, day: str) -> bytes:
    """Receipts with raw figures in their cells, as no spreadsheet would store them."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["到账日期", "付款单位", "收款单位", "金额(元)", "摘要"])
        sheet.write_row(1, 0, [77777, "财政局", "县医院", 88888, "拨款"])
    read, made = zipfile.ZipFile(io.BytesIO(file.getvalue())), io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name in read.namelist():
            content = read.read(name)
            if name.startswith("xl/worksheets/"):
                content = content.replace(b"77777", day.encode()).replace(b"88888", amount.encode())
            package.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("amount", "day"),
    [
        ("1e999", "45778"),
        ("NaN", "45778"),
        ("100", "1e999"),
        ("100", "NaN"),
        ("100", "-1"),
        ("-0", "45778"),
        ("100", "1e300"),
    ],
)
def test_files_with_figures_that_are_none_are_refused_by_cell(app, amount, day):
    with app.app_context():
        with pytest.raises(InvalidError), transaction():
            batch = previewed(
                Acting(SYSTEM, NOW, TODAY), "receipts", "a.xlsx", workbook(amount, day), {"place": "", "unit": ""}
            )
            posted(Acting(SYSTEM, NOW, TODAY), batch.id)
        assert db.session.scalar(select(func.count()).select_from(TreasuryReceipt)) == 0


def run(kind: str, text: str, actor: Actor = SYSTEM, place: str = ""):
    with transaction():
        batch = previewed(Acting(actor, NOW, TODAY), kind, "a.csv", text.encode(), {"place": place, "unit": ""})
        return posted(Acting(actor, NOW, TODAY), batch.id)


@pytest.fixture
def counties(app):
    """Two counties with a project of the same name each, and a dispatcher and a treasurer of the first."""
    with app.app_context():
        make_place("370000", "山东省")
        for code, name in (("370831", "泗水县"), ("370832", "梁山县")):
            make_place(code, name, "370000")
        far = make_project(name="人民医院门诊楼项目", place_code="370832").id
        near = make_project(name="中医院门诊楼项目", place_code="370831").id
        make_project(name="中医院门诊楼项目", place_code="370832")
        who = {"places": frozenset({"370831"}), "place_projects": frozenset({near})}
        return (
            far,
            near,
            Actor(make_user("dispatcher").id, "调度", "dispatcher", **who),
            Actor(make_user("finance").id, "财务", "finance", **who),
        )


def test_a_project_of_ones_own_place_is_not_taken_for_one_of_the_same_name_elsewhere(app, counties):
    _, _, dispatcher, _ = counties
    with app.app_context():
        batch = run("projects", "项目名称,项目单位,所在地\n人民医院门诊楼项目,,泗水县\n", dispatcher, "370831")
        assert (batch.counts["new"], batch.counts["existing"]) == (1, 0)
        made = db.session.scalars(
            select(Project).where(Project.name == "人民医院门诊楼项目", Project.place_code == "370831")
        ).one()
        assert made.slug


def test_projects_of_one_name_in_two_places_are_both_made(app, counties):
    """For an office of all places the name alone tells nothing apart: the place does."""
    with app.app_context():
        batch = run(
            "projects",
            "项目名称,项目单位,所在地\n人民医院门诊楼项目,,泗水县\n人民医院发热门诊项目,,泗水县\n人民医院发热门诊项"
            "目,,梁山县\n",
        )
        assert (batch.counts["new"], batch.counts["existing"]) == (3, 0)
        again = run(
            "projects",
            "项目名称,项目单位,所在地\n人民医院门诊楼项目,,泗水县\n人民医院发热门诊项目,,泗水县\n人民医院发热门诊项"
            "目,,梁山县\n",
        )
        assert (again.counts["new"], again.counts["existing"]) == (0, 3)


def test_a_name_that_two_places_use_is_found_within_ones_own(app, counties):
    """IM-7."""
    _far, near, _, treasurer = counties
    line = "支付日期,项目名称,资金来源,金额(元)\n2025-05-01,{},县级财政,100\n"
    with app.app_context():
        run("payments", line.format("中医院门诊楼项目"), treasurer, "370831")
        assert db.session.scalars(select(LedgerEntry.project_id)).all() == [near]
        with pytest.raises(InvalidError):
            run("payments", line.format("人民医院门诊楼项目"), treasurer, "370831")
        with pytest.raises(InvalidError) as caught:
            run("payments", line.format("中医院门诊楼项目"))
        assert "有几个项目都叫这个名字" in str(next(iter(caught.value.fields.values())))


@pytest.mark.parametrize("entered", ["milestone", "event", "assignment", "approved and taken away", "gate", "nothing"])
def test_projects_that_something_was_entered_on_stay(app, entered):
    with app.app_context():
        make_place()
        batch = run("projects", "项目名称,所在地\n甲县人民医院感染楼项目,济宁市\n")
        (project,) = db.session.scalars(select(Project))
        with transaction():
            if entered == "milestone":
                db.session.add(
                    Milestone(
                        project_id=project.id, name="开工", position=1, plan_on=TODAY, baseline_on=TODAY, percent=10.0
                    )
                )
            elif entered == "event":
                db.session.add(Event(project_id=project.id, happened_on=TODAY, text="停工", source="x", effect="stop"))
            elif entered == "assignment":
                db.session.add(ProjectAssignment(project_id=project.id, user_id=make_user().id))
            elif entered == "gate":
                make_gate(project)
            elif entered == "approved and taken away":
                set_composition(Acting(SYSTEM, NOW, TODAY), project.id, Amount("cbi", "approved_estimate", 100, None))
                set_composition(Acting(SYSTEM, NOW, TODAY), project.id, Amount("cbi", "approved_estimate", None, 100))
        if entered == "nothing":
            with transaction():
                operations.undo(Acting(SYSTEM, NOW, TODAY), batch.id, "传错了")
            assert db.session.scalars(select(Project)).all() == []
            return
        with pytest.raises(ConflictError), transaction():
            operations.undo(Acting(SYSTEM, NOW, TODAY), batch.id, "传错了")
        assert len(db.session.scalars(select(Project)).all()) == 1


@pytest.mark.parametrize("kind", ["projects", "allocations", "receipts", "payments"])
def test_the_longest_texts_that_are_read_can_be_kept_or_are_refused_by_cell(app, kind):
    heads = {
        "projects": ("项目名称,项目单位,所在地", "{t},{t},{t}"),
        "allocations": (
            "明细编号,文号,发文单位,发文日期,项目名称,资金来源,金额(元),备注",
            "{t},{t},{t},2025-03-01,医院楼,县级财政,100,{t}",
        ),
        "receipts": ("凭证号,到账日期,付款单位,收款单位,金额(元),摘要", "{t},2025-05-01,{t},{t},100,{t}"),
        "payments": (
            "凭证号,支付日期,收款单位,项目名称,资金来源,金额(元),用途",
            "{t},2025-05-01,{t},医院楼,县级财政,100,{t}",
        ),
    }
    with app.app_context():
        make_place()
        make_project(name="医院楼")
        head, row = heads[kind]
        kept, refused = 0, 0
        for length in (40, 60, 61, 80, 81, 120, 121, 199, 200, 201):
            try:
                counts = run(kind, f"{head}\n{row.format(t='长' * length)}\n", place="370800").counts
                kept += counts["new"] + counts["existing"]
            except InvalidError as problem:
                refused += bool(problem.fields)
        assert kept > 1
        assert kept + refused == 10


# --- workbooks that look otherwise than a spreadsheet would write them: their reader dies where there is no room ---


def plain() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["到账日期", "收款单位", "金额(元)"])
        sheet.write_row(1, 0, ["2025-01-01", "医院", 100])
    return file.getvalue()


def edited(change, rename=lambda name: name) -> bytes:
    """A small workbook with some of its bytes changed, part by part."""
    read, made = zipfile.ZipFile(io.BytesIO(plain())), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name in read.namelist():
            package.writestr(rename(name), change(name, read.read(name)))
    return made.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    return edited(lambda name, part: part.replace(old, new) if name.endswith("sheet1.xml") else part)


FAR_CELLS = {
    "single quotes": lambda: in_sheet(b'r="C2"', b"r='XFD1048576'"),
    "small letters": lambda: in_sheet(b'r="C2"', b'r="xfd1048576"'),
    "other attributes first": lambda: in_sheet(b'<c r="C2"', b'<c foo="' + b"x" * 300 + b'" r="XFD1048576"'),
    "a line's end": lambda: in_sheet(b'<c r="C2"', b'<c\nr="XFD1048576"'),
    "spaces": lambda: in_sheet(b'<c r="C2"', b'<c r = "XFD1048576"'),
    "letters by number": lambda: in_sheet(b'r="C2"', b'r="&#88;FD1048576"'),
    "a far row of cells without places": lambda: edited(
        lambda name, part: (
            re.sub(rb' r="[A-C]2"', b"", part).replace(b'<row r="2"', b'<row r="1048576"')
            if name.endswith("sheet1.xml")
            else part
        )
    ),
    "two bytes a letter": lambda: edited(
        lambda name, part: (
            part.decode().replace("UTF-8", "UTF-16").replace('r="C2"', 'r="XFD1048576"').encode("utf-16")
            if name.endswith("sheet1.xml")
            else part
        )
    ),
    "another folder": lambda: edited(
        lambda _name, part: part.replace(b"worksheets/sheet1.xml", b"other/sheet1.xml").replace(
            b'r="C2"', b'r="XFD1048576"'
        ),
        lambda name: name.replace("xl/worksheets", "xl/other"),
    ),
    "no name of a sheet": lambda: edited(
        lambda _name, part: part.replace(b"worksheets/sheet1.xml", b"media/image1.png").replace(
            b'r="C2"', b'r="XFD1048576"'
        ),
        lambda name: name.replace("xl/worksheets/sheet1.xml", "xl/media/image1.png"),
    ),
    "entities in two bytes": lambda: edited(
        lambda name, part: (
            (
                "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE x [<!ENTITY a 'b'>]>"
                + part.decode().split("?>", 1)[1]
            ).encode("utf-16")
            if name.endswith("sheet1.xml")
            else part
        )
    ),
    "cut short": lambda: in_sheet(b"</sheetData>", b""),
}


@pytest.mark.parametrize("name", FAR_CELLS)
def test_far_cells_are_refused_however_they_are_written(name):
    """In a process of its own, which a reader without room would take down."""
    code = (
        "import sys; from projects.core.errors import InvalidError; from projects.money.imports.extract import "
        "sheets\ntry: sheets(sys.stdin.buffer.read())\nexcept InvalidError: print('refused')"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], input=FAR_CELLS[name](), capture_output=True, cwd=root, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, b"refused"), done.stderr[-300:]


def test_many_sheets_are_refused_where_all_of_them_are_too_much():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for _ in range(5):
            sheet = book.add_worksheet()
            sheet.write(0, 0, "到账日期")
            sheet.write(90_000, 9, 1)
    with pytest.raises(InvalidError):
        sheets(file.getvalue())


def test_a_plain_workbook_is_read():
    """The negative control: the workbook that the others are made from."""
    assert [list(row) for one in sheets(edited(lambda _name, part: part)) for row in one.rows] == [
        ["到账日期", "收款单位", "金额(元)"],
        ["2025-01-01", "医院", 100.0],
    ]


ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#NAME?")


@pytest.mark.parametrize("column", ["金额(元)", "到账日期", "摘要", "付款单位"])
def test_an_error_of_excels_is_named_by_cell_and_not_taken_for_nothing(app, column):
    head = ["凭证号", "到账日期", "付款单位", "收款单位", "金额(元)", "摘要", "核对"]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("封面").write_row(0, 0, ["说明"])
        page = book.add_worksheet("到账")
        page.write_row(0, 0, head)
        for number, error in enumerate(ERRORS, 1):
            page.write_row(number, 0, [f"A{number}", "2025-03-01", "市财政局", "市医院", 100, "拨款"])
            page.write_formula(number, head.index(column), "=1+A99", None, error)
            page.write_formula(number, 6, "=1+A99", None, error)  # nobody reads this column
    with app.app_context():
        found, _ = opened(SYSTEM, "receipts", file.getvalue(), {})
    said = [(fault.sheet, fault.cell, fault.text.msgid) for fault in found.faults]
    letter = "ABCDEFG"[head.index(column)]
    assert said == [
        ("到账", f"{letter}{number + 1}", "公式出错 (Excel 的错误值), 请先在表中改正") for number in range(1, 5)
    ]
