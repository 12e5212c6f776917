"""Two people and one report: nobody's text is overwritten unseen, and nothing is stored twice."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from builders import (
    NOW,
    TODAY,
    actor_of,
    make_day,
    make_programme,
    make_project,
    make_report,
    make_target,
    make_user,
    sign_in,
)
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of, words_of
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, MonthlyReport, Project, ReportStep
from projects.works.reports import operations
from projects.works.reports.content import Sent

FORM = "/projects/north/reports/2021-11"
MONTH = dt.date(2021, 11, 1)
ENTRY = {
    f"percent_{key}": "0"
    for key in ("preparation", "foundation", "structure", "secondary", "mep", "fit_out", "external", "handover")
}


@pytest.fixture
def two(app: Flask) -> dict[str, Any]:
    """A project with its manager and a dispatcher, each with a browser of their own."""
    with app.app_context():
        make_day(TODAY)
        manager, dispatcher = make_user("manager"), make_user("dispatcher")
        project = make_project("north", name="北院二期", manager=manager)
    browsers = {"mine": sign_in(app.test_client(), manager), "theirs": sign_in(app.test_client(), dispatcher)}
    return browsers | {"manager": manager, "dispatcher": dispatcher, "project": project}


def opened(client: FlaskClient, **changes: str) -> dict[str, str]:
    return fields_of(client.get(FORM).text, "report") | changes


def stored(app: Flask) -> MonthlyReport:
    with app.app_context():
        return db.session.scalars(select(MonthlyReport)).one()


def collide(two: dict[str, Any]) -> Any:
    """Both open the form; the dispatcher saves first, then the manager saves."""
    mine = opened(two["mine"], percent_structure="41", narrative="我写的进展", next_plan="我的计划")
    theirs = opened(two["theirs"], percent_structure="38", narrative="对方写的进展")
    assert two["theirs"].post(FORM, data=theirs | {"action": "save"}).status_code == 302
    return two["mine"].post(FORM, data=mine | {"action": "save"})


def test_the_second_writer_sees_both_texts_and_overwrites_nothing(app: Flask, two: dict[str, Any]) -> None:
    answer = collide(two)
    assert answer.status_code == 409
    said = words_of(answer.text)
    for text in ("我写的进展", "对方写的进展", "我的计划", "41", "38", two["dispatcher"].display_name):
        assert text in said
    assert stored(app).narrative == "对方写的进展"


def test_without_the_version_check_the_first_text_would_be_lost(
    app: Flask, two: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the test above can fail."""
    monkeypatch.setattr(operations, "_is_stale", lambda *_: False)
    assert collide(two).status_code == 302
    assert stored(app).narrative == "我写的进展"


def test_one_goes_on_from_ones_own_text_knowing_the_others(app: Flask, two: dict[str, Any]) -> None:
    again = fields_of(collide(two).text, "report")
    assert (again["narrative"], again["percent_structure"], again["version"]) == ("我写的进展", "41", "1")
    assert two["mine"].post(FORM, data=again | {"action": "save"}).status_code == 302
    assert stored(app).narrative == "我写的进展"


def test_one_goes_on_from_the_others_text_with_ones_own_beside_it(app: Flask, two: dict[str, Any]) -> None:
    again = fields_of(collide(two).text, "report")
    answer = two["mine"].post(FORM, data=again | {"action": "theirs"})
    fields = fields_of(answer.text, "report")
    assert answer.status_code == 200
    assert (fields["narrative"], fields["percent_structure"], fields["version"]) == ("对方写的进展", "38", "1")
    assert "我写的进展" in words_of(answer.text)
    assert two["mine"].post(FORM, data=fields | {"action": "submit"}).status_code == 302
    assert stored(app).narrative == "对方写的进展"


def test_a_third_save_in_between_is_a_conflict_again(app: Flask, two: dict[str, Any]) -> None:
    again = fields_of(collide(two).text, "report")
    two["theirs"].post(FORM, data=opened(two["theirs"], narrative="对方又改了") | {"action": "save"})
    assert two["mine"].post(FORM, data=again | {"action": "save"}).status_code == 409
    assert stored(app).narrative == "对方又改了"


def test_what_was_submitted_meanwhile_keeps_my_text_in_sight(app: Flask, two: dict[str, Any]) -> None:
    mine = opened(two["mine"], narrative="我写的进展")
    two["theirs"].post(FORM, data=opened(two["theirs"], narrative="对方写的进展") | {"action": "submit"})
    answer = two["mine"].post(FORM, data=mine | {"action": "submit"})
    assert answer.status_code == 409
    assert "我写的进展" in words_of(answer.text)
    assert "不能修改" in words_of(answer.text)
    assert (stored(app).narrative, stored(app).state) == ("对方写的进展", "submitted")


def test_a_change_of_one_stage_alone_raises_the_version(app: Flask, two: dict[str, Any]) -> None:
    for percent in ("1", "2", "3"):
        two["mine"].post(FORM, data=opened(two["mine"], percent_mep=percent) | {"action": "save"})
    assert stored(app).version == 3


@pytest.mark.parametrize("action", ["save", "submit"])
def test_the_same_form_sent_twice_is_stored_once(app: Flask, two: dict[str, Any], action: str) -> None:
    data = opened(two["mine"], percent_structure="41", narrative="九层") | {"action": action}
    first, second = two["mine"].post(FORM, data=data), two["mine"].post(FORM, data=data)
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    assert stored(app).version == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ReportStep)) == (1 if action == "submit" else 0)
        tags = list(db.session.scalars(select(AuditEntry.tag).where(AuditEntry.tag.startswith("project:report"))))
        assert len(tags) == 1


