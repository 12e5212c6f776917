"""Lists on a phone: a row becomes a card that names everything in it, the project before the figures, so that nothing
is out of sight.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
from builders import TODAY, make_day, make_gate, make_project, make_report, make_user, sign_in
from flask import Flask

from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.verdicts.status.operations import rebuild
from projects.web import clock


@pytest.fixture
def reader(app: Flask):
    with app.app_context():
        make_day()
        leader = make_user("leader")
        project = make_project("one", name="北院", targets=[{"threshold": 50, "due": dt.date(2021, 12, 31)}])
        make_gate(project)
        make_report(project, "2021-10", author=leader, preparation=100)
        with transaction():
            rebuild(SYSTEM, clock.now(), TODAY)
        return sign_in(app.test_client(), leader)


def folding(page: str) -> list[str]:
    return re.findall(r'<table class="folds">.*?</table>', page, re.DOTALL)


@pytest.mark.parametrize(("address", "names"), [
    ("/targets", ["偏差 (天)", "期限", "推算 / 达到"]),
    ("/", ["偏差 (天)", "期限"]),
    ("/projects/one", ["基准计划", "现行计划", "实际", "偏差 (天)", "日期", "文号"]),
    ("/projects/one/gates", ["计划日期"]),
])  # fmt: skip
def test_figures_of_a_card_are_named(reader, address: str, names: list[str]):
    tables = " ".join(folding(reader.get(address).text))
    assert tables
    assert [name for name in names if f'data-title="{name}"' not in tables] == []


def test_a_promise_names_its_project_before_its_days(reader):
    row = folding(reader.get("/targets").text)[0].split("<tbody>")[1]
    assert row.index("北院") < row.index("2021-12-31")


def test_a_finished_project_is_not_called_forecast(app: Flask, reader):
    assert "推算完工" in reader.get("/projects/one").text
    with app.app_context():
        done = make_project("two")
        make_gate(done, "works_complete", dt.date(2021, 10, 1))
        with transaction():
            rebuild(SYSTEM, clock.now(), TODAY)
    page = reader.get("/projects/two").text
    assert "已完工" in page
    assert "推算完工" not in page


def test_the_tile_of_contradictions_leads_to_them_and_to_no_others(app: Flask, reader):
    with app.app_context():
        due = dt.date(2021, 12, 31)
        make_project("three", name="南院", targets=[{"threshold": 50, "due": due}, {"threshold": 60, "due": due}])
        with transaction():
            rebuild(SYSTEM, clock.now(), TODAY)
    assert '/targets?only=conflicts"' in reader.get("/").text
    everything = reader.get("/targets").text
    assert "只看相互矛盾的 2 条" in everything
    assert "北院" in everything
    page = reader.get("/targets?only=conflicts").text
    assert page.count("南院</a>") == 2
    assert "北院" not in page.split("<tbody>")[1]
    rows = reader.get("/targets.csv?only=conflicts").text
    assert "北院" not in rows
    assert rows.count("南院") == 2


def test_promises_are_shown_a_page_at_a_time_and_exported_whole(app: Flask, reader):
    with app.app_context():
        for number in range(30):
            make_project(
                f"n{number}", name=f"第{number:02}院", targets=[{"threshold": 50, "due": dt.date(2021, 12, 31)}]
            )
        with transaction():
            rebuild(SYSTEM, clock.now(), TODAY)
    pages = [reader.get(f"/targets?per_page=25&page={page}").text for page in (1, 2)]
    names = [[row for row in page.split("<tbody>")[1].split("<tr>") if "院</a>" in row] for page in pages]
    assert len(names[0]) == 25
    assert len(names[0]) + len(names[1]) == reader.get("/targets.csv").text.count("院,")
    assert "第 1 / 2 页" in pages[0]
