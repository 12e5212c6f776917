"""Plans read by the program and accepted by people (RD-40 to RD-46)."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from builders import make_day, make_place, make_project, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, Event, PlanDocument, PlanProposal, PlanReading, Programme, Project, Target
from projects.portfolio.readings.marks import pieces
from projects.register.reader.extract import MOST_LETTERS

PLAN = """某市卫生健康委员会文件
某卫规〔2021〕3号
2021年全市卫生健康规划要点
某市卫生健康委员会
2021年3月1日
一、加快重点项目建设
1. 推进医院建设。确保市第一人民医院新院区年底前竣工，市儿童医院年内主体封顶。
2. 加快泗水县中医院迁建项目建设，力争10月底前投入使用。
"""


@pytest.fixture
def city(app: Flask) -> Flask:
    with app.app_context():
        make_day()
        make_place("370000", "山东省")
        make_place("370800", "济宁市", "370000")
        make_place("370831", "泗水县", "370800")
        make_place("320200", "无锡市")
    return app


@pytest.fixture
def dispatcher(city: Flask) -> FlaskClient:
    with city.app_context():
        return sign_in(city.test_client(), make_user("dispatcher", "one"))


def sent(client: FlaskClient, text: str = PLAN, **more: str) -> str:
    """The address of the reading of a text that was pasted."""
    answer = client.post("/plans/readings", data={"text": text, "place_code": "济宁", "year": "2021"} | more)
    assert answer.status_code == 302, answer.text
    return answer.location


def named(client: FlaskClient, there: str) -> None:
    head = {"title": "2021年全市卫生健康规划要点", "issuer": "某委", "place_code": "370800", "year": "2021"}
    answer = client.post(f"{there}/document", data=head | {"issued_on": "2021-03-01"})
    assert answer.status_code == 302, answer.text


def found(app: Flask) -> list[PlanProposal]:
    with app.app_context():
        rows = list(db.session.scalars(select(PlanProposal).order_by(PlanProposal.position)))
        db.session.expunge_all()
        return rows


@pytest.mark.parametrize(("more", "status"), [(0, 302), (1, 422)])
def test_the_page_takes_a_text_as_long_as_the_command_does(dispatcher: FlaskClient, more: int, status: int) -> None:
    """RD-30."""
    text = PLAN + "云" * (MOST_LETTERS - len(PLAN) + more)
    answer = dispatcher.post("/plans/readings", data={"text": text, "place_code": "济宁", "year": "2021"})
    assert answer.status_code == status
    assert more == 0 or str(MOST_LETTERS) in answer.text


def test_nothing_enters_the_register_before_somebody_accepts_it(city: Flask, dispatcher: FlaskClient) -> None:
    """RD-40."""
    there = sent(dispatcher)
    page = dispatcher.get(there).text
    assert "市第一人民医院新院区" in page
    assert "先登记文件" in page
    assert 'value="某卫规〔2021〕3号"' in page  # the head, read
    assert len(found(city)) >= 3
    with city.app_context():
        for table in (Project, Target, PlanDocument):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0
    one = found(city)[0]
    refused = dispatcher.post(f"{there}/proposals/{one.id}/take", data={"version": one.version, "as": "0"})
    assert refused.status_code == 409  # the document first


def test_those_ticked_are_accepted_in_one_act_each_in_its_place(city: Flask, dispatcher: FlaskClient) -> None:
    """RD-41: with clause, quote and day; a county's project lies in the county."""
    there = sent(dispatcher)
    named(dispatcher, there)
    page = dispatcher.get(there).text
    ids = re.findall(r'name="ids"\s+form="several"\s+value="(\d+)" checked', page)
    assert len(ids) == len(found(city))
    assert dispatcher.post(f"{there}/accept", data={"ids": ids}).status_code == 302
    with city.app_context():
        rows = db.session.execute(
            select(Project.name, Project.place_code, Target.measure, Target.due).join(
                Target, Target.project_id == Project.id
            )
        ).all()
        assert {(row.measure, str(row.due)) for row in rows} >= {("complete", "2021-12-31"), ("in_use", "2021-10-31")}
        assert {row.place_code for row in rows if row.name.startswith("泗水县")} == {"370831"}
        assert {row.place_code for row in rows if row.name.startswith("市")} == {"370800"}
        tags = set(db.session.scalars(select(AuditEntry.tag)))
        assert {"register:reading:made", "register:proposal:accepted", "project:promise:added"} <= tags
    assert "已接受" in dispatcher.get(there).text


def test_a_project_that_is_there_is_offered_with_the_reason_and_never_taken_alone(city: Flask, dispatcher) -> None:
    """RD-42: what might be another project is a person's to say."""
    with city.app_context():
        make_project(name="济宁市第一人民医院新院区项目", place_code="370800")
    there = sent(dispatcher)
    named(dispatcher, there)
    page = dispatcher.get(there).text
    assert "并入 济宁市第一人民医院新院区项目" in page
    one = next(row for row in found(city) if row.project.startswith("市第一人民医院"))
    with city.app_context():
        key = db.session.scalars(select(Project.id)).one()
    taken = dispatcher.post(f"{there}/proposals/{one.id}/take", data={"version": one.version, "as": key})
    assert taken.status_code == 302
    with city.app_context():
        assert db.session.scalars(select(Target.project_id)).all() == [key]
        assert db.session.scalar(select(func.count()).select_from(Project)) == 1


