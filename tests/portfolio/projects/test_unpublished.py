"""As of a day before a project's plan was published (S-20 of docs/rules/slippage.md): the list, its money columns and
its files say so, and nothing of what was planned later.
"""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_user, sign_in, stored
from flask import Flask
from flask.testing import FlaskClient

from projects.core.permissions import SYSTEM
from projects.extensions import db
from projects.models import PlanDocument
from projects.verdicts.status.operations import rebuild

BEFORE = "2021-06-30"
SAID = "当日尚无计划: 规划文件 2021-07-01 才发布"


@pytest.fixture
def leader(app: Flask) -> FlaskClient:
    with app.app_context():
        make_day()
        make_project("known")
        with stored():
            document = PlanDocument(
                slug="later",
                title="later",
                issuer="示例",
                place_code=make_place().code,
                issued_on=dt.date(2021, 7, 1),
                year=2021,
            )
            db.session.add(document)
            db.session.flush()
            key = document.id
        make_project("later", document_id=key)
        rebuild(SYSTEM, NOW, TODAY)
        user = make_user("leader")
    return sign_in(app.test_client(), user)


def lines(leader: FlaskClient, address: str) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(leader.get(address).text.lstrip("\ufeff")))
    return {row["编号"]: row for row in rows}


@pytest.mark.parametrize("columns", ["", "&columns=money"])
def test_s20_the_list_says_that_there_was_no_plan_yet_until_the_day_of_its_document(
    leader: FlaskClient, columns: str
) -> None:
    assert leader.get(f"/projects?as_of={BEFORE}{columns}").text.count(SAID) == 1
    assert "当日尚无计划" not in leader.get(f"/projects?as_of=2021-07-01{columns}").text


def test_s20_the_file_says_so_and_leaves_every_answer_plan_and_light_empty(leader: FlaskClient) -> None:
    of_then = lines(leader, f"/projects.csv?as_of={BEFORE}")
    told = {name: value for name, value in of_then["later"].items() if value}
    assert told.pop("承诺判断") == SAID
    assert set(told) == {"编号", "项目", "所在地", "类别", "问题数"}
    assert of_then["known"]["工程"] == "未开工"
    assert lines(leader, "/projects.csv")["later"]["工程"] == "未开工"


def test_s20_the_file_s_money_stands_in_the_same_columns_for_both(leader: FlaskClient) -> None:
    of_then = lines(leader, f"/projects.csv?columns=money&as_of={BEFORE}")
    assert of_then["later"]["待处理的资金问题"] == of_then["known"]["待处理的资金问题"] == "0"
    assert None not in of_then["later"]


def test_s20_the_gantt_and_its_table_say_so_until_the_day_of_its_document(leader: FlaskClient) -> None:
    for address in (f"/gantt?as_of={BEFORE}", f"/gantt?as_of={BEFORE}&view=table", f"/gantt.csv?as_of={BEFORE}"):
        assert SAID in leader.get(address).get_data(as_text=True), address
    assert SAID not in leader.get("/gantt?as_of=2021-07-01").get_data(as_text=True)


def test_s20_the_api_names_the_day_on_which_a_plan_was_published_later(leader: FlaskClient) -> None:
    found = {one["slug"]: one for one in leader.get(f"/api/v1/projects?as_of={BEFORE}").json["items"]}
    assert (found["later"]["plan_published_later"], found["known"]["plan_published_later"]) == ("2021-07-01", None)
