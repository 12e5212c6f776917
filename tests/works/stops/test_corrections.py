"""Rule S-14: stops with an expected resumption, corrected and withdrawn: operations, history, verdicts and pages."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from approving import approved, make_approver, with_consent
from builders import NOW, TODAY, actor_of, make_day, make_gate, make_project, make_report, make_user, sign_in
from entering import history
from flask import Flask
from sqlalchemy import select
from standing import rebuilt, stored

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import Event
from projects.verdicts.days.queries import statuses
from projects.verdicts.status.operations import rebuild
from projects.works.stops.operations import correct_stop, note_stop, withdraw_stop
from projects.works.stops.queries import content_of

STOP = {"effect": "stop", "on": "2021-11-10", "expected": "", "reason": "停工令〔2021〕3号"}
RESUME = STOP | {"effect": "resume", "on": "2021-11-20", "reason": "复工令"}
PAGE = "/projects/one/forecast"


@pytest.fixture
def world(app: Flask) -> dict:
    make_approver(app)
    with app.app_context():
        make_day()
        manager = make_user("manager", name="manager")
        due = dt.date(2022, 6, 30)
        project = make_project("one", manager=manager, targets=[{"threshold": 50, "due": due}])
        make_gate(project)
        for month, structure in (("2021-09", 10), ("2021-10", 20)):
            make_report(project, month, author=manager, preparation=100, foundation=100, structure=structure)
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
        return {"manager": manager, "project": project, "id": project.id, "leader": make_user("leader")}


def acting(world: dict, role: str = "manager") -> Acting:
    own = [world["project"]] if role == "manager" else []
    return Acting(with_consent(actor_of(world[role], *own)), NOW, TODAY)


def note(world: dict, entry: dict, **changes: str) -> Event:
    with transaction():
        return note_stop(acting(world), world["id"], entry | changes)


def correct(world: dict, event: Event, seen: str | None = None, role: str = "manager", **changes: str) -> Event:
    entry = {"on": str(event.happened_on), "expected": str(event.expected_on or ""), "reason": event.text}
    with transaction():
        return correct_stop(
            acting(world, role),
            world["id"],
            event.id,
            seen or content_of(event),
            entry | {"why": "抄错"} | changes,
        )


def withdraw(world: dict, event: Event, seen: str | None = None, why: str = "误登") -> None:
    with transaction():
        withdraw_stop(acting(world), world["id"], event.id, seen or content_of(event), {"why": why})


def events() -> list[Event]:
    return list(db.session.scalars(select(Event).order_by(Event.happened_on, Event.id)))


# --- an expected resumption -------------------------------------------------------------------------------------------


def test_s14_the_plan_and_the_stored_verdicts_reckon_with_the_expected_day(app: Flask, world: dict):
    with app.app_context():
        before = statuses([world["id"]], TODAY)[world["id"]]
        event = note(world, STOP, expected="2021-12-20")
        assert event.expected_on == dt.date(2021, 12, 20)
        after = statuses([world["id"]], TODAY)[world["id"]]
        assert after.plan_finish - before.plan_finish == dt.timedelta(days=40)
        assert after.forecast_finish - before.forecast_finish == dt.timedelta(days=40)
        assert (after.works_state, after.probability, after.forecast_p10) == ("stopped", None, None)
        assert after.state in {"at_risk", "behind"}
        assert stored() == rebuilt()
    assert history(app, "project:works:stopped")[-1][1]["expected"] == [None, "2021-12-20"]


def test_s14_a_stop_without_the_day_is_told_in_history_as_before(app: Flask, world: dict):
    with app.app_context():
        note(world, STOP)
    assert set(history(app, "project:works:stopped")[-1][1]) == {"effect", "on", "reason", "consent"}


# --- corrections ------------------------------------------------------------------------------------------------------


def test_s14_a_correction_moves_the_plan_and_the_history_holds_both(app: Flask, world: dict):
    with app.app_context():
        event = note(world, STOP)
        before = statuses([world["id"]], TODAY)[world["id"]].plan_finish
        correct(world, event, on="2021-11-15", expected="2021-12-05", reason="停工令〔2021〕5号")
        after = statuses([world["id"]], TODAY)[world["id"]]
        assert after.plan_finish == before  # stopped 20 days, up to the day; now 20 up to the day it is to go on
        assert after.forecast_finish is not None
        assert stored() == rebuilt()
    assert history(app, "project:works:corrected") == [
        (
            "done",
            {
                "effect": ["stop", "stop"],
                "on": ["2021-11-10", "2021-11-15"],
                "expected": [None, "2021-12-05"],
                "reason": ["停工令〔2021〕3号", "停工令〔2021〕5号"],
                "correction_reason": ["", "抄错"],
                "consent": [None, "approver"],
            },
        )
    ]


@pytest.mark.parametrize(
    ("place", "changes", "field"),
    [
        (0, {"on": "2021-11-21"}, "on"),  # after its own resumption
        (0, {"on": "2021-12-01"}, "on"),
        (1, {"on": "2021-11-09"}, "on"),  # a resumption before its stop
        (1, {"on": "2021-11-26"}, "on"),  # overlapping with the next stop
        (2, {"on": "2021-11-19"}, "on"),
        (1, {"expected": "2021-12-01"}, "expected"),
        (2, {"expected": "2021-11-25"}, "expected"),
        (0, {"reason": " "}, "reason"),
        (0, {"on": "2021-11-11", "why": ""}, "why"),
    ],
)
def test_s14_a_correction_that_can_not_be_is_refused_with_its_field(app, world, place, changes, field):
    with app.app_context():
        known = [note(world, STOP), note(world, RESUME), note(world, STOP, on="2021-11-25")]
        with pytest.raises(InvalidError) as problem:
            correct(world, known[place], **changes)
        assert list(problem.value.fields) == [field]
    assert history(app, "project:works:corrected") == []


@pytest.mark.parametrize(
    ("place", "on"), [(0, "2021-11-20"), (1, "2021-11-10"), (1, "2021-11-25"), (2, "2021-11-20"), (2, "2021-11-30")]
)
def test_s14_a_record_may_move_up_to_the_day_of_the_next_one(app, world, place, on):
    with app.app_context():
        known = [note(world, STOP), note(world, RESUME), note(world, STOP, on="2021-11-25")]
        correct(world, known[place], on=on)
        assert [one.effect for one in events()] == ["stop", "resume", "stop"]


def test_s14_records_of_one_day_keep_their_order(app, world):
    """The resumption was entered first: on the stop's own day it would come before it."""
    with app.app_context():
        with transaction():
            for effect, on in (("resume", dt.date(2021, 11, 20)), ("stop", dt.date(2021, 11, 10))):
                db.session.add(Event(project_id=world["id"], happened_on=on, text="x", source="x", effect=effect))
        stop, resume = events()
        with pytest.raises(InvalidError):
            correct(world, resume, on="2021-11-10")
        with pytest.raises(InvalidError):
            correct(world, stop, on="2021-11-20")
        correct(world, resume, on="2021-11-11")