def test_the_same_words_in_another_form_are_no_repetition(app: Flask, two: dict[str, Any]) -> None:
    """Two tabs of one person: equal texts by chance are told, for the second did not see the first."""
    one, other = opened(two["mine"], percent_mep="1"), opened(two["mine"], percent_mep="1")
    assert two["mine"].post(FORM, data=one | {"action": "save"}).status_code == 302
    assert two["mine"].post(FORM, data=other | {"action": "save"}).status_code == 409


@pytest.mark.parametrize(("step", "state"), [("approve", "approved"), ("return", "returned")])
def test_a_review_clicked_twice_is_one_step(app: Flask, two: dict[str, Any], step: str, state: str) -> None:
    two["mine"].post(FORM, data=opened(two["mine"]) | {"action": "submit"})
    data = fields_of(two["theirs"].get(f"{FORM}/1").text) | {"comment": "已核对"}
    answers = [two["theirs"].post(f"{FORM}/1/{step}", data=data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    with app.app_context():
        actions = list(db.session.scalars(select(ReportStep.action).order_by(ReportStep.id)))
    assert actions == ["submitted", state]


def test_a_reviewer_decides_only_on_what_they_have_read(app: Flask, two: dict[str, Any]) -> None:
    two["mine"].post(FORM, data=opened(two["mine"]) | {"action": "submit"})
    read = fields_of(two["theirs"].get(f"{FORM}/1").text) | {"comment": "同意", "once": ""}
    two["theirs"].post(f"{FORM}/1/return", data=read | {"comment": "请改"})
    two["mine"].post(FORM, data=opened(two["mine"], narrative="改过了") | {"action": "submit"})
    answer = two["theirs"].post(f"{FORM}/1/approve", data=read)
    assert answer.status_code == 409
    assert "又有改动" in words_of(answer.text)
    assert fields_of(answer.text)["comment"] == "同意"
    assert stored(app).state == "submitted"


def test_approving_what_was_returned_meanwhile_says_so(app: Flask, two: dict[str, Any]) -> None:
    two["mine"].post(FORM, data=opened(two["mine"]) | {"action": "submit"})
    read = fields_of(two["theirs"].get(f"{FORM}/1").text)
    two["theirs"].post(f"{FORM}/1/return", data=read | {"comment": "请改"})
    answer = two["theirs"].post(f"{FORM}/1/approve", data=read)
    assert answer.status_code == 409
    assert "已退回" in words_of(answer.text)


def test_many_writers_at_once_store_one_report_each_text_or_none(app: Flask, two: dict[str, Any]) -> None:
    """Eight threads save the first draft at the same time: one wins, seven are told."""
    actor, project_id = actor_of(two["dispatcher"]), two["project"].id

    def save(number: int) -> str:
        with app.app_context():
            try:
                with transaction():
                    operations.save_draft(
                        Acting(actor, NOW, TODAY), project_id, MONTH, Sent(ENTRY | {"narrative": f"第{number}份"}, 0)
                    )
            except ConflictError:
                return ""
            return f"第{number}份"

    with ThreadPoolExecutor(8) as pool:
        kept = [text for text in pool.map(save, range(8)) if text]
    assert kept == [stored(app).narrative]


def test_increments_by_many_writers_are_never_lost(app: Flask, two: dict[str, Any]) -> None:
    """Forty read-and-add steps by four threads, each retried until it fits: the figure ends at forty."""
    from projects.works.reports.queries import contents, newest_revision

    actor, project_id = actor_of(two["dispatcher"]), two["project"].id

    def add(_number: int) -> None:
        for _attempt in range(200):
            with app.app_context():
                report = newest_revision(project_id, MONTH)
                version, percent = (
                    (report.version, contents([report.id])[report.id].percents["mep"]) if report else (0, 0.0)
                )
                try:
                    with transaction():
                        operations.save_draft(
                            Acting(actor, NOW, TODAY),
                            project_id,
                            MONTH,
                            Sent(ENTRY | {"percent_mep": f"{percent + 1:g}"}, version),
                        )
                except ConflictError:
                    continue
                return
        raise AssertionError("never came to an end")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(40)))
    with app.app_context():
        report = newest_revision(project_id, MONTH)
        assert report is not None
        assert (report.version, contents([report.id])[report.id].percents["mep"]) == (40, 40.0)


def test_approvals_of_one_programmes_projects_at_once_all_count(app: Flask, two: dict[str, Any]) -> None:
    """Each approval renews the programme's verdict; none may fail on another's, nor leave it out."""
    from projects.models import TargetStatus

    with app.app_context():
        programme = make_programme()
        make_target(programme, measure="topped_out", threshold=100, due=dt.date(2021, 12, 31))
        works = {"preparation": 100, "foundation": 100, "structure": 100}
        ids = [
            make_report(
                make_project(programme_id=programme.id), "2021-11", author=two["manager"], state="submitted", **works
            ).id
            for _ in range(6)
        ]
    actor = actor_of(two["dispatcher"])

    def approve(report_id: int) -> None:
        with app.app_context(), transaction():
            operations.approve(Acting(actor, NOW, TODAY), report_id, 1)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(approve, ids))
    with app.app_context():
        assert db.session.scalars(select(TargetStatus)).one().current == 100_00  # all six, in hundredths of a percent


def test_the_project_row_itself_is_left_alone(app: Flask, two: dict[str, Any]) -> None:
    two["mine"].post(FORM, data=opened(two["mine"]) | {"action": "submit"})
    with app.app_context():
        assert db.session.scalars(select(Project.version)).one() == 1
