"""The charts of a project: what they show, on the page, as tables and as files; and stops of the works.

Rules S-14 and As of a day.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from approving import approved, make_approver, with_consent
from builders import NOW, TODAY, actor_of, make_day, make_gate, make_project, make_report, make_user, sign_in
from charts import drawn
from counting import counted
from flask import Flask
from flask_babel import force_locale, gettext
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError, InvalidError
from projects.core.permissions import SYSTEM
from projects.core.text import Text, cut
from projects.core.text import render as rendered
from projects.database import transaction
from projects.pictures.curves import render
from projects.pictures.curves.drawing import draw, legend
from projects.pictures.curves.facts import CurveSubject, Flag, Moment
from projects.pictures.curves.progress import s_curve
from projects.portfolio.forecast import figures, queries
from projects.portfolio.forecast.history import month_ends
from projects.portfolio.forecast.queries import worst_of
from projects.portfolio.forecast.table import table
from projects.verdicts.days.queries import statuses
from projects.verdicts.facts.facts import GateFact, RuleSet
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.forecast.outlook import whole_ahead
from projects.verdicts.status.operations import rebuild
from projects.verdicts.status.queries import computed
from projects.works.stops import operations
from projects.works.stops.checks import check_stop

PLAN = "0 10 20 30 40 50 60 70 80 90 100"
HOSTILE = "</title><script>alert(1)</script>"


def figure(reported: str = "0 10 15 20", flags=(), as_of=dt.date(2021, 4, 30)):
    facts = replace(drawn("2021-01", plan=PLAN, reported=reported), reference=packaged_reference())
    return s_curve("北院", facts, flags, as_of)


# --- figures ----------------------------------------------------------------------------------------------------------


def test_the_curve_has_plan_actual_forecast_and_its_range():
    made = figure()
    assert [line.style for line in made.lines] == ["plan", "actual", "forecast"]
    assert made.band
    assert all(low <= high for _, low, high in made.band.points)
    assert made.lines[2].points[0] == made.lines[1].points[-1] == (dt.date(2021, 4, 30), 20.0)
    assert made.lines[2].points[-1][1] == pytest.approx(100, abs=0.01)


def test_the_median_ends_on_the_day_that_is_told_as_the_finish():
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 15 20"), reference=packaged_reference())
    finish = whole_ahead(facts, facts.observations, dt.date(2021, 4, 30), RuleSet()).finish
    made = figure()
    assert made.lines[2].points[-1][0] == finish.p50
    assert next(day for day, _, high in made.band.points if high >= 99.99) == finish.p10
    assert made.band.points[-1][0] == finish.p90


@pytest.mark.parametrize(
    ("as_of", "stops", "gates", "is_told"),
    [
        (dt.date(2021, 7, 5), (), {}, True),
        (dt.date(2021, 7, 6), (), {}, False),  # silent (S-22)
        (dt.date(2021, 5, 5), [(dt.date(2021, 5, 1), None)], {}, False),  # standing still (S-14)
        (dt.date(2021, 5, 5), [(dt.date(2021, 5, 1), dt.date(2021, 5, 4))], {}, True),
        (dt.date(2021, 5, 5), (), {"in_use": dt.date(2021, 5, 1)}, False),  # contradicted (S-21)
    ],
)
def test_s9_the_curve_goes_on_only_where_a_forecast_may_be_told(as_of, stops, gates, is_told: bool):
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 15 20", gates=gates), reference=packaged_reference())
    made = s_curve("北院", with_stops(facts, stops, as_of), (), as_of)
    assert (made.band is not None, [line.style for line in made.lines][2:]) == (is_told, ["forecast"] * is_told)


def test_s22_the_curve_follows_the_rule_set_of_its_project():
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 15 20"), reference=packaged_reference())
    patient = RuleSet(silent_days=365, silent_months=12)
    assert s_curve("北院", facts, (), dt.date(2021, 7, 6), patient).band is not None


def test_the_median_lies_inside_the_range():
    made = figure()
    limits = {day: (low, high) for day, low, high in made.band.points}
    assert all(limits[day][0] - 1e-9 <= value <= limits[day][1] + 1e-9 for day, value in made.lines[2].points)


def test_what_is_done_has_no_forecast_and_nothing_gives_an_empty_figure():
    assert [line.style for line in figure("0 50 100").lines] == ["plan", "actual"]
    assert draw(figures.slip_chart("北院", [], [], TODAY, is_sample=False), str) == ""


def test_every_value_of_the_picture_stands_in_the_table():
    made = figure(flags=[Flag(dt.date(2021, 12, 31), 35.0, "年内完成50%")])
    twin = table(made, str)
    shown = {row[0]: row for row in twin.rows}
    for line, column in zip(made.lines, range(1, 4), strict=True):
        assert all(shown[day][column] == cut(value, 2) for day, value in line.points)
    assert [column.key for column in twin.columns] == ["day", "line_0", "line_1", "line_2", "p10", "p90", "promise"]
    assert shown[dt.date(2021, 12, 31)][-1] == "年内完成50%"


def test_the_markup_is_whole_and_what_people_typed_is_escaped():
    made = figure(flags=[Flag(dt.date(2021, 12, 31), None, HOSTILE)])
    markup = draw(made, str) + "".join(picture for picture, _ in legend(made, str))
    assert "<script" not in markup
    assert "style=" not in markup
    ET.fromstring(f"<x>{markup}</x>")


def test_lines_differ_by_dash_and_marker_not_by_colour_alone():
    moments = [Moment(TODAY, {"a": 1, "b": 2, "c": 3, "": 4}, {})]
    chosen = [CurveSubject(key, Text(key or "x")) for key in ("a", "b", "c", "")]
    made = figures.slip_chart("北院", chosen, moments, TODAY, is_sample=False)
    looks = {re.sub("#[0-9a-f]{6}", "", picture) for picture, _ in legend(made, str)}
    assert len(looks) == 4


@given(st.floats(-2000, 2000, allow_subnormal=False), st.floats(-2000, 2000, allow_subnormal=False))
def test_bounds_are_round_and_hold_every_value(one: float, other: float):
    low, high, step = figures.nice(min(0, one, other), max(0, one, other))
    assert low <= min(0, one, other) <= max(0, one, other) <= high
    assert 1 <= round((high - low) / step) <= 12


def test_month_ends_run_from_the_first_approval_to_the_day():
    assert month_ends(dt.date(2021, 9, 5), TODAY) == [dt.date(2021, 9, 30), dt.date(2021, 10, 31), TODAY]
    assert len(month_ends(dt.date(2001, 1, 1), TODAY)) == 61


# --- history and pages ------------------------------------------------------------------------------------------------


@pytest.fixture
def world(app: Flask) -> dict:
    with app.app_context():
        make_day()
        manager = make_user("manager", name="manager")
        promised = [
            {"threshold": 50, "due": dt.date(2021, 12, 31)},
            {"measure": "in_use", "due": dt.date(2022, 12, 31)},
        ]
        project = make_project("one", manager=manager, targets=promised)
        make_gate(project)
        for month, structure in (("2021-07", 0), ("2021-08", 5), ("2021-09", 10), ("2021-10", 20)):
            make_report(project, month, author=manager, preparation=100, foundation=100, structure=structure)
        corrected = {"revision": 2, "approved_on": dt.date(2021, 11, 20), "correction_reason": "x"}
        make_report(project, "2021-09", author=manager, preparation=100, foundation=100, structure=15, **corrected)
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
        return {"manager": manager, "project": project, "id": project.id, "leader": make_user("leader")}


def test_each_moment_is_what_was_known_then(app: Flask, world: dict):
    """The history is the verdict as of each month's end, revisions approved later not seen."""
    with app.app_context():
        page = queries.chart_page(SYSTEM, "one", TODAY)
        slip, chance = page.figures[1], page.figures[2]
        mine = next(index for index, line in enumerate(slip.lines) if "主体" in str(line.label))
        assert [day for day, _ in slip.lines[mine].points] == [
            dt.date(2021, 8, 31),
            dt.date(2021, 9, 30),
            dt.date(2021, 10, 31),
            TODAY,
        ]
        for day, value in slip.lines[mine].points:
            rows = {row.target_id: row for row in computed({world["id"]}, day)[1]}
            first = rows[min(rows)]
            assert value == first.slip_days
            assert cut(dict(chance.lines[mine].points)[day], 2) == first.probability