def test_s14_the_same_again_is_no_correction(app, world):
    with app.app_context():
        event = note(world, STOP)
        correct(world, event)
        seen = content_of(event)
        correct(world, event, reason="另一原因")
        correct(world, event, seen)  # a double click: the content is the one asked for
        with pytest.raises(ConflictError):
            correct(world, event, seen, reason="再一原因")
    assert len(history(app, "project:works:corrected")) == 1


def test_s14_of_two_at_once_the_second_is_told(app, world):
    with app.app_context():
        event = note(world, STOP)
        seen = content_of(event)
        correct(world, event, on="2021-11-12")
        with pytest.raises(ConflictError, match="刚被他人改过"):
            correct(world, event, seen, on="2021-11-13")
        with pytest.raises(ConflictError, match="刚被他人改过"):
            withdraw(world, event, seen)
        withdraw(world, event)
        with transaction(), pytest.raises(ConflictError, match="可能刚被他人撤销"):
            correct_stop(acting(world), world["id"], 1, seen, {"on": "2021-11-13", "reason": "x", "why": "x"})


# --- withdrawals ------------------------------------------------------------------------------------------------------


def test_s14_a_withdrawn_stop_leaves_the_plan_as_it_was_and_the_history_whole(app, world):
    with app.app_context():
        before = stored()
        event = note(world, STOP, expected="2021-12-20")
        withdraw(world, event)
        assert events() == []
        assert stored() == before
    assert history(app, "project:works:withdrawn") == [
        (
            "done",
            {
                "effect": ["stop", None],
                "on": ["2021-11-10", None],
                "expected": ["2021-12-20", None],
                "reason": ["停工令〔2021〕3号", None],
                "correction_reason": ["", "误登"],
                "consent": [None, "approver"],
            },
        )
    ]


