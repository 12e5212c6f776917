"""The register handed out as one workbook: RW-1 to RW-3, OF-9."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import make_user, sign_in
from registers import PLAN, dispatcher, read, stored

from projects.extensions import db
from projects.models import UserPlace
from projects.portfolio.book.columns import SHEETS
from projects.register.units.naming import followed

DAY = dt.date(2021, 12, 31)


@pytest.fixture
def people(app):
    with app.app_context():
        stored(dispatcher("d0"))
        found = {name: make_user("dispatcher", name=name) for name in ("all", "near")}
        found |= {"leader": make_user("leader"), "manager": make_user("manager")}
        db.session.execute(UserPlace.__table__.insert(), [{"user_id": found["near"].id, "place_code": "370831"}])
        found["near"].all_places = False
        db.session.commit()
    return found


def exported(client, who, query: str = "") -> dict[str, list[list[object]]]:
    sign_in(client, who)
    answer = client.get(f"/register/export.xlsx{query}")
    assert answer.status_code == 200, answer.text
    return read(answer.data)


def test_rw1_each_thing_is_a_row_with_its_key(client, people):
    book = exported(client, people["all"])
    assert list(book) == ["规划文件", "条款", "承诺", "项目群", "项目群成员", "单位", "说明"]
    assert book["规划文件"][1][:5] == ["d-one", PLAN, "泗卫〔2021〕3号", "泗水县卫生健康局", "山东省济宁市泗水县"]
    assert [row[0] for row in book["条款"][1:]] == ["d-one#12", "d-one#(三)", "d-two#1"]
    one, two, far, three = book["承诺"][1:]
    assert one[6:12] == ["年内主体工程完成50%以上", "主体工程完成比例", "单个项目", "50%", DAY, "确保"]
    assert (two[9], three[9], far[0]) == ("3万元", "3", "t-far")
    assert three[1:6] == ["g-one", "五大中心", "d-one", PLAN, "(三)"]
    assert book["项目群"][1] == ["g-one", "五大中心", "山东省济宁市泗水县", "d-one", PLAN, None]
    since, until = dt.date(2021, 6, 1), dt.date(2021, 9, 1)
    assert [row[4:] for row in book["项目群成员"][1:]] == [
        ["泗水县中医院病房楼", None, until],
        ["泗水县人民医院门诊楼", since, None],
    ]
    assert [row[1:] for row in book["单位"][1:]] == [
        ["微山县人民医院", "微医", "医院", "山东省济宁市微山县", None],
        ["泗水县人民医院", None, "医院", "山东省济宁市泗水县", "泗水县医院"],
    ]


def test_rw3_nothing_outside_of_ones_places(client, people):
    book = exported(client, people["near"])
    said = str(book)
    assert "微山县人民医院" not in said
    assert "t-far" not in said
    assert [row[0] for row in book["承诺"][1:]] == ["t-1", "t-2", "t-3"]
    assert [row[1] for row in book["单位"][1:]] == ["泗水县人民医院"]


def test_rw3_who_keeps_no_units_gets_no_sheet_of_them_and_a_manager_without_projects_nothing(client, people):
    assert "单位" not in exported(client, people["leader"])
    book = exported(client, people["manager"])
    assert {len(rows) for name, rows in book.items() if name != "说明"} == {1}


def test_rw1_as_of_the_status_date(client, people):
    """Of a day before the plan was published there is no promise, and nobody has joined or left yet."""
    book = exported(client, people["all"], "?as_of=2021-02-28")
    assert [row[0] for row in book["承诺"][1:]] == ["t-far"]
    assert [row[4:] for row in book["项目群成员"][1:]] == [["泗水县中医院病房楼", None, None]]
    assert book["说明"][0] == ["状态日", "2021-02-28"]


def test_rw2_the_template_is_the_same_workbook_empty(client, people):
    sign_in(client, people["all"])
    book = read(client.get("/register/template.xlsx").data)
    filled = exported(client, people["all"])
    assert {name: rows[0] for name, rows in filled.items()} | {"说明": 0} == {
        name: rows[0] for name, rows in book.items()
    } | {"说明": 0}
    assert {len(book[name]) for name in list(book)[:-1]} == {1}


def test_rw2_in_the_readers_language(app, client, people):
    with app.app_context():
        db.session.get(type(people["all"]), people["all"].id).locale = "en"
        db.session.commit()
    book = exported(client, people["all"])
    assert "Plan document" in book
    assert "Wording" in str(book)


def test_of9_names_are_followed_through_renaming_and_merging():
    """A became B; C was merged into B, which became D; another A came later and is nobody's past."""
    assert followed([("A", "B"), ("C", "B"), ("B", "D"), ("X", "X")]) == {"D": ("A", "C", "B")}
    assert followed([("A", "B"), ("B", "A")]) == {"A": ("B",)}


def test_every_heading_is_its_own_within_its_sheet():
    for sheet in SHEETS:
        assert len({one.heading for one in sheet.columns}) == len(sheet.columns)


@pytest.mark.parametrize("role", ["leader", "manager"])
def test_the_pages_lead_to_it(client, people, role):
    sign_in(client, people[role])
    assert "/register/export.xlsx" in client.get("/plans").text
    assert "/register/export.xlsx" in client.get("/programmes").text
    assert client.get("/register").status_code == 403