def test_a_proposal_is_changed_before_it_is_accepted(city: Flask, dispatcher: FlaskClient) -> None:
    there = sent(dispatcher)
    named(dispatcher, there)
    one = found(city)[0]
    path = f"{there}/proposals/{one.id}"
    assert dispatcher.get(path).status_code == 200
    typed = {
        "version": one.version, "project": "某市一院新院区", "place_code": "370800", "wording": one.quote,
        "measure": "structure_pct", "quantifier": "project", "threshold": "", "commitment": "must", "due": "2021-12-31",
    }  # fmt: skip
    answer = dispatcher.post(path, data=typed)
    assert answer.status_code == 422
    assert "0 到 100 之间的百分比" in answer.text
    assert dispatcher.post(path, data=typed | {"threshold": "50"}).status_code == 302
    with city.app_context():
        target = db.session.scalars(select(Target)).one()
        assert (target.measure, target.threshold) == ("structure_pct", 5000)


def test_a_decision_is_taken_back_while_the_reading_goes_on(city: Flask, dispatcher: FlaskClient) -> None:
    """RD-44, PR-9: the promise goes with the project that came with it, unless something else rests on that."""
    there = sent(dispatcher)
    named(dispatcher, there)
    for one in found(city)[:2]:
        sent_ = {"version": one.version, "as": "0"}
        assert dispatcher.post(f"{there}/proposals/{one.id}/take", data=sent_).status_code == 302
    first, second = found(city)[:2]
    assert dispatcher.post(f"{there}/proposals/{first.id}/reopen", data={"version": first.version}).status_code == 302
    with city.app_context():
        assert db.session.get(Target, first.target_id) is None
        assert db.session.get(Project, first.project_id) is None
        assert db.session.get(Target, second.target_id) is not None
    assert dispatcher.post(f"{there}/finish").status_code == 302
    second = found(city)[1]
    again = dispatcher.post(f"{there}/proposals/{second.id}/reopen", data={"version": second.version})
    assert again.status_code == 409  # from now on by two


def test_what_is_none_is_rejected_with_a_reason(city: Flask, dispatcher: FlaskClient) -> None:
    """RD-43."""
    there = sent(dispatcher)
    one = found(city)[0]
    path = f"{there}/proposals/{one.id}/reject"
    assert dispatcher.post(path, data={"version": one.version, "reason": " "}).status_code == 422
    assert dispatcher.post(path, data={"version": one.version, "reason": "不是建设项目"}).status_code == 302
    assert "不是建设项目" in dispatcher.get(there).text


def test_two_people_work_on_one_reading(city: Flask, dispatcher: FlaskClient) -> None:
    """The second is told that the first decided."""
    there = sent(dispatcher)
    named(dispatcher, there)
    with city.app_context():
        other = sign_in(city.test_client(), make_user("dispatcher", "two"))
    one = found(city)[0]
    taken = {"version": one.version, "as": "0"}
    assert dispatcher.post(f"{there}/proposals/{one.id}/take", data=taken).status_code == 302
    late = other.post(f"{there}/proposals/{one.id}/reject", data={"version": one.version, "reason": "不取"})
    assert late.status_code == 409
    assert "刚被他人处理过" in late.text
    with city.app_context():
        assert db.session.scalar(select(func.count()).select_from(Target)) == 1


def test_a_group_becomes_a_programme_of_its_members(city: Flask, dispatcher: FlaskClient) -> None:
    text = PLAN + "3. 推进基层医疗卫生机构提档升级，年内启动建设单位不少于24家，完成10家以上。\n"
    there = sent(dispatcher, text)
    named(dispatcher, there)
    groups = [one for one in found(city) if one.quantifier != "project"]
    assert [one.quantifier for one in groups] == ["count", "count"]
    assert dispatcher.post(f"{there}/accept", data={"ids": [one.id for one in groups]}).status_code == 302
    with city.app_context():
        thresholds = db.session.scalars(select(Target.threshold).where(Target.programme_id.is_not(None))).all()
        assert sorted(thresholds) == [10, 24]
        assert db.session.scalar(select(func.count()).select_from(Programme)) == 1


def test_what_the_program_did_not_see_is_added_by_its_words(city: Flask, dispatcher: FlaskClient) -> None:
    there = sent(dispatcher)
    said = {"project": "市急救中心", "measure": "start", "quantifier": "project", "commitment": "none", "threshold": ""}
    wrong = dispatcher.post(f"{there}/missed", data=said | {"wording": "这里没有的话"})
    assert wrong.status_code == 422
    assert dispatcher.post(f"{there}/missed", data=said | {"wording": "推进医院建设"}).status_code == 302
    last = found(city)[-1]
    assert (last.project, last.locator) == ("市急救中心", found(city)[0].locator)
    assert PLAN[last.begins : last.ends] == "推进医院建设"


