"""Projects that are dropped, brought back, archived and unarchived: rules PE-1 to PE-6 of docs/rules/register.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from builders import (
    NOW,
    TODAY,
    actor_of,
    make_day,
    make_gate,
    make_project,
    make_report,
    make_unit,
    make_user,
    sign_in,
)
from flask import Flask
from flask.testing import FlaskClient
from people.requests.test_offices import decides, newest
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, MonthlyReport, Project, ProjectEnd, ProjectStatus, Target, User
from projects.portfolio.ends.operations import END_KINDS, archive, unarchive
from projects.portfolio.ends.rules import (
    Standing,
    archive_hindrance,
    drop_complaints,
    drop_hindrance,
    revive_hindrance,
)
from projects.portfolio.reports.queries import my_projects, report_board
from projects.register.projects.ends import End, ended_since
from projects.register.projects.operations import hold_project
from projects.verdicts.status.operations import rebuild
from projects.verdicts.status.queries import computed
from projects.works.reports.operations import Sent, save_draft

PROMISED = {"measure": "structure_pct", "threshold": 50, "due": dt.date(2021, 12, 31), "clause_id": None}
DROP = {"reason": "并入市中心医院迁建项目", "evidence": "市政府会议纪要〔2021〕18号", "decided_on": "2021-11-15"}
DAY = dt.timedelta(days=1)


# --- the rules --------------------------------------------------------------------------------------------------------


def test_pe5_an_end_counts_from_its_day_until_the_day_it_is_brought_back():
    """At the limits: the day before, the day, the last day, the day it was brought back."""
    ends = [End("dropped", dt.date(2021, 11, 30), dt.date(2021, 12, 10)), End("archived", dt.date(2021, 12, 1))]
    assert [ended_since(ends, "dropped", dt.date(2021, month, day)) for month, day in ((11, 29), (12, 10))] == [
        None
    ] * 2
    assert ended_since(ends, "dropped", dt.date(2021, 11, 30)) == dt.date(2021, 11, 30)
    assert ended_since(ends, "dropped", dt.date(2021, 12, 9)) == dt.date(2021, 11, 30)
    assert ended_since(ends, "archived", dt.date(2022, 12, 9)) == dt.date(2021, 12, 1)
    assert ended_since([End("dropped", TODAY, TODAY)], "dropped", TODAY) is None  # begun and brought back on one day
    assert ended_since([End("dropped", TODAY, TODAY), End("dropped", TODAY)], "dropped", TODAY) == TODAY


def test_pe1_pe4_what_is_finished_or_dropped_already_is_not_dropped():
    assert drop_hindrance(Standing()) is None
    assert drop_hindrance(Standing(is_finished=True))
    assert drop_hindrance(Standing(is_dropped=True))
    assert revive_hindrance(Standing(is_dropped=True)) is None
    assert revive_hindrance(Standing())


def test_pe2_a_drop_says_why_by_which_paper_and_when():
    assert drop_complaints("并入", "纪要", TODAY, TODAY) == {}
    assert set(drop_complaints(" ", "", None, TODAY)) == {"reason", "evidence", "decided_on"}
    assert set(drop_complaints("并入", "纪要", TODAY + DAY, TODAY)) == {"decided_on"}
    assert drop_complaints("因" * 400, "纪" * 200, TODAY, TODAY) == {}
    assert set(drop_complaints("因" * 401, "纪" * 201, TODAY, TODAY)) == {"reason", "evidence"}


@pytest.mark.parametrize("ended", [{"is_dropped": True}, {"is_finished": True}])
def test_pe5_nothing_open_is_put_away(ended: dict[str, Any]):
    assert archive_hindrance(Standing(**ended)) is None
    for waits in ("open_promises", "waiting_reports", "waiting_requests"):
        assert archive_hindrance(Standing(**ended, **{waits: 1}))
        assert archive_hindrance(Standing(**{waits: 0}))  # not ended at all


# --- an office --------------------------------------------------------------------------------------------------------


@pytest.fixture
def office(app: Flask) -> dict[str, FlaskClient]:
    """A project half done with a promise, one finished; two dispatchers, the reviewer, the manager, a leader."""
    with app.app_context():
        make_day()
        unit = make_unit()
        people = {name: make_user(role, name) for name, role in (
            ("one", "dispatcher"), ("two", "dispatcher"), ("manager", "manager"), ("leader", "leader"),
        )}  # fmt: skip
        half = make_project("half", name="城南分院", unit_id=unit.id, targets=[PROMISED], manager=people["manager"])
        make_report(half, "2021-09", author=people["manager"], foundation=60, structure=20)
        make_report(half, "2021-10", author=people["manager"], foundation=100, structure=30)
        done = make_project("done", name="发热门诊楼", unit_id=unit.id, manager=people["manager"])
        make_report(done, "2021-08", author=people["manager"], **dict.fromkeys(STAGE_KEYS, 100))
        make_gate(done, "completion_acceptance", dt.date(2021, 8, 31))
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
        return {name: sign_in(app.test_client(), user) for name, user in people.items()}


STAGE_KEYS = ("preparation", "foundation", "structure", "secondary", "mep", "fit_out", "external", "handover")


def drop(app: Flask, office: dict[str, FlaskClient], slug: str = "half") -> None:
    assert office["one"].post(f"/projects/{slug}/drop", data=DROP).status_code == 302
    decides(office["two"], newest(app))


def status(app: Flask, slug: str = "half", day: dt.date = TODAY) -> tuple[Any, Any]:
    """A project's row and its promises' states as of a day, worked out."""
    with app.app_context():
        key = db.session.scalars(select(Project.id).where(Project.slug == slug)).one()
        rows, targets = computed({key}, day)
        return rows[0], [(one.state, one.slip_days, one.probability, one.forecast_on) for one in targets]


def acting(user: str, *own: int) -> Acting:
    actor = actor_of(db.session.scalars(select(User).where(User.username == user)).one())
    return Acting(replace(actor, own_projects=frozenset(own)), NOW, TODAY)


def test_pe1_a_project_is_dropped_by_two_people_and_says_why(app: Flask, office):
    client = office["one"]
    assert client.get("/projects/half/drop").status_code == 200
    refused = client.post("/projects/half/drop", data={**DROP, "evidence": ""})
    assert refused.status_code == 422
    assert "并入市中心医院迁建项目" in refused.text
    seen = client.post("/projects/half/drop", data={**DROP, "action": "see"})
    assert seen.status_code == 200
    assert "已终止" in seen.text
    client.post("/projects/half/drop", data=DROP)
    assert status(app)[0].works_state != "dropped"  # it waits
    row = newest(app)
    assert (row.state, row.kind, row.reason) == ("waiting", "project.drop", DROP["reason"])
    decides(office["two"], row)
    page = client.get("/projects/half").text
    assert "项目已于 2021-11-30 终止" in page
    assert DROP["evidence"] in page
    assert "2021-11-15" in page
    with app.app_context():
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "project:project:dropped")).one()
        assert told.changes["reason"] == [None, DROP["reason"]]
        assert "consent" in told.changes


def test_pe1_nobody_walks_round_by_the_operation_nor_drops_what_is_finished(app: Flask, office):
    with app.app_context(), pytest.raises(ForbiddenError, match="另一个人同意"), transaction():
        END_KINDS[0].apply(acting("one"), "half", DROP, None)
    assert office["one"].post("/projects/done/drop", data=DROP).status_code == 409
    for stranger in ("manager", "leader"):
        assert office[stranger].get("/projects/half/drop").status_code == 403
        assert office[stranger].post("/projects/half/drop", data=DROP).status_code == 403


def test_s27_pe3_the_promise_of_a_dropped_project_stands_and_will_not_be_kept(app: Flask, office):
    """S-27: behind until its day, overdue after it, without forecast; the works are dropped and never done; L-11."""
    before = status(app, day=TODAY - DAY)
    drop(app, office)
    row, (promise,) = status(app)
    assert (row.works_state, row.works_days, row.data_state, row.actual_finish) == ("dropped", 0, "ended", None)
    assert (row.forecast_finish, row.state) == (None, "behind")
    assert promise == ("behind", None, 0.0, None)
    assert row.lights[1] == row.lights[3] == "-"
    assert status(app, day=dt.date(2021, 12, 31))[1] == [("behind", None, 0.0, None)]
    assert status(app, day=dt.date(2022, 1, 1))[1] == [("overdue", 1, None, None)]
    assert status(app, day=dt.date(2022, 6, 30))[0].data_state == "ended"  # never silent
    assert status(app, day=TODAY - DAY) == before  # no day before it changes
    for page in ("/projects/half", "/projects", "/targets"):
        assert "将误期" in office["leader"].get(page).text
    assert "承诺未撤销" in office["leader"].get("/projects/half").text


def test_s27_what_was_kept_before_stays_kept_and_what_comes_after_counts_for_nothing(app: Flask, office):
    with app.app_context():
        project = db.session.scalars(select(Project).where(Project.slug == "half")).one()
        with transaction():
            db.session.add(
                Target(project_id=project.id, slug="begun", measure="foundation", due=dt.date(2021, 12, 31),
                       commitment="must", wording="年内完成基础")
            )  # fmt: skip
    drop(app, office)
    with app.app_context():
        project = db.session.scalars(select(Project).where(Project.slug == "half")).one()
        make_gate(project, "completion_acceptance", dt.date(2021, 12, 20))
        states = {one.target_id: one.state for one in computed({project.id}, dt.date(2021, 12, 31))[1]}
        kept = db.session.scalars(select(Target.id).where(Target.slug == "begun")).one()
    assert states.pop(kept).startswith("met_")
    assert list(states.values()) == ["behind"]
    row, _ = status(app, day=dt.date(2021, 12, 31))
    assert (row.works_state, row.actual_finish) == ("dropped", None)  # completed nowhere


def test_pe3_withdrawing_the_promise_is_a_request_of_its_own(app: Flask, office):
    drop(app, office)
    with app.app_context():
        slug = db.session.scalars(select(Target.slug)).one()
    asked = {"ended_as": "withdrawn", "reason": "项目终止", "evidence": "同一纪要"}
    assert office["one"].post(f"/promises/{slug}/end", data=asked).status_code == 302
    assert status(app)[1][0][0] == "behind"
    decides(office["two"], newest(app))
    row, promises = status(app)
    assert promises == []
    assert (row.state, row.works_state, row.severity) == ("undated", "dropped", 6)  # grey, never green


def test_pe4_a_dropped_project_is_brought_back_by_two(app: Flask, office):
    drop(app, office)
    before = status(app)
    assert office["one"].post("/projects/half/drop", data=DROP).status_code == 409
    assert office["one"].post("/projects/half/revive", data={}).status_code == 422
    assert office["one"].post("/projects/half/revive", data={"reason": "资金落实, 继续建设"}).status_code == 302
    assert status(app) == before
    decides(office["two"], newest(app))
    assert status(app)[0].works_state != "dropped"  # dropped and brought back on one day: it never was
    assert office["one"].post("/projects/half/revive", data={"reason": "再来"}).status_code == 409


def test_r11_pe3_no_report_is_owed_from_the_month_after_the_drop(app: Flask, office):
    """R-11: dropped on 2021-11-30, November is still owed, December is not."""
    drop(app, office)
    with app.app_context():
        leader, manager = acting("leader").actor, acting("manager", *ids("half")).actor
        shown = {month: {line.slug: line.state for line in report_board(leader, month).lines}
                 for month in (dt.date(2021, 11, 1), dt.date(2021, 12, 1))}  # fmt: skip
        assert [one["half"] for one in shown.values()] == ["missing", "ended"]
        owed = {line.month for line in my_projects(manager, dt.date(2022, 1, 3)) if line.slug == "half"}
        assert owed == set()
        with transaction():  # negative control: were it not dropped
            db.session.execute(db.delete(ProjectEnd))
        assert {line.month for line in my_projects(manager, dt.date(2022, 1, 3)) if line.slug == "half"}


# --- archiving --------------------------------------------------------------------------------------------------------


def ids(*slugs: str) -> list[int]:
    return list(db.session.scalars(select(Project.id).where(Project.slug.in_(slugs))))


def put_away(app: Flask, slug: str = "done", day: dt.date = TODAY) -> None:
    with app.app_context(), transaction():
        archive(acting("one")._replace(day=day), ids(slug))


def test_pe5_a_finished_project_is_archived_and_found_and_brought_back(app: Flask, office):
    client = office["one"]
    listed = client.get("/projects/archive").text
    assert "发热门诊楼" in listed
    assert "城南分院" not in listed
    with app.app_context():
        key = ids("done")[0]
    assert client.post("/projects/archive", data={}).status_code == 422
    assert client.post("/projects/archive", data={"projects": str(key)}).status_code == 302
    for page in ("/projects", "/gantt", "/", "/projects.csv"):
        assert "发热门诊楼" not in office["leader"].get(page).text, page
    for page in ("/projects?archived=only", "/projects?archived=all", "/gantt?archived=only", "/projects/done",
                 "/projects/done/gantt"):  # fmt: skip
        assert "发热门诊楼" in office["leader"].get(page).text, page
    assert "城南分院" not in office["leader"].get("/projects?archived=only").text
    assert client.post("/projects/done/unarchive", data={}).status_code == 302
    assert "发热门诊楼" in office["leader"].get("/projects").text
    assert client.post("/projects/done/unarchive", data={}).status_code == 409
    with app.app_context():
        tags = set(db.session.scalars(select(AuditEntry.tag).where(AuditEntry.project_id == key)))
        assert {"project:project:archived", "project:project:unarchived"} <= tags
        assert db.session.scalar(select(func.count()).where(MonthlyReport.project_id == key)) == 1  # nothing deleted


def test_pe5_days_before_still_list_it_and_days_after_bringing_it_back_too(app: Flask, office):
    put_away(app)
    leader = office["leader"]
    assert "发热门诊楼" in leader.get("/projects?as_of=2021-11-29").text
    assert "发热门诊楼" not in leader.get("/projects?as_of=2021-11-30").text
    with app.app_context(), transaction():
        unarchive(acting("one")._replace(day=TODAY + 5 * DAY), "done")
    assert "发热门诊楼" not in leader.get("/projects?as_of=2021-11-30").text
    with app.app_context():
        own = db.session.scalars(select(ProjectEnd)).one()
        assert (own.since, own.until) == (TODAY, TODAY + 5 * DAY)


def test_pe5_what_is_open_is_refused_and_none_of_those_ticked_is_archived(app: Flask, office):
    with app.app_context():
        with pytest.raises(ConflictError, match="城南分院"), transaction():
            archive(acting("one"), ids("done", "half"))
        assert db.session.scalar(select(func.count()).select_from(ProjectEnd)) == 0
    drop(app, office)
    with app.app_context(), pytest.raises(ConflictError, match="城南分院"), transaction():
        archive(acting("one"), ids("half"))  # its promise is open
    with app.app_context():
        project = db.session.scalars(select(Project).where(Project.slug == "done")).one()
        author = db.session.scalars(select(User).where(User.username == "manager")).one()
        make_report(project, "2021-10", author=author, state="submitted", **dict.fromkeys(STAGE_KEYS, 100))
        with pytest.raises(ConflictError, match="发热门诊楼"), transaction():
            archive(acting("one"), ids("done"))
    assert "发热门诊楼" not in office["one"].get("/projects/archive").text.split("已归档")[0].split("<form")[-1]


def test_pe6_nothing_is_written_to_what_is_archived_but_money(app: Flask, office):
    put_away(app)
    with app.app_context():
        key = ids("done")[0]
        with pytest.raises(ConflictError, match="已归档"), transaction():
            hold_project(key)
        with transaction():
            assert hold_project(key, even_archived=True).id == key
        with pytest.raises(ConflictError, match="已归档"), transaction():
            save_draft(acting("manager", key), key, dt.date(2021, 11, 1), Sent({}, 0))
    assert office["one"].post("/projects/done/drop", data=DROP).status_code == 409


def test_pe6_no_promise_comes_to_what_is_archived_by_a_merge(app: Flask, office):
    with app.app_context():
        make_project("again", name="发热门诊楼二", targets=[PROMISED])
    put_away(app)
    asked = {"into": "发热门诊楼", "reason": "同一项目"}
    refused = office["one"].post("/projects/again/merge", data=asked)
    assert (refused.status_code, "已归档" in refused.text) == (409, True)
    assert office["one"].post("/projects/done/unarchive", data={}).status_code == 302
    assert office["one"].post("/projects/again/merge", data=asked).status_code == 302  # negative control


def test_pe5_no_months_are_expected_of_it_and_it_is_not_silent(app: Flask, office):
    """Nor does it lack a manager; negative control: before it was archived it is silent and lacks one."""
    with app.app_context(), transaction():
        db.session.execute(db.text("DELETE FROM project_assignment"))
    assert status(app, "done")[0].data_state == "silent"
    lacks = office["one"].get("/projects/hand-over?lacks=manager")
    assert "发热门诊楼" in lacks.text
    put_away(app)
    assert status(app, "done")[0].data_state == "ended"
    assert "发热门诊楼" not in office["one"].get("/projects/hand-over?lacks=manager").text
    with app.app_context():
        lines = report_board(acting("leader").actor, dt.date(2021, 12, 1)).lines
        assert "done" not in {line.slug for line in lines}
        assert "done" in {line.slug for line in report_board(acting("leader").actor, dt.date(2021, 8, 1)).lines}
        row = db.session.scalars(select(ProjectStatus).where(ProjectStatus.project_id == ids("done")[0])).one()
        assert (row.data_state, row.works_state) == ("ended", "finished")
