"""The pages of the register over HTTP: sent in, chosen, posted, in steps; in both languages; refusals."""

from __future__ import annotations

import io
import re

import pytest
from builders import make_user, sign_in
from counting import counted
from registers import book_of, dispatcher, read, stored
from sqlalchemy import func, select
from workbooks import workbook

from projects.extensions import db
from projects.models import AuditEntry, ConsentRequest, LedgerUpload, PlanDocument, Target, Unit
from projects.portfolio.book import operations, queries


@pytest.fixture
def people(app):
    with app.app_context():
        acting = dispatcher("d0")
        stored(acting)
        found = {name: make_user("dispatcher", name=name) for name in ("d1", "d2")}
        found["leader"] = make_user("leader")
        for one in found.values():
            db.session.refresh(one)
        return found | {"book": book_of(acting)}


def token(page: str) -> dict[str, str]:
    return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1]}


def version(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


def sent(client, content: bytes, **fields):
    data = token(client.get("/register").text) | {"act": "correct", "reason": "", **fields}
    data["file"] = (io.BytesIO(content), "登记簿.xlsx")
    return client.post("/register", data=data, content_type="multipart/form-data")


def test_rw8_from_the_file_to_the_register(app, client, people):
    """One row added at once, one promise asked for; another person's page lists the request."""
    sign_in(client, people["d1"])
    book = people["book"]
    book["单位"].append([None, "泗水县中医院", None, "医院", "泗水县", None])
    book["承诺"][1][book["承诺"][0].index("要达到")] = "60%"
    where = sent(client, workbook(book), reason="原来看错").location
    page = client.get(where).text
    assert "当场生效" in page
    assert "提出申请, 另一个人同意后生效" in page
    assert "要达到: 50% →" in page
    assert "确认办理 2 行" in page
    assert client.post(f"{where}/post", data=token(page) | {"version": version(page)}).status_code == 302
    page = client.get(where).text
    assert "已提出申请" in page
    with app.app_context():
        request = db.session.scalars(select(ConsentRequest)).one()
        assert (request.kind, request.reason, request.subject) == ("promise.correct", "原来看错", "t-1")
        assert db.session.scalar(select(Target.threshold).where(Target.slug == "t-1")) == 5000
        assert db.session.scalar(select(Unit.id).where(Unit.name == "泗水县中医院"))
        tags = [*db.session.scalars(select(AuditEntry.tag).order_by(AuditEntry.id.desc()).limit(3))]
        assert tags == ["register:book:taken-in", "consent:request:proposed", "register:unit:added"]
    assert "确认办理" not in page
    again = client.post(f"{where}/post", data=token(page) | {"version": "9"})
    assert again.status_code == 409


def test_rw7_a_row_left_out_is_not_done(app, client, people):
    sign_in(client, people["d1"])
    rows = [
        people["book"]["单位"][0],
        [None, "甲医院", None, "医院", "泗水县", None],
        [None, "乙", None, "学校", "泗水县"],
    ]
    where = sent(client, workbook({"单位": rows})).location
    page = client.get(where).text
    refused = client.post(f"{where}/post", data=token(page) | {"version": version(page)})
    assert refused.status_code == 409
    assert "还有 1 行不能读入" in refused.text
    assert "单位!D3" in refused.text
    data = token(page) | {"version": version(page), "r-单位!2": "skip"}
    assert client.post(f"{where}/choices", data=data).status_code == 302
    page = client.get(where).text
    assert "确认办理" not in page
    assert client.post(f"{where}/drop", data=token(page)).status_code == 302
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LedgerUpload)) == 0
        assert db.session.scalar(select(Unit.id).where(Unit.name == "甲医院")) is None


def test_rw3_nobody_else_sees_an_upload_and_ledgers_are_another_shelf(client, people):
    sign_in(client, people["d1"])
    where = sent(client, workbook(people["book"])).location
    assert client.get(where).status_code == 200
    assert client.get(where.replace("/register/", "/ledgers/")).status_code == 404
    assert "登记簿.xlsx" not in client.get("/ledgers").text
    sign_in(client, people["d2"])
    assert client.get(where).status_code == 404
    assert "登记簿.xlsx" not in client.get("/register").text
    sign_in(client, people["leader"])
    assert client.get(where).status_code == 403


