"""A month is filed, returned, filed again, approved and corrected, through the pages, as each role."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from builders import TODAY, make_day, make_project, make_report, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of, words_of
from sqlalchemy import func, select

from projects.extensions import db
from projects.models import AuditEntry, MonthlyReport, ProjectStatus, ReportStep, StageProgress

FORM = "/projects/north/reports/2021-11"
TARGET = {"measure": "structure_pct", "threshold": 50, "due": dt.date(2021, 12, 31), "wording": "年内主体完成50%以上"}


@pytest.fixture
def people(app: Flask) -> dict[str, Any]:
    """A project with a promise, its manager, and everybody else."""
    with app.app_context():
        make_day(TODAY)
        found = {role: make_user(role, role) for role in ("manager", "dispatcher", "finance", "leader", "admin")}
        found |= {"other": make_user("manager", "other"), "second": make_user("dispatcher", "second")}
        found["project"] = make_project("north", name="北院二期", manager=found["manager"], floors=20, targets=[TARGET])
        make_report(
            found["project"],
            "2021-10",
            author=found["manager"],
            preparation=100,
            foundation=100,
            structure=30,
            investment_fen=120_000_000_00,
        )
    return found


def filled(client: FlaskClient, path: str = FORM, **changes: str) -> dict[str, str]:
    return fields_of(client.get(path).text, "report") | changes


def rows(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def newest(app: Flask) -> MonthlyReport:
    with app.app_context():
        return db.session.scalars(
            select(MonthlyReport).order_by(MonthlyReport.month.desc(), MonthlyReport.revision.desc())
        ).first()


def submit(client: FlaskClient, **changes: str) -> Any:
    return client.post(
        FORM,
        data=filled(client, **({"floors_structure": "9", "narrative": "九层浇筑完成"} | changes))
        | {"action": "submit"},
    )


# --- the way of a report ----------------------------------------------------------------------------------------------


def test_the_form_is_filled_with_the_last_approved_month(client: FlaskClient, people: dict[str, Any]) -> None:
    fields = filled(sign_in(client, people["manager"]))
    assert fields["percent_foundation"] == "100"
    assert fields["floors_structure"] == ""  # October gave a percent, not floors: asked for, not guessed
    assert fields["investment"] == "12000"
    assert fields["version"] == "0"


def test_a_draft_is_stored_and_found_again(app: Flask, client: FlaskClient, people: dict[str, Any]) -> None:
    sign_in(client, people["manager"])
    answer = client.post(
        FORM,
        data=filled(client, floors_structure="9", narrative="  九层\r\n浇筑  ") | {"action": "save"},
        follow_redirects=True,
    )
    assert "草稿已保存" in words_of(answer.text)
    fields = fields_of(answer.text, "report")
    assert (fields["floors_structure"], fields["narrative"], fields["version"]) == ("9", "九层\n浇筑", "1")
    assert newest(app).state == "draft"
    assert rows(app, ReportStep) == 0


def test_submitting_keeps_figures_days_round_and_history(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    sign_in(client, people["manager"])
    answer = submit(client, investment="12500.000001")
    assert answer.status_code == 302
    assert answer.location.endswith("/projects/north/reports/2021-11/1")
    with app.app_context():
        report = db.session.scalars(select(MonthlyReport).where(MonthlyReport.state == "submitted")).one()
        assert (report.round, report.revision, report.data_on, report.approved_on) == (1, 1, TODAY, None)
        assert report.investment_fen == 12_500_000_001
        assert report.overall_percent == 33.5  # 5 + 15 + 30 x 45 %
        step = db.session.scalars(select(ReportStep)).one()
        assert (step.action, step.actor_id, step.round) == ("submitted", people["manager"].id, 1)
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "project:report:submitted")).one()
        assert entry.changes["floors_structure"] == [None, "9"]
        assert entry.changes["state"] == [None, "submitted"]


def test_returned_with_a_comment_mended_and_approved_in_the_second_round(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    sign_in(client, people["manager"])
    submit(client)
    sign_in(client, people["dispatcher"])
    page = client.get(f"{FORM}/1").text
    answer = client.post(f"{FORM}/1/return", data=fields_of(page) | {"comment": "请补充影像资料说明"})
    assert answer.status_code == 302
    assert newest(app).state == "returned"
    sign_in(client, people["manager"])
    assert "请补充影像资料说明" in words_of(client.get("/reports").text)
    form = client.get(FORM)
    assert "请补充影像资料说明" in words_of(form.text)
    client.post(FORM, data=fields_of(form.text, "report") | {"narrative": "九层浇筑完成, 照片另送", "action": "submit"})
    assert (newest(app).state, newest(app).round) == ("submitted", 2)
    sign_in(client, people["dispatcher"])
    answer = client.post(f"{FORM}/1/approve", data=fields_of(client.get(f"{FORM}/1").text), follow_redirects=True)
    assert "已通过" in words_of(answer.text)
    with app.app_context():
        report = db.session.get(MonthlyReport, newest(app).id)
        assert (report.state, report.approved_on) == ("approved", TODAY)
        steps = db.session.scalars(select(ReportStep).order_by(ReportStep.id)).all()
        assert [(step.action, step.round) for step in steps] == [
            ("submitted", 1),
            ("returned", 1),
            ("submitted", 2),
            ("approved", 2),
        ]


def test_an_approval_renews_the_verdict_in_the_same_transaction(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    sign_in(client, people["manager"])
    submit(client, floors_structure="10")
    assert rows(app, ProjectStatus) == 0
    sign_in(client, people["dispatcher"])
    client.post(f"{FORM}/1/approve", data=fields_of(client.get(f"{FORM}/1").text))
    with app.app_context():
        status = db.session.scalars(select(ProjectStatus)).one()
        assert (status.state, status.report_month, status.percent) == ("met_early", dt.date(2021, 11, 1), 35.0)


def test_a_correction_is_the_next_revision_and_the_old_one_stays(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    sign_in(client, people["manager"])
    submit(client)
    sign_in(client, people["dispatcher"])
    client.post(f"{FORM}/1/approve", data=fields_of(client.get(f"{FORM}/1").text))
    sign_in(client, people["manager"])
    refused = client.post(f"{FORM}/1/correct", data={"reason": " "})
    assert refused.status_code == 422
    assert "为什么要更正" in words_of(refused.text)
    answer = client.post(f"{FORM}/1/correct", data={"reason": "层数误填"})
    assert answer.location.endswith(FORM)
    again = client.post(f"{FORM}/1/correct", data={"reason": "层数误填"})
    assert again.status_code == 302
    assert client.post(f"{FORM}/1/correct", data={"reason": "另一理由"}).status_code == 409
    client.post(FORM, data=filled(client, floors_structure="8") | {"action": "submit"})
    with app.app_context():
        found = db.session.scalars(
            select(MonthlyReport).where(MonthlyReport.month == dt.date(2021, 11, 1)).order_by(MonthlyReport.revision)
        ).all()
        assert [(one.revision, one.state, one.correction_reason) for one in found] == [
            (1, "approved", ""),
            (2, "submitted", "层数误填"),
        ]
        kept = db.session.scalars(
            select(StageProgress.floors_done).where(
                StageProgress.report_id == found[0].id, StageProgress.floors_done.is_not(None)
            )
        )
        assert list(kept) == [9]
    sign_in(client, people["dispatcher"])
    client.post(f"{FORM}/2/approve", data=fields_of(client.get(f"{FORM}/2").text))
    with app.app_context():
        assert db.session.scalars(select(ProjectStatus)).one().percent == 32.0
    assert "不是最新版次" in words_of(client.get(f"{FORM}/1").text)


def test_what_is_not_open_to_editing_is_shown_instead(client: FlaskClient, people: dict[str, Any]) -> None:
    sign_in(client, people["manager"])
    submit(client)
    assert client.get(FORM).location.endswith(f"{FORM}/1")


# --- who may what -----------------------------------------------------------------------------------------------------


def test_a_dispatcher_who_files_a_report_does_not_approve_it(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    sign_in(client, people["dispatcher"])
    submit(client)
    page = client.get(f"{FORM}/1")
    assert "由另一位调度员审核" in words_of(page.text)
    refused = client.post(f"{FORM}/1/approve", data=fields_of(page.text))
    assert refused.status_code == 403
    assert newest(app).state == "submitted"
    sign_in(client, people["second"])
    client.post(f"{FORM}/1/approve", data=fields_of(client.get(f"{FORM}/1").text))
    assert newest(app).state == "approved"


@pytest.mark.parametrize(
    ("who", "form", "read", "file", "review"),
    [
        ("manager", 200, 200, 302, 403),
        ("dispatcher", 200, 200, 302, 302),
        ("finance", 403, 200, 403, 403),
        ("leader", 403, 200, 403, 403),
        ("admin", 403, 403, 403, 403),
        ("other", 404, 404, 404, 403),
    ],
)
def test_each_role_may_what_its_row_says(
    app: Flask, client: FlaskClient, people: dict[str, Any], who: str, form: int, read: int, file: int, review: int
) -> None:
    with app.app_context():
        make_report(
            people["project"],
            "2021-09",
            author=people["manager"],
            state="submitted",
            preparation=100,
            foundation=100,
            structure=20,
        )
    data = filled(sign_in(client, people["manager"]), floors_structure="9")
    sign_in(client, people[who])
    assert client.get(FORM).status_code == form
    assert client.get("/projects/north/reports/2021-10/1").status_code == read
    assert client.post(f"{FORM}/preview", data=data).status_code == form
    assert client.post(FORM, data=data | {"action": "save"}).status_code == file
    assert (
        client.post("/projects/north/reports/2021-09/1/return", data={"version": "1", "comment": "请改"}).status_code
        == review
    )
    assert client.get("/reports").status_code == (403 if who == "admin" else 200)


def test_a_foreign_manager_never_reads_the_projects_name(client: FlaskClient, people: dict[str, Any]) -> None:
    sign_in(client, people["other"])
    for path in ("/reports", FORM, f"{FORM}/1", "/projects/north/reports/2021-10/1"):
        assert "北院二期" not in client.get(path).text


def test_nobody_reads_reports_without_signing_in(client: FlaskClient, people: dict[str, Any]) -> None:
    for path in ("/reports", FORM, "/projects/north/reports/2021-10/1"):
        assert client.get(path).status_code == 302
    assert client.post(FORM, data={"action": "submit"}).status_code == 302


# --- the preview ------------------------------------------------------------------------------------------------------


def test_the_preview_says_what_the_report_would_do_and_stores_nothing(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    sign_in(client, people["manager"])
    slow = words_of(client.post(f"{FORM}/preview", data=filled(client, floors_structure="7")).text)
    met = words_of(client.post(f"{FORM}/preview", data=filled(client, floors_structure="10")).text)
    assert "年内主体完成50%以上" in slow
    assert "每月需要 14.7 个百分点" in slow  # 15 points in 31 days
    assert "近期实际 5.0 个百分点" in slow  # 5 points in 30 days: 5.07, cut
    assert "提前兑现" in met
    assert "提前兑现" not in slow
    assert rows(app, MonthlyReport) == 1


def test_a_reviewer_sees_the_effect_before_deciding_as_of_the_reports_own_day(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    with app.app_context():
        report = {
            "state": "submitted",
            "preparation": 100,
            "foundation": 100,
            "structure": 50,
            "data_on": dt.date(2021, 11, 20),
        }
        make_report(people["project"], "2021-11", author=people["manager"], **report)
    seen = words_of(sign_in(client, people["dispatcher"]).get(f"{FORM}/1").text)
    assert "提前兑现" in seen
    assert "2021-11-20 为 50%" in seen
    assert "通过之后" not in words_of(sign_in(client, people["leader"]).get(f"{FORM}/1").text)


def test_the_preview_works_as_a_page_too_with_everything_typed(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    sign_in(client, people["manager"])
    answer = client.post(FORM, data=filled(client, floors_structure="10", problems="塔吊待检") | {"action": "preview"})
    assert answer.status_code == 200
    assert "提前兑现" in words_of(answer.text)
    assert fields_of(answer.text, "report")["problems"] == "塔吊待检"
    assert rows(app, MonthlyReport) == 1


def test_the_preview_and_the_approved_verdict_are_the_same(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    from projects.models import TargetStatus
    from projects.portfolio.reports.queries import preview
    from projects.works.reports.content import read
    from projects.works.reports.queries import report_form_data

    sign_in(client, people["manager"])
    data = filled(client, floors_structure="7")
    with app.app_context():
        from builders import actor_of

        form = report_form_data(actor_of(people["dispatcher"]), "north", dt.date(2021, 11, 1))
        foreseen = preview(form, read(data, form.stages)[0], TODAY).changes[0].after
    client.post(FORM, data=data | {"action": "submit"})
    sign_in(client, people["dispatcher"])
    client.post(f"{FORM}/1/approve", data=fields_of(client.get(f"{FORM}/1").text))
    with app.app_context():
        stored = db.session.scalars(select(TargetStatus)).one()
        assert (stored.state, stored.slip_days, stored.forecast_on) == (
            foreseen.state,
            foreseen.slip_days,
            foreseen.forecast_on,
        )
        assert stored.reasons == [reason.to_json() for reason in foreseen.reasons]