def test_s14_a_withdrawal_leaves_no_resumption_alone_and_no_stops_that_overlap(app, world):
    with app.app_context():
        stop, resume, again = note(world, STOP), note(world, RESUME), note(world, STOP, on="2021-11-25")
        for one in (stop, resume):
            with pytest.raises(InvalidError) as problem:
                withdraw(world, one)
            assert list(problem.value.fields) == ["on"]
        with pytest.raises(InvalidError) as problem:
            withdraw(world, again, why="")
        assert list(problem.value.fields) == ["why"]
        for one in (again, resume, stop):
            withdraw(world, one)
        assert events() == []


def test_s14_what_else_happened_on_site_and_other_projects_stops_are_not_changed_here(app, world):
    with app.app_context():
        with transaction():
            public = Event(project_id=world["id"], happened_on=TODAY, text="封顶", source="官网", gate_key="topped_out")
            db.session.add(public)
        with pytest.raises(NotFoundError):
            correct(world, public, on="2021-11-12")
        with pytest.raises(NotFoundError):
            withdraw(world, public)
        other = make_project("two")
        with transaction():
            foreign = Event(project_id=other.id, happened_on=TODAY, text="x", source="x", effect="stop")
            db.session.add(foreign)
        with pytest.raises(ConflictError):
            correct(world, foreign, on="2021-11-12")
        assert db.session.get(Event, foreign.id).happened_on == TODAY


def test_s14_only_who_may_plan_may_correct(app, world):
    with app.app_context():
        event = note(world, STOP)
        with pytest.raises(ForbiddenError):
            correct(world, event, role="leader", on="2021-11-12")
        with pytest.raises(ForbiddenError), transaction():
            withdraw_stop(acting(world, "leader"), world["id"], event.id, content_of(event), {"why": "x"})


# --- the page ---------------------------------------------------------------------------------------------------------


def seen_in(page: str) -> str:
    return re.search(r'name="seen" type="hidden" value="(\w*)"', page)[1]


def test_s14_the_page_takes_an_expected_day_and_keeps_what_is_wrong(app, world):
    client = sign_in(app.test_client(), world["manager"])
    wrong = client.post(PAGE, data=STOP | {"expected": "2021-11-10"})
    assert wrong.status_code == 422
    assert "预计复工日应晚于停工日 (2021-11-10)" in wrong.text
    assert 'value="停工令〔2021〕3号"' in wrong.text
    typed = client.post(PAGE, data=STOP | {"expected": "下月"})
    assert (typed.status_code, 'value="下月"' in typed.text) == (422, True)
    asked = {"expected": "2021-12-20", "why": "停工令已下"}
    assert client.post(PAGE, data=STOP | asked).status_code == 302
    assert "按 2021-12-20 复工计" not in client.get(PAGE).text  # while it waits
    assert approved(app) == "approved"
    shown = client.get(PAGE).text
    assert "2021-12-20" in shown
    assert "按 2021-12-20 复工计" in shown
    assert "可能性怎样变化" in shown