def test_rw4_headings_and_words_in_either_language(app, client, people):
    with app.app_context():
        db.session.get(type(people["d1"]), people["d1"].id).locale = "en"
        db.session.commit()
    sign_in(client, people["d1"])
    exported = client.get("/register/export.xlsx").data
    assert "Wording" in str(read(exported))
    where = sent(client, exported).location
    page = client.get(where).text
    assert "✖" not in page
    assert 'name="version"' in page
    with app.app_context():
        db.session.get(type(people["d1"]), people["d1"].id).locale = "zh"
        db.session.commit()
    assert "登记簿里的内容都与登记的一致" in client.get(where).text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"a,b\n1,2\n"])
def test_rw4_what_is_no_register_is_refused_with_words(client, people, content):
    sign_in(client, people["d1"])
    answer = sent(client, content)
    assert answer.status_code == 422
    assert "登记簿.xlsx" not in client.get("/register").text


def test_rw8_posted_in_steps_of_fifty(app, client, people, monkeypatch):
    monkeypatch.setattr(operations, "STEP", 2)
    sign_in(client, people["d1"])
    rows = [[None, f"规划{number}", None, "某局", "泗水县", None, 2020 + number] for number in range(5)]
    clauses = [[None, None, f"规划{number}", "1", "首条"] for number in range(5)]
    book = people["book"]
    content = workbook({"条款": [book["条款"][0], *clauses], "规划文件": [book["规划文件"][0], *rows]})
    where = sent(client, content).location
    page = client.get(where).text
    assert client.post(f"{where}/post", data=token(page) | {"version": version(page)}).status_code == 302
    with app.app_context():
        titles = select(func.count()).select_from(PlanDocument).where(PlanDocument.title.startswith("规划"))
        assert db.session.scalar(titles) == 5
        assert db.session.scalars(select(LedgerUpload)).one().counts["posted"] == 10


def test_rw8_a_preview_costs_the_same_statements_for_more_rows(app, client, people):
    sign_in(client, people["d1"])
    counts = []
    for number in (2, 40):
        rows = [[None, f"医院{number}之{one}", None, "医院", "泗水县", None] for one in range(number)]
        where = sent(client, workbook({"单位": [people["book"]["单位"][0], *rows]})).location
        with counted(app) as statements:
            client.get(where)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 40


def test_rw10_taken_back_over_http(app, client, people):
    sign_in(client, people["d1"])
    head = people["book"]["单位"][0]
    where = sent(client, workbook({"单位": [head, [None, "甲医院", None, "医院", "泗水县", None]]})).location
    page = client.get(where).text
    assert client.post(f"{where}/undo", data=token(page) | {"version": version(page)}).status_code == 409
    client.post(f"{where}/post", data=token(page) | {"version": version(page)})
    page = client.get(where).text
    answer = client.post(f"{where}/undo", data=token(page) | {"version": version(page), "reason": "错"})
    assert answer.status_code == 302
    page = client.get(where).text
    assert "整批撤销</button>" not in page
    with app.app_context():
        assert db.session.scalar(select(Unit.id).where(Unit.name == "甲医院")) is None
        tags = [*db.session.scalars(select(AuditEntry.tag).order_by(AuditEntry.id.desc()).limit(2))]
        assert tags == ["register:book:undone", "register:unit:removed"]


def test_rw4_five_thousand_rows_at_most(client, people, monkeypatch):
    """At the limit taken, one above refused."""
    monkeypatch.setattr(queries, "MOST_ROWS", 3)
    sign_in(client, people["d1"])
    head = people["book"]["单位"][0]
    for count, status in ((3, 302), (4, 422)):
        rows = [[None, f"医院{number}", None, "医院", "泗水县"] for number in range(count)]
        assert sent(client, workbook({"单位": [head, *rows]})).status_code == status