def test_a_review_is_no_promise_and_may_become_an_event(city: Flask, dispatcher: FlaskClient) -> None:
    """RD-45."""
    with city.app_context():
        make_project(name="济宁市儿童医院", place_code="370800")
    text = (
        "某市2021年工作要点\n一、2020年工作回顾\n过去一年，市儿童医院建成投入使用。\n"
        "二、2021年重点工作\n1. 新建市急救中心，年内开工。\n"
    )
    there = sent(dispatcher, text)
    one = next(row for row in found(city) if row.part == "review")
    path = f"{there}/proposals/{one.id}"
    sent_ = {"version": one.version, "as_project": "济宁市儿童医院"}
    assert dispatcher.post(f"{path}/event", data=sent_ | {"on": "2022-01-01"}).status_code == 422  # still to come
    assert dispatcher.post(f"{path}/event", data=sent_ | {"on": "2020-12-31"}).status_code == 302
    with city.app_context():
        event = db.session.scalars(select(Event)).one()
        assert event.gate_key is None  # it moves no verdict
        assert db.session.scalar(select(func.count()).select_from(Target)) == 0


def test_a_new_year_s_plan_is_compared_with_the_last(city: Flask, dispatcher: FlaskClient) -> None:
    """RD-46: named again, promised something else, or silent; silence is not done."""
    there = sent(dispatcher)
    named(dispatcher, there)
    ids = [one.id for one in found(city)]
    assert dispatcher.post(f"{there}/accept", data={"ids": ids}).status_code == 302
    text = "2022年全市卫生健康规划要点\n1. 确保市第一人民医院新院区6月底前竣工。\n2. 市儿童医院年内投入使用。\n"
    page = dispatcher.get(sent(dispatcher, text, year="2022")).text
    table = page[page.index('id="before"') :]
    assert re.findall(r"又作同类承诺|另有承诺|没有再提", table).count("没有再提") >= 1
    assert "又作同类承诺" in table
    assert "另有承诺" in table


@pytest.mark.parametrize("kind", ["empty", "scan"])
def test_what_cannot_be_read_says_so_and_keeps_nothing(city: Flask, dispatcher: FlaskClient, kind: str) -> None:
    data: dict[str, object] = {"place_code": "济宁"}
    if kind == "scan":
        data["file"] = (io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 100), "规划.docx")
    answer = dispatcher.post("/plans/readings", data=data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with city.app_context():
        assert db.session.scalar(select(func.count()).select_from(PlanReading)) == 0


def test_another_office_s_reading_is_not_found(city: Flask, dispatcher: FlaskClient) -> None:
    there = sent(dispatcher)
    with city.app_context():
        stranger = sign_in(city.test_client(), make_user("dispatcher", "three", all_places=False))
    assert stranger.get(there).status_code == 404
    one = found(city)[0]
    for act in ("take", "reject", "reopen", "event"):
        assert stranger.post(f"{there}/proposals/{one.id}/{act}", data={"version": 1}).status_code == 404


@pytest.mark.parametrize(
    ("spans", "unread"),
    [([], []), ([(1, 2, 5)], []), ([(1, 2, 5), (2, 4, 8)], [(9, 10)]), ([(1, 0, 99)], [(3, 4)]), ([(1, 5, 5)], [])],
)
def test_the_text_is_shown_whole_once_and_in_order(spans, unread) -> None:
    text = "确保年底前竣工。又一句"
    shown = pieces(text, spans, unread)
    assert "".join(one.text for one in shown) == text
    for key, begin, end in spans:
        marked = "".join(one.text for one in shown if key in one.of)
        assert marked == text[begin:end]


def test_what_is_registered_already_is_said_and_not_ticked(city: Flask, dispatcher: FlaskClient) -> None:
    for _ in range(2):
        there = sent(dispatcher)
        named(dispatcher, there)
        ids = re.findall(r'name="ids"\s+form="several" value="(\d+)" checked', dispatcher.get(there).text)
        if ids:
            assert dispatcher.post(f"{there}/accept", data={"ids": ids}).status_code == 302
    assert ids == []
    assert "已有同样的承诺" in dispatcher.get(there).text
    assert dispatcher.post(f"{there}/accept", data={"ids": [one.id for one in found(city)]}).status_code == 422


def test_a_reading_left_open_is_no_way_to_drop_a_promise_alone(city: Flask, dispatcher: FlaskClient) -> None:
    """RD-44: the day after its acceptance a promise stays."""
    there = sent(dispatcher)
    named(dispatcher, there)
    one = found(city)[0]
    taken = {"version": one.version, "as": "0"}
    assert dispatcher.post(f"{there}/proposals/{one.id}/take", data=taken).status_code == 302
    with city.app_context(), transaction():
        row = db.session.get_one(PlanProposal, one.id)
        row.at -= dt.timedelta(days=1)
    one = found(city)[0]
    refused = dispatcher.post(f"{there}/proposals/{one.id}/reopen", data={"version": one.version})
    assert refused.status_code == 409
    assert "另一个人同意" in refused.text
    with city.app_context():
        assert db.session.get(Target, one.target_id) is not None