def test_s14_a_record_is_corrected_and_withdrawn_on_the_page(app, world):
    with app.app_context():
        number = note(world, STOP).id
    client = sign_in(app.test_client(), world["manager"])
    assert f"edit={number}#stop-form" in client.get(PAGE).text
    form = client.get(f"{PAGE}?edit={number}").text
    assert 'value="2021-11-10"' in form
    data = STOP | {"on": "2021-11-12", "why": "抄错", "seen": seen_in(form)}
    refused = client.post(f"{PAGE}/stops/{number}", data=data | {"why": "", "reason": "新的原因"})
    assert refused.status_code == 422
    assert "请写明为什么更正或撤销" in refused.text
    assert 'value="新的原因"' in refused.text
    assert client.post(f"{PAGE}/stops/{number}", data=data).status_code == 302
    assert 'value="2021-11-10"' in client.get(f"{PAGE}?edit={number}").text  # while it waits
    assert approved(app) == "approved"
    assert "2021-11-12" in client.get(PAGE).text
    form = client.get(f"{PAGE}?edit={number}").text
    withdrawal = data | {"action": "withdraw", "seen": seen_in(form)}
    assert client.post(f"{PAGE}/stops/{number}", data=withdrawal).status_code == 302
    assert approved(app) == "approved"
    assert "没有停工记录" in client.get(PAGE).text
    assert client.get(f"{PAGE}?edit={number}").status_code == 404


def test_s14_who_was_slower_sees_both_and_may_send_again(app, world):
    with app.app_context():
        number = note(world, STOP).id
    client = sign_in(app.test_client(), world["manager"])
    old = seen_in(client.get(f"{PAGE}?edit={number}").text)
    data = STOP | {"why": "抄错", "seen": old}
    assert client.post(f"{PAGE}/stops/{number}", data=data | {"on": "2021-11-12"}).status_code == 302
    assert approved(app) == "approved"
    late = client.post(f"{PAGE}/stops/{number}", data=data | {"on": "2021-11-13"})
    assert late.status_code == 409
    assert "刚被他人改过" in late.text
    assert "现有记录: 2021-11-12" in re.sub(r"\s+", " ", late.text)
    assert 'value="2021-11-13"' in late.text
    again = client.post(f"{PAGE}/stops/{number}", data=data | {"on": "2021-11-13", "seen": seen_in(late.text)})
    assert again.status_code == 302
    assert approved(app) == "approved"
    withdrawal = data | {"action": "withdraw", "seen": seen_in(client.get(f"{PAGE}?edit={number}").text)}
    assert client.post(f"{PAGE}/stops/{number}", data=withdrawal).status_code == 302
    assert approved(app) == "approved"
    gone = client.post(f"{PAGE}/stops/{number}", data=data | {"on": "2021-11-14", "reason": "我写的"})
    assert gone.status_code == 404
    assert "可能刚被他人撤销" in gone.text
    assert 'value="我写的"' in gone.text


def test_s14_a_leader_is_offered_no_correction(app, world):
    with app.app_context():
        number = note(world, STOP).id
    client = sign_in(app.test_client(), world["leader"])
    assert "edit=" not in client.get(PAGE).text
    assert client.get(f"{PAGE}?edit={number}").status_code == 403
    assert client.post(f"{PAGE}/stops/{number}", data=STOP).status_code == 403


def test_s14_a_past_day_offers_no_correction(app, world):
    with app.app_context():
        number = note(world, STOP).id
    client = sign_in(app.test_client(), world["manager"])
    page = client.get(f"{PAGE}?edit={number}&as_of=2021-11-29")
    assert (page.status_code, "/stops/" in page.text, "stop-form" in page.text) == (200, False, False)
    assert client.post(f"{PAGE}/stops/{number}?as_of=2021-11-29", data=STOP).status_code == 409
