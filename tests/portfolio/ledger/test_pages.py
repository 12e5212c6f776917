"""The pages of ledgers over HTTP: upload, columns, choices, posting, two people, refusals."""

from __future__ import annotations

import io
import re

import pytest
from builders import make_project, make_report, make_unit, make_user, sign_in
from sqlalchemy import select
from test_posting import ROWS, ledger
from test_promises_and_months import months
from workbooks import places

from projects.extensions import db
from projects.models import LedgerUpload, MonthlyReport, Project, UserPlace


@pytest.fixture
def world(app):
    with app.app_context():
        places()
        people = {name: make_user("dispatcher", name=name) for name in ("d1", "d2")}
        people |= {"leader": make_user("leader", name="leader"), "far": make_user("dispatcher", name="far")}
        db.session.execute(UserPlace.__table__.insert(), [{"user_id": people["far"].id, "place_code": "370826"}])
        people["far"].all_places = False
        db.session.commit()
    return people


def token(page: str) -> dict[str, str]:
    """What every form of a page holds."""
    return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1]}


def sent(client, content: bytes, **fields):
    page = client.get("/ledgers").text
    data = (
        token(page)
        | {"place": "370800", "unit": "", "document": "", "file": (io.BytesIO(content), "台账.xlsx")}
        | fields
    )
    return client.post("/ledgers", data=data, content_type="multipart/form-data")


def version(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


def test_from_the_file_to_the_projects(app, client, world):
    sign_in(client, world["d1"])
    answer = sent(client, ledger())
    assert answer.status_code == 302, answer.text
    where = answer.location
    page = client.get(where).text
    assert "资金来源(万元) / 中央预算内投资" in page
    assert "批复金额: 中央预算内投资" in page
    assert "确认入库 2 个项目" in page
    assert "泗水县人民医院门诊楼项目" in page
    answer = client.post(f"{where}/post", data=token(page))
    assert answer.status_code == 302, answer.text
    page = client.get(where).text
    assert "已入库" in page
    assert "泗水县人民医院门诊楼项目" in client.get("/projects").text
    answer = client.post(f"{where}/undo", data=token(page) | {"version": version(page), "reason": "错"})
    assert answer.status_code == 302
    with app.app_context():
        assert db.session.scalar(select(Project.id)) is None


def test_columns_are_assigned_remembered_and_shown(app, client, world):
    sign_in(client, world["d1"])
    row = [*ROWS[0]]
    where = sent(client, ledger(row)).location
    page = client.get(where).text
    data = token(page) | {"version": version(page), "c-0:5": "", "c-0:12": "note"}
    assert client.post(f"{where}/columns", data=data).status_code == 302
    page = client.get(where).text
    assert "您选了不读" in page
    assert "备注: 120" in page
    row[12] = 130
    page = client.get(sent(client, ledger(row, ROWS[1])).location).text
    assert "备注: 130" in page  # the heading is known again


def test_a_choice_is_kept_and_a_stale_page_refused(app, client, world):
    with app.app_context():
        unit = make_unit("泗水县人民医院", "370831")
        make_project("there", name="县人民医院门诊楼", place_code="370831", unit_id=unit.id, plan={})
    sign_in(client, world["d1"])
    where = sent(client, ledger(ROWS[0])).location
    page = client.get(where).text
    assert "待确认" in page
    assert "名称相近的已登记项目" in page
    answer = client.post(f"{where}/post", data=token(page))
    assert (answer.status_code, "还有 1 个项目待确认" in answer.text) == (409, True)
    name = re.search(r'name="(r-[^"]+)"', page)[1]
    stale = version(page)
    assert client.post(f"{where}/choices", data=token(page) | {"version": stale, name: "new"}).status_code == 302
    answer = client.post(f"{where}/choices", data=token(page) | {"version": stale, name: "skip"})
    assert answer.status_code == 409
    assert "确认入库 1 个项目" in client.get(where).text
    assert client.get(f"{where}?show=ask").text.count('name="r-') == 0


def test_bad_cells_are_named_and_the_rest_can_be_posted(app, client, world):
    sign_in(client, world["d1"])
    bad = [*ROWS[0]]
    bad[6] = "三亿多"
    where = sent(client, ledger(bad, ROWS[1])).location
    page = client.get(f"{where}?show=bad").text
    assert "台账!G3" in page
    assert "先入库其余的, 留下 1 个" in page
    assert client.post(f"{where}/post", data=token(page)).status_code == 409
    assert client.post(f"{where}/post", data=token(page) | {"leave": "y"}).status_code == 302
    with app.app_context():
        assert [*db.session.scalars(select(Project.name))] == ["微山县中医院病房楼"]


def test_another_person_approves_past_months_and_they_are_marked(app, client, world):
    sign_in(client, world["d1"])
    where = sent(client, months()).location
    page = client.get(where).text
    client.post(f"{where}/post", data=token(page))
    page = client.get(f"{where}/months").text
    assert "要由另一个人通过" in page
    data = token(page) | {"version": "3"}
    with app.app_context():
        data["version"] = str(db.session.scalar(select(LedgerUpload.version)))
    assert client.post(f"{where}/months/approve", data=data).status_code == 403
    sign_in(client, world["d2"])
    page = client.get(f"{where}/months").text
    assert "有下降" in page
    answer = client.post(f"{where}/months/approve", data=token(page) | {"version": version(page)})
    assert answer.status_code == 302, answer.text
    with app.app_context():
        slug = db.session.scalar(select(Project.slug).where(Project.name == "甲医院门诊楼"))
        assert len(db.session.scalars(select(MonthlyReport)).all()) == 5
    assert "接收的历史数据" in client.get(f"/projects/{slug}").text
    assert "接收的历史数据" in client.get("/reports?month=2021-09").text
    assert "只有总体进度" in client.get(f"/projects/{slug}/reports/2021-09/1").text
    assert client.get(f"{where}/months").status_code == 409


def test_people_of_other_places_and_roles_find_nothing(app, client, world):
    sign_in(client, world["d1"])
    where = sent(client, ledger()).location
    sign_in(client, world["far"])
    assert client.get(where).status_code == 404
    assert client.get(f"{where}/months").status_code == 404
    answer = sent(client, ledger(), place="370800")
    assert answer.status_code == 422
    sign_in(client, world["leader"])
    assert client.get("/ledgers").status_code == 403
    assert client.get("/ledgers/template.xlsx").status_code == 403


def test_what_is_no_ledger_is_refused_with_the_form_as_it_was(client, world):
    sign_in(client, world["d1"])
    for content, said in ((b"", "文件是空的"), (b"x" * 100, "找不到"), (b"PK\x03\x04", "打不开")):
        answer = sent(client, content, month="2021-10")
        assert (answer.status_code, said in answer.text) == (422, True), answer.text
        assert 'value="2021-10"' in answer.text
    assert "2021-10 的样子" in sent(client, ledger(), month="10月").text


def test_a_manager_still_files_the_next_month_after_months_were_taken_over(app, client, world):
    with app.app_context():
        manager = make_user("manager", name="m")
        project = make_project("own", name="甲", manager=manager)
        make_report(project, "2021-10", author=manager, taken_from="台账.xlsx", overall_percent=40.0)
    sign_in(client, manager)
    assert client.get("/projects/own/reports/2021-11/edit").status_code in {200, 404}