def test_the_page_costs_few_statements_however_many_months(app: Flask, world: dict):
    client = sign_in(app.test_client(), world["leader"])
    client.get("/projects/one/forecast")
    with counted(app) as sent:
        shown = client.get("/projects/one/forecast")
    assert (shown.status_code, len(sent) < 25) == (200, True)
    assert shown.text.count("<svg viewBox") == 3
    assert "八成可能的范围" in shown.text


@pytest.mark.parametrize(("kind", "head"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
@pytest.mark.parametrize("key", ["curve", "slip", "chance"])
def test_every_chart_is_a_file_that_is_the_same_each_time(app: Flask, world: dict, key: str, kind: str, head: bytes):
    client = sign_in(app.test_client(), world["leader"])
    first = client.get(f"/projects/one/forecast/{key}.{kind}")
    assert (first.status_code, first.data[: len(head)]) == (200, head)
    assert client.get(f"/projects/one/forecast/{key}.{kind}").data == first.data
    assert b"style=" not in first.data if kind == "svg" else True


def test_values_come_as_csv_and_xlsx(app: Flask, world: dict):
    client = sign_in(app.test_client(), world["leader"])
    shown = client.get("/projects/one/forecast/slip.csv").text
    assert "2021-09-30" in shown
    assert client.get("/projects/one/forecast/chance.xlsx").status_code == 200
    assert client.get("/projects/one/forecast/other.csv").status_code == 404


def test_a_project_without_reports_says_what_to_do(app: Flask, world: dict):
    with app.app_context():
        make_project("empty", plan={})
    client = sign_in(app.test_client(), world["leader"])
    assert "三个计划日期就能推算" in client.get("/projects/empty/forecast").text


# --- stops ------------------------------------------------------------------------------------------------------------

STOP = {"effect": "stop", "on": "2021-11-10", "reason": "停工令〔2021〕3号"}


def note(world: dict, **changes) -> None:
    with transaction():
        operations.note_stop(
            Acting(with_consent(actor_of(world["manager"], world["project"])), NOW, TODAY), world["id"], STOP | changes
        )


def test_a_stop_moves_the_plan_and_leaves_the_promise(app: Flask, world: dict):
    with app.app_context():
        before = statuses([world["id"]], TODAY)[world["id"]]
        note(world)
        stopped = statuses([world["id"]], TODAY)[world["id"]]
        assert stopped.plan_finish - before.plan_finish == dt.timedelta(days=20)
        note(world, effect="resume", on="2021-11-20")
        resumed = statuses([world["id"]], TODAY)[world["id"]]
        assert resumed.plan_finish - before.plan_finish == dt.timedelta(days=10)
        rows = computed({world["id"]}, TODAY)[1]
        assert any("停工 10 天" in str(text) for row in rows for text in row.words)
        assert computed({world["id"]}, dt.date(2021, 11, 9))[0][0].plan_finish == before.plan_finish


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"effect": "resume"}, "effect"),
        ({"effect": "x"}, "effect"),
        ({"on": "2021-12-01"}, "on"),
        ({"on": ""}, "on"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_stop_that_can_not_be_is_refused_with_its_field(app: Flask, world: dict, changes: dict, field: str):
    with app.app_context(), pytest.raises(InvalidError) as problem:
        note(world, **changes)
    assert field in problem.value.fields


def test_stops_and_resumptions_take_turns_and_days_go_on():
    _, wrong = check_stop(STOP, ("stop", dt.date(2021, 11, 1)), TODAY)
    assert list(wrong) == ["effect"]
    _, wrong = check_stop(STOP | {"effect": "resume"}, ("stop", dt.date(2021, 11, 11)), TODAY)
    assert list(wrong) == ["on"]


def test_the_form_notes_a_stop_and_a_leader_may_not(app: Flask, world: dict):
    client = sign_in(app.test_client(), world["manager"])
    assert client.post("/projects/one/forecast", data=STOP | {"on": ""}).status_code == 422
    make_approver(app)
    assert client.post("/projects/one/forecast", data=STOP | {"why": "停工令已下"}).status_code == 302
    assert approved(app) == "approved"
    assert "停工令〔2021〕3号" in client.get("/projects/one/forecast").text
    assert sign_in(app.test_client(), world["leader"]).post("/projects/one/forecast", data=STOP).status_code == 403
    with app.app_context(), pytest.raises(ForbiddenError), transaction():
        operations.note_stop(Acting(actor_of(world["leader"]), NOW, TODAY), world["id"], STOP)


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize(
    "name", ["北院", "鱼台县妇幼保健计划生育服务中心综合楼建设项目暨县公共卫生应急救治能力综合提升工程二期" * 2]
)
def test_no_words_of_a_picture_leave_it_or_meet(app: Flask, locale: str, name: str):
    """The English note was cut off at the right edge, and a long name ran into the day."""
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 15 20"), reference=packaged_reference())
    made = replace(s_curve(name, facts, (), dt.date(2021, 4, 30)), is_sample=True)
    with app.test_request_context(), force_locale(locale):
        sheet = render.drawn_sheet(made, lambda text: rendered(text, gettext))
    canvas = FigureCanvasAgg(sheet)
    boxes = [words.get_window_extent(canvas.get_renderer()) for words in sheet.texts]
    assert all(box.x0 >= 0 and box.x1 <= sheet.bbox.width for box in boxes)
    assert not any(one.overlaps(other) for index, one in enumerate(boxes) for other in boxes[index + 1 :])


def test_a_files_name_is_one_that_every_system_takes(app: Flask, world: dict):
    client = sign_in(app.test_client(), world["leader"])
    for kind in ("png", "csv"):
        name = client.get(f"/projects/one/forecast/curve.{kind}").headers["Content-Disposition"]
        assert "%3A" not in name
        assert ":" not in name.replace("filename*=UTF-8''", "")


# --- one curve on two pages -------------------------------------------------------------------------------------------


def s_curve_of(client, address: str) -> str:
    return re.search(r'<svg viewBox="0 0 760 300".*?</svg>', client.get(address).text, re.DOTALL)[0]


def test_a_project_has_one_forecast_on_both_of_its_pages(app: Flask, world: dict):
    """Its own page stretched the plan's rest to the forecast finish, which is no forecast of the way there."""
    client = sign_in(app.test_client(), world["leader"])
    drawn_here = s_curve_of(client, "/projects/one")
    assert drawn_here == s_curve_of(client, "/projects/one/forecast")
    assert 'stroke-dasharray="6 4"' in drawn_here
    assert drawn_here != s_curve_of(client, "/projects/one?as_of=2021-10-31")


def test_works_done_by_a_gate_have_no_forecast_though_the_report_is_behind():
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 15 20"), reference=packaged_reference())
    done = replace(facts, gates={"full_operation": GateFact(dt.date(2021, 4, 15))})
    as_of = dt.date(2021, 4, 30)
    assert [line.style for line in s_curve("北院", facts, (), as_of).lines] == ["plan", "actual", "forecast"]
    assert [line.style for line in s_curve("北院", done, (), as_of).lines] == ["plan", "actual"]


@pytest.mark.parametrize(
    ("states", "worst"),
    [
        ([], "undated"),
        (["undated"], "undated"),
        (["undated", "met_early"], "met_early"),
        (["met_late", "on_track", "unknown", "at_risk"], "unknown"),
        (["behind", "overdue_no_evidence"], "overdue_no_evidence"),
    ],
)
def test_s12_the_page_of_charts_names_the_worst_dated_promise(states: list[str], worst: str):
    assert worst_of(states) == worst
