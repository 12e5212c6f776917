"""The portfolio's money columns: central and other money apart, never one mixed rate; as on the funding page, and only
for who may read money.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from builders import NOW, TODAY, make_day, make_project, make_user, sign_in
from counting import counted

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.money.ladder.operations import Amount, post_entry, set_composition
from projects.money.ledger.posting import Posting
from projects.verdicts.status.operations import rebuild

WAN = 1_000_000
DAY = dt.date(2021, 6, 1)


@pytest.fixture
def leader(app):
    with app.app_context():
        make_day()
        one = make_project("one", name="<一院>")
        make_project("two")
        with transaction():
            for source, fen in (("cbi", 600 * WAN), ("county", 400 * WAN)):
                set_composition(Acting(SYSTEM, NOW, TODAY), one.id, Amount(source, "approved_estimate", fen, None))
            money = [
                ("cbi", "allocated", 500),
                ("cbi", "received", 450),
                ("cbi", "paid", 90),
                ("county", "allocated", 300),
                ("county", "received", 30),
                ("county", "paid", 40),
            ]
            for source, step, wan in money:
                post_entry(Acting(SYSTEM, NOW, TODAY), one.id, Posting(source, step, DAY, wan * WAN, confirmed=True))
            rebuild(SYSTEM, NOW, TODAY)
        user = make_user("leader")
    return sign_in(app.test_client(), user)


def cells(page, name):
    (row,) = (row for row in re.findall(r'<tr class="project-row">.*?</tr>', page, re.DOTALL) if name in row)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]


def test_a_project_shows_its_money_by_level_with_its_open_findings(leader):
    page = leader.get("/projects?columns=money").text
    assert "&lt;一院&gt;" in page
    sums = ["1,000.00", "500.00", "450.0090.0%", "90.0020.0%", "300.00", "30.0010.0%", "40.00133.3%"]
    *shown, count = cells(page, "&lt;一院&gt;")[3:]
    assert shown == sums
    assert int(count) == len(leader.get("/api/v1/findings?state=open").json["items"])
    assert '/projects/one/findings"' in page
    assert cells(page, "/projects/two")[3:] == ["—"] * 7 + ["0"]


def test_the_usual_columns_cost_and_show_what_they_did(app, leader):
    page = leader.get("/projects").text
    assert "看资金列" in page
    assert "待处理的资金问题" not in page
    assert ">工程<" in page
    assert "完成投资" not in page
    assert "最近月报" not in page.split("<thead>")[1]
    assert "完成投资 (元)" in leader.get("/projects.csv").text
    with counted(app) as usual:
        leader.get("/projects")
    with counted(app) as wide:
        leader.get("/projects?columns=money")
    assert len(usual) < len(wide) <= len(usual) + 15


def test_the_columns_stay_while_the_list_is_narrowed_and_leave_as_a_file(leader):
    page = leader.get("/projects?columns=money&q=一院").text
    assert '<input type="hidden" name="columns" value="money">' in page
    rows = list(csv.DictReader(io.StringIO(leader.get("/projects.csv?columns=money").text.lstrip("\ufeff"))))
    (one,) = (row for row in rows if row["编号"] == "one")
    assert (one["中央: 到位 (元)"], one["地方及其他: 到位 (元)"]) == ("4500000.00", "300000.00")
    assert "中央: 到位 (元)" not in leader.get("/projects.csv").text
    assert leader.get("/projects?columns=all").status_code == 422


def test_who_may_not_read_money_sees_none(app, leader):
    with app.app_context():
        user = make_user("auditor")
    page = sign_in(app.test_client(), user).get("/projects?columns=money")
    assert page.status_code == 403 or "450.00" not in page.text
