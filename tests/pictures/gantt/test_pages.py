"""The Gantt over HTTP: who sees which rows, as they were known on a day, in a fixed number of statements."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from builders import NOW, make_day, make_gate, make_programme, make_project, make_report, make_user, sign_in, stored
from counting import counted
from flask import Flask
from flask.testing import FlaskClient

from projects.core.permissions import SYSTEM
from projects.models import Event
from projects.pictures.gantt import choices
from projects.pictures.gantt.facts import ChartItem
from projects.portfolio.gantt import queries, views
from projects.verdicts.status import operations as verdicts

DAY = dt.date
TODAY = DAY(2021, 11, 30)
TARGET = {"measure": "structure_pct", "threshold": 50, "due": DAY(2021, 12, 31)}


@pytest.fixture
def leader(app: Flask, client: FlaskClient) -> FlaskClient:
    with app.app_context():
        make_day()
        return sign_in(client, make_user("leader"))


def assess(app: Flask) -> None:
    with stored():
        verdicts.rebuild(SYSTEM, NOW, TODAY)


def item_of(app: Flask, slug: str, as_of: dt.date = TODAY) -> ChartItem:
    with app.app_context():
        return queries.project_chart(SYSTEM, slug, as_of).items[0]


def html(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_each_project_with_its_parts_and_leads_to_it(app, leader):
    with app.app_context():
        make_project("yiliao", name="市公共卫生医疗中心", targets=[TARGET])
        assess(app)
    page = html(leader, "/gantt")
    assert "市公共卫生医疗中心" in page
    assert 'href="/projects/yiliao"' in page
    assert page.count("<li title=") == 1 + 8 + 5  # a promise, the work stages, the dated percentages
    assert "年内主体工程完成50%以上" in page
    assert "style=" not in page


def test_an_empty_chart_says_what_to_do(app, leader):
    assert "还没有项目" in html(leader, "/gantt")
    with app.app_context():
        make_project()
        assess(app)
    page = html(leader, "/gantt?q=没有这个名字")
    assert "没有符合条件的项目" in page
    assert "清除筛选" in page


def test_rows_are_grouped_as_asked(app, leader):
    with app.app_context():
        programme = make_programme("五大中心")
        make_project(name="在项目群里", programme_id=programme.id)
        make_project(name="不在项目群里")
        assess(app)
    page = html(leader, "/gantt")
    assert (
        page.index('<span class="g-name">五大中心</span>')
        < page.index(">在项目群里<")
        < page.index(">未列入项目群<")
        < page.index(">不在项目群里<")
    )
    assert "未列入项目群" in page
    assert "未列入项目群" not in html(leader, "/gantt?group=none")
    assert "济宁市" in html(leader, "/gantt?group=place")
    assert "未列入规划文件" in html(leader, "/gantt?group=plan")


def test_the_table_has_the_same_rows(app, leader):
    with app.app_context():
        make_project("yiliao", name="市公共卫生医疗中心", targets=[TARGET])
        assess(app)
    table = html(leader, "/gantt?view=table")
    assert "<caption>" in table
    assert table.count('<th scope="row">') == 15
    assert "看图" in table


@pytest.mark.parametrize("query", ["group=colour", "zoom=day", "view=cube", "paper=a0", "state=late", "place=abc"])
def test_an_unknown_choice_is_refused_by_name(leader, query):
    answer = leader.get(f"/gantt?{query}")
    assert answer.status_code == 422
    assert query.split("=")[1] in answer.get_data(as_text=True)


@pytest.mark.parametrize(("zoom", "label"), [("month", "12月"), ("quarter", "4季度"), ("year", "2021年")])
def test_the_axis_follows_the_zoom(app, leader, zoom, label):
    with app.app_context():
        make_project()
        assess(app)
    assert f">{label}</text>" in html(leader, f"/gantt?zoom={zoom}")


def test_a_project_that_one_may_not_see_is_not_found_and_not_drawn(app, client):
    with app.app_context():
        make_day()
        manager = make_user("manager")
        make_project("own", name="自己的项目", manager=manager)
        make_project("foreign", name="别人的项目")
        assess(app)
        sign_in(client, manager)
    page = html(client, "/gantt")
    assert "自己的项目" in page
    for address in ("/gantt", "/gantt?view=table", "/gantt.csv", "/gantt.svg", "/gantt?q=别人"):
        assert "别人的项目" not in client.get(address).get_data(as_text=True)
    for address in ("/projects/foreign/gantt", "/projects/foreign/gantt.pdf", "/projects/none/gantt"):
        assert client.get(address).status_code == 404


def test_strangers_are_sent_to_sign_in(client):
    for address in ("/gantt", "/gantt.pdf", "/projects/x/gantt", "/gantt.csv"):
        assert client.get(address).status_code == 302


def test_more_projects_cost_no_more_statements(app, leader):
    def cost() -> int:
        with counted(app) as sent:
            html(leader, "/gantt")
        return len(sent)

    with app.app_context():
        project = make_project(targets=[TARGET])
        make_report(project, "2021-10", structure=40)
        assess(app)
    first = cost()
    with app.app_context():
        for _ in range(7):
            make_report(make_project(targets=[TARGET], programme_id=make_programme().id), "2021-10", structure=20)
        assess(app)
    assert cost() == first


def test_a_chart_past_its_bound_shows_the_worst_and_says_so(app, leader, monkeypatch):
    monkeypatch.setattr(queries, "SHOWN", 2)
    monkeypatch.setattr(choices, "ROWS", 2)
    monkeypatch.setattr(views, "SIZES", (2, 50))
    with app.app_context():
        for number in range(4):
            make_project(name=f"项目{number}")
        assess(app)
    page = html(leader, "/gantt")
    assert "共 4 个" in page
    assert page.count('<div class="g-project">') == 2
    assert "第 1 / 2 页" in page
    after = html(leader, "/gantt?page=2")
    assert after.count('<div class="g-project">') == 2
    assert "共 4 个" in after
    shown = [set(re.findall(r"项目\d", one)) for one in (page, after)]
    assert shown[0] | shown[1] == {f"项目{number}" for number in range(4)}
    assert not shown[0] & shown[1]
    assert html(leader, "/gantt?per_page=50").count('<div class="g-project">') == 4
    assert "没有符合条件" in html(leader, "/gantt?q=没有&page=9")
    assert "这一页没有项目" in html(leader, "/gantt?page=9")
    assert "只含最紧要的 2 个项目, 共 4 个" in leader.get("/gantt.svg").text
    rows = list(csv.DictReader(io.StringIO(leader.get("/gantt.csv").data.decode("utf-8-sig"))))
    told = {str(value) for row in rows for value in row.values()}
    assert told >= {f"项目{number}" for number in range(4)}


def test_the_links_to_files_carry_every_filter(app, leader):
    from projects.register.selection.filtering import NAMED

    asked = {"q": "x", "place": "360000", "programme": "p", "plan": "d", "category": "hospital", "state": "behind"}
    asked |= {"works": "behind", "data": "late", "light": "red", "signal": "red", "money": "any", "columns": "money"}
    asked |= {"archived": "only"}
    assert set(asked) == set(NAMED)
    query = choices.read(asked).query
    assert query == asked
    assert choices.read(query).chosen == choices.read(asked).chosen


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "start"),
    [("pdf", b"%PDF"), ("png", b"\x89PNG"), ("svg", b"<?xml"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")],
)
def test_files_are_named_in_chinese(app, leader, kind, start):
    with app.app_context():
        make_project("yiliao")
        assess(app)
    answer = leader.get(f"/gantt.{kind}")
    assert answer.status_code == 200
    assert answer.data.startswith(start)
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    if kind in {"pdf", "png", "svg"}:
        assert leader.get(f"/projects/yiliao/gantt.{kind}").data.startswith(start)


def test_the_csv_has_a_line_for_every_row_and_real_dates(app, leader):
    with app.app_context():
        make_project(targets=[TARGET])
        assess(app)
    rows = list(csv.DictReader(io.StringIO(leader.get("/gantt.csv").data.decode("utf-8-sig"))))
    milestones = [row for row in rows if "节点" in row.values()]
    assert len(milestones) == 5
    assert "2021-12-31" in milestones[2].values()


def test_a_file_with_too_many_rows_is_refused_with_a_way_out(app, leader, monkeypatch):
    from projects.portfolio.gantt import views

    monkeypatch.setattr(views, "MOST_ROWS", 5)
    with app.app_context():
        make_project()
        assess(app)
    assert leader.get("/gantt.svg").status_code == 200
    answer = leader.get("/gantt.svg?detail=1")
    assert answer.status_code == 422
    assert "请先筛选" in answer.get_data(as_text=True)


# --- what is drawn ----------------------------------------------------------------------------------------------------


def stage_of(item: ChartItem, name: str):
    return next(stage for stage in item.stages if stage.name == name)


def test_actual_days_of_stages_follow_from_the_reports(app):
    """GA-6."""
    with app.app_context():
        project = make_project("p")
        make_report(project, "2021-03", foundation=0)
        make_report(project, "2021-04", foundation=30)
        make_report(project, "2021-05", foundation=100, structure=5)
        make_report(project, "2021-06", foundation=100, structure=20)
        assess(app)
    item = item_of(app, "p")
    foundation, structure = stage_of(item, "基础 ±0.00"), stage_of(item, "主体结构")
    assert (foundation.actual_start, foundation.actual_finish, foundation.percent) == (
        DAY(2021, 4, 1),
        DAY(2021, 5, 31),
        100.0,
    )
    assert (structure.actual_start, structure.actual_finish, structure.percent) == (DAY(2021, 5, 1), None, 20.0)


def test_what_the_first_report_finds_done_was_done_on_an_unknown_day(app):
    with app.app_context():
        project = make_project("p")
        make_report(project, "2021-06", preparation=100, foundation=100, structure=90)
        assess(app)
    item = item_of(app, "p")
    assert stage_of(item, "前期")[5:7] == (None, None)
    assert stage_of(item, "前期").percent == 100
    quarter = next(one for one in item.milestones if one.name == "25%")
    assert (quarter.done, quarter.actual) == (True, None)


def test_a_day_in_the_past_shows_what_was_known_then(app):
    with app.app_context():
        project = make_project("p")
        make_report(project, "2021-03", foundation=0)
        make_report(project, "2021-04", foundation=100)  # approved on 5 May
        make_gate(project, "start", DAY(2021, 6, 1))
        assess(app)
    before, after = item_of(app, "p", DAY(2021, 5, 4)), item_of(app, "p", DAY(2021, 5, 5))
    assert stage_of(before, "基础 ±0.00").percent == 0
    assert stage_of(after, "基础 ±0.00").actual_finish == DAY(2021, 4, 30)


def test_a_corrected_report_replaces_what_it_corrects(app):
    with app.app_context():
        project = make_project("p")
        make_report(project, "2021-03")
        make_report(project, "2021-04", foundation=100)
        make_report(project, "2021-04", foundation=60, revision=2)
        assess(app)
    foundation = stage_of(item_of(app, "p"), "基础 ±0.00")
    assert (foundation.percent, foundation.actual_finish) == (60.0, None)


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_reports_that_nobody_approved_draw_nothing(app, state):
    with app.app_context():
        make_report(make_project("p"), "2021-04", state=state, foundation=100)
        assess(app)
    assert stage_of(item_of(app, "p"), "基础 ±0.00").percent is None


def test_recorded_events_date_a_stage_to_the_day(app):
    from projects.extensions import db

    with app.app_context():
        project = make_project("p")
        with stored():
            for day, percent in ((DAY(2021, 5, 8), 10.0), (DAY(2021, 10, 18), 100.0)):
                db.session.add(
                    Event(
                        project_id=project.id,
                        happened_on=day,
                        text="主体封顶",
                        stage_key="structure",
                        percent=percent,
                        source="公开报道",
                    )
                )
        assess(app)
    structure = stage_of(item_of(app, "p"), "主体结构")
    assert (structure.actual_start, structure.actual_finish, structure.percent) == (
        DAY(2021, 5, 8),
        DAY(2021, 10, 18),
        100.0,
    )


def test_a_milestone_is_reached_by_its_gate_or_when_reports_come_to_its_percent(app):
    from projects.extensions import db
    from projects.models import Milestone

    with app.app_context():
        project = make_project("p")
        make_gate(project, "start", DAY(2021, 1, 18))
        with stored():
            db.session.add(
                Milestone(project_id=project.id, name="开工", position=9, gate_key="start", plan_on=DAY(2021, 1, 10))
            )
        make_report(project, "2021-03", foundation=0)
        make_report(project, "2021-06", preparation=100, foundation=100, structure=50)
        assess(app)
    reached = {one.name: (one.done, one.actual, one.gate) for one in item_of(app, "p").milestones}
    assert reached["开工"] == (True, DAY(2021, 1, 18), True)
    assert reached["25%"] == (True, DAY(2021, 6, 30), False)
    assert reached["50%"][0] is False


def test_promises_carry_their_verdict_and_superseded_ones_are_gone(app):
    from builders import make_target

    with app.app_context():
        project = make_project("p")
        old = make_target(project, measure="structure_pct", threshold=50, due=DAY(2021, 6, 30))
        new = make_target(project, measure="structure_pct", threshold=50, due=DAY(2021, 12, 31))
        with stored():
            old.superseded_by_id = new.id
        make_report(project, "2021-10", structure=10)
        assess(app)
    (promise,) = item_of(app, "p").promises
    assert promise.due == DAY(2021, 12, 31)
    assert promise.state in {"behind", "at_risk", "on_track"}


def test_sample_rows_make_the_chart_say_so(app, leader):
    with app.app_context():
        make_project("p", is_sample=True)
        assess(app)
    assert item_of(app, "p").is_sample
    assert re.search(r'class="sample"', html(leader, "/gantt"))


def test_the_usual_choices_are_left_out_of_addresses():
    assert choices.read({}).query == {}
    assert choices.read({"q": "医院", "group": "place", "zoom": "month"}).query == {"q": "医院", "group": "place"}
    assert choices.read({"zoom": "month", "view": "table"}).look == {"zoom": "month", "view": "table"}
