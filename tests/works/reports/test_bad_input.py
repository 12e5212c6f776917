"""Bad input: a clear message at its field, nothing lost of what was typed, nothing half-stored. On both databases."""

from __future__ import annotations

import pytest
from builders import TODAY, make_day, make_project, make_report, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of, words_of
from sqlalchemy import func, select

from projects.extensions import db
from projects.models import AuditEntry, MonthlyReport, ReportStep, StageProgress

FORM = "/projects/north/reports/2021-11"
SCRIPT = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


@pytest.fixture
def manager(app: Flask, client: FlaskClient) -> FlaskClient:
    """The manager of a project whose October was approved, signed in."""
    with app.app_context():
        make_day(TODAY)
        person = make_user("manager", "manager")
        project = make_project("north", name="北院二期", manager=person, floors=20)
        make_report(project, "2021-10", author=person, preparation=100, foundation=100, investment_fen=120_000_000_00)
    return sign_in(client, person)


def counts(app: Flask) -> list[int]:
    with app.app_context():
        counts = [
            db.session.scalar(select(func.count()).select_from(model)) or 0
            for model in (MonthlyReport, StageProgress, ReportStep)
        ]
        return [*counts, db.session.scalar(select(func.count()).where(AuditEntry.tag.startswith("project:"))) or 0]


def typed(client: FlaskClient, **changes: str) -> dict[str, str]:
    return (
        fields_of(client.get(FORM).text, "report")
        | {"floors_structure": "9", "narrative": "九层", "problems": "塔吊", "next_plan": "十层"}
        | changes
    )


@pytest.mark.parametrize("action", ["save", "submit"])
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("percent_mep", "101", "0 到 100 之间"),
        ("percent_mep", "-3", "0 到 100 之间"),
        ("percent_mep", "NaN", "不是数字"),
        ("percent_mep", "", "请填写"),
        ("percent_mep", SCRIPT, "不是数字"),
        ("floors_structure", "21", "超过计划的 20 层"),
        ("investment", "很多", "以万元为单位"),
        ("investment", "", "没有新增就填原数"),
        ("narrative", "字" * 10_000, "有 10000 个字"),
        ("percent_foundation", "90", "由 2021-10 的 100% 降为 90%"),
        ("investment", "11999.99", "降为 11,999.99 万元"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_lost_or_stored(
    app: Flask, manager: FlaskClient, action: str, field: str, value: str, said: str
) -> None:
    data = typed(manager, **{field: value})
    before = counts(app)
    answer = manager.post(FORM, data=data | {"action": action})
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    own = {"csrf_token": "", "once": ""}  # of each page its own
    assert fields_of(answer.text, "report") | own == data | own
    assert 'aria-invalid="true"' in answer.text
    assert counts(app) == before


def test_every_bad_field_is_named_at_once(manager: FlaskClient) -> None:
    data = typed(manager, percent_mep="101", floors_structure="x", investment="?")
    said = words_of(manager.post(FORM, data=data | {"action": "submit"}).text)
    assert "0 到 100 之间" in said
    assert "整数层数" in said
    assert "以万元为单位" in said


@pytest.mark.parametrize("month", ["2021-12", "2100-01"])
def test_a_month_in_the_future_is_refused_and_the_text_kept(app: Flask, manager: FlaskClient, month: str) -> None:
    before = counts(app)
    asked = manager.get(f"/projects/north/reports/{month}")
    assert asked.status_code == 422
    assert "还没有到" in words_of(asked.text)
    answer = manager.post(f"/projects/north/reports/{month}", data=typed(manager) | {"action": "submit"})
    assert answer.status_code == 422
    assert "还没有到" in words_of(answer.text)
    assert fields_of(answer.text, "report")["narrative"] == "九层"
    assert counts(app) == before


@pytest.mark.parametrize(
    "month",
    ["2021-13", "2021-1", "202111", "november", "0000-00", "２０２１-11", "2021-11-30", "%00", "99999999999-01"],
)
def test_a_month_that_is_none_is_named(manager: FlaskClient, month: str) -> None:
    for answer in (
        manager.get(f"/projects/north/reports/{month}"),
        manager.post(f"/projects/north/reports/{month}", data={"action": "submit"}),
    ):
        assert answer.status_code == 404
        assert "不是月份" in words_of(answer.text)


@pytest.mark.parametrize("query", ["month=2021-13", "month=x", "month=2021-11-30"])
def test_the_board_names_a_month_that_is_none(app: Flask, client: FlaskClient, query: str) -> None:
    with app.app_context():
        make_day(TODAY)
        person = make_user("dispatcher")
    answer = sign_in(client, person).get(f"/reports?{query}")
    assert answer.status_code == 422
    assert "不是月份" in words_of(answer.text)


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=99999999999999999999999",
        "page=x",
        "state=nothing",
        "state='; drop table",
        "as_of=2021-12-31",
    ],
)
def test_the_board_takes_odd_queries_calmly(app: Flask, client: FlaskClient, query: str) -> None:
    with app.app_context():
        make_day(TODAY)
        person = make_user("dispatcher")
    assert sign_in(client, person).get(f"/reports?{query}").status_code == 200


def test_an_as_of_that_is_no_date_is_named(manager: FlaskClient) -> None:
    answer = manager.get("/reports?as_of=31.12.2021")
    assert answer.status_code == 422
    assert "不是日期" in words_of(answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/projects/south/reports/2021-11",
        "/projects/%E5%8C%97/reports/2021-11",
        "/projects/north/reports/2021-11/7",
        f"{FORM}/99999999999999999999",
    ],
)
def test_an_unknown_project_or_revision_is_not_found(manager: FlaskClient, path: str) -> None:
    assert manager.get(path).status_code == 404
    assert manager.post(f"{path}/correct", data={"reason": "x"}).status_code == 404


def test_a_nul_in_the_address_is_an_answer_not_a_crash(manager: FlaskClient) -> None:
    """PostgreSQL takes no NUL in any text."""
    for path in (
        "/projects/%00/reports/2021-11",
        "/projects/no%00rth/reports/2021-11/1",
        "/reports?state=%00&month=%00",
    ):
        assert manager.get(path).status_code in {400, 404, 200}


def test_scripts_come_back_as_text_everywhere(app: Flask, manager: FlaskClient) -> None:
    data = typed(manager, narrative=SCRIPT, problems=SCRIPT, next_plan=SCRIPT, decrease_reason=SCRIPT)
    manager.post(FORM, data=data | {"action": "save"})
    form = manager.get(FORM).text
    manager.post(FORM, data=fields_of(form, "report") | {"action": "submit"})
    shown = manager.get(f"{FORM}/1").text
    with app.app_context():
        reviewer = make_user("dispatcher")
    sign_in(manager, reviewer)
    manager.post(f"{FORM}/1/return", data=fields_of(manager.get(f"{FORM}/1").text) | {"comment": SCRIPT})
    for page in (form, shown, manager.get(f"{FORM}/1").text, manager.get(FORM).text, manager.get("/reports").text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert SCRIPT in words_of(manager.get(f"{FORM}/1").text)
    assert fields_of(form, "report")["narrative"] == SCRIPT


def test_control_characters_are_dropped_and_the_rest_is_stored(app: Flask, manager: FlaskClient) -> None:
    data = typed(manager, narrative="第一层\x00\x08第二层\x0b第三层", percent_mep="\x001\x00")
    assert manager.post(FORM, data=data | {"action": "save"}).status_code == 302
    fields = fields_of(manager.get(FORM).text, "report")
    assert (fields["narrative"], fields["percent_mep"]) == ("第一层第二层\n第三层", "1")


def test_text_beyond_the_basic_plane_is_kept(manager: FlaskClient) -> None:
    manager.post(FORM, data=typed(manager, narrative="𠮷𬺈 🏗 ½") | {"action": "save"})
    assert fields_of(manager.get(FORM).text, "report")["narrative"] == "𠮷𬺈 🏗 ½"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "1.0", "７"])
def test_a_version_that_is_none_never_overwrites(app: Flask, manager: FlaskClient, version: str) -> None:
    manager.post(FORM, data=typed(manager) | {"action": "save"})
    before = counts(app)
    answer = manager.post(FORM, data=typed(manager, narrative="别的话") | {"action": "save", "version": version})
    assert answer.status_code == 409
    assert counts(app) == before


def test_an_unknown_button_stores_nothing(app: Flask, manager: FlaskClient) -> None:
    before = counts(app)
    assert manager.post(FORM, data=typed(manager) | {"action": "destroy"}).status_code == 200
    assert manager.post(FORM, data={}).status_code == 422
    assert counts(app) == before


def test_a_return_without_a_comment_comes_back_with_the_message(app: Flask, manager: FlaskClient) -> None:
    manager.post(FORM, data=typed(manager) | {"action": "submit"})
    with app.app_context():
        reviewer = make_user("dispatcher")
    sign_in(manager, reviewer)
    data = fields_of(manager.get(f"{FORM}/1").text)
    before = counts(app)
    empty = manager.post(f"{FORM}/1/return", data=data | {"comment": " "})
    assert empty.status_code == 422
    assert "请写明退回的原因" in words_of(empty.text)
    long = manager.post(f"{FORM}/1/approve", data=data | {"comment": "字" * 1001})
    assert long.status_code == 422
    assert "有 1001 个字" in words_of(long.text)
    assert "字" * 1001 in long.text
    assert counts(app) == before


def test_a_fall_that_appears_after_submission_stops_the_approval(app: Flask, manager: FlaskClient) -> None:
    """November was submitted at 45 %; then a correction of October to 60 % was approved: November would go down without
    a word.
    """
    manager.post(FORM, data=typed(manager) | {"action": "submit"})
    with app.app_context():
        from projects.core.permissions import SYSTEM
        from projects.register.projects.queries import project_by_slug

        make_report(
            project_by_slug(SYSTEM, "north"),
            "2021-10",
            revision=2,
            preparation=100,
            foundation=100,
            structure=60,
            investment_fen=120_000_000_00,
        )
        reviewer = make_user("dispatcher")
    sign_in(manager, reviewer)
    answer = manager.post(f"{FORM}/1/approve", data=fields_of(manager.get(f"{FORM}/1").text) | {"comment": "同意"})
    assert answer.status_code == 409
    assert "请退回" in words_of(answer.text)
    assert "由 2021-10 的 60% 降为 45%" in words_of(answer.text)
