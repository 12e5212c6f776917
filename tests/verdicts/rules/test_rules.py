"""Rules L-5, L-8, L-9: versions, choices, previews and exemptions in the database, and their pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import (
    NOW,
    TODAY,
    actor_of,
    make_day,
    make_gate,
    make_place,
    make_programme,
    make_project,
    make_report,
    make_user,
    sign_in,
)
from flask import Flask
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, Exemption, Project, ProjectStatus, RuleSetVersion, UserPlace
from projects.verdicts.days.queries import statuses
from projects.verdicts.facts.facts import rule_set
from projects.verdicts.lights.queries import rules_on
from projects.verdicts.rules import operations, queries
from projects.verdicts.rules.figures import figures_of, to_entry
from projects.verdicts.status.operations import rebuild
from projects.verdicts.status.queries import computed

LATER = TODAY + dt.timedelta(days=10)


@pytest.fixture
def world(app: Flask) -> dict:
    """A project 15 points behind its plan at the end of October (25 % planned for July, 50 % for December), in a
    programme.
    """
    with app.app_context():
        make_day()
        people = {role: make_user(role, name=role) for role in ("dispatcher", "leader", "manager")}
        programme = make_programme()
        own = make_project("own", manager=people["manager"], programme_id=programme.id)
        other = make_project("other")
        for project in (own, other):
            make_report(
                project,
                "2021-10",
                author=people["manager"],
                preparation=100,
                foundation=100,
                structure=20,
                in_statistics=False,
                statistics_reason="手续未齐",
            )
        with transaction():
            operations.load_rule_sets(SYSTEM, NOW)
            rebuild(SYSTEM, NOW, TODAY)
        return {
            "programme": programme.id,
            "own": own.id,
            "other": other.id,
            "dispatcher": actor_of(people["dispatcher"]),
            "people": people,
        }


def stored(project_id: int) -> ProjectStatus:
    return db.session.scalars(
        select(ProjectStatus).where(ProjectStatus.project_id == project_id).execution_options(populate_existing=True)
    ).one()


def entry(**changes) -> dict[str, str]:
    figures = figures_of(rules_on(LATER).sets["gap"])
    return to_entry(figures) | {"reason": "县里要求从严"} | {name: str(value) for name, value in changes.items()}


def adopt(world: dict, seen: int = 1, today: dt.date = TODAY, **changes) -> RuleSetVersion:
    with transaction():
        return operations.adopt(Acting(world["dispatcher"], NOW, today), "gap", seen, entry(**changes))


def test_loading_the_shipped_sets_twice_adds_them_once(app: Flask, world: dict):
    with app.app_context(), transaction():
        assert operations.load_rule_sets(SYSTEM, NOW) == 0
        assert sorted(db.session.scalars(select(RuleSetVersion.key))) == ["escalating", "gap", "ratio"]


def test_a_changed_set_is_a_new_version_in_force_from_its_day_and_the_record_says_which(app: Flask, world: dict):
    with app.app_context():
        before = stored(world["own"])
        assert (before.rule_set, before.lights[1]) == ("gap-1", "y")
        adopt(world, progress_red=12)
        after = stored(world["own"])
        assert (after.rule_set, after.lights[1]) == ("gap-2", "r")
        assert [rules_on(day).sets["gap"].name for day in (TODAY - dt.timedelta(days=1), TODAY)] == ["gap-1", "gap-2"]
        yesterday = computed(None, TODAY - dt.timedelta(days=1))[0]
        assert {row.rule_set for row in yesterday} == {"gap-1"}
        told = db.session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "rules:set:adopted").order_by(AuditEntry.id.desc())
        ).first()
        assert told.changes["rule_set"] == ["gap-1", "gap-2"]
        assert told.changes["progress_red"] == [30.0, 12.0]


def test_what_is_stored_after_a_change_is_what_a_rebuild_makes(app: Flask, world: dict):
    with app.app_context():
        adopt(world, progress_red=12, behind_days=10)
        kept = statuses(None, TODAY)
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
        assert statuses(None, TODAY) == kept


def test_a_preview_is_what_adopting_does_and_stores_nothing(app: Flask, world: dict):
    with app.app_context():
        rules = rule_set("gap", 2, figures_of(rules_on(TODAY).sets["gap"]) | {"progress_red": 12.0})
        shifts, looked_at = queries.shifts(world["dispatcher"], rules_on(TODAY).with_set("gap", rules), TODAY)
        assert ([one.slug for one in shifts], looked_at) == (["other", "own"], 2)
        assert stored(world["own"]).rule_set == "gap-1"
        adopt(world, progress_red=12)
        assert {one.slug: one.after for one in shifts}["own"] == tuple(
            getattr(stored(world["own"]), name) for name in ("state", "light", "lights")
        )


def test_a_programme_may_follow_another_set_and_only_its_projects_change(app: Flask, world: dict):
    with app.app_context():
        with transaction():
            operations.choose(Acting(world["dispatcher"], NOW, TODAY), world["programme"], "escalating", "按市里办法")
        assert (stored(world["own"]).rule_set, stored(world["other"]).rule_set) == ("escalating-1", "gap-1")
        kept = statuses(None, TODAY)
        with transaction():
            operations.choose(Acting(world["dispatcher"], NOW, TODAY), None, "ratio", "改为比例")
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
        assert stored(world["own"]).rule_set == "escalating-1"
        assert statuses([world["own"]], TODAY) == {world["own"]: kept[world["own"]]}
        assert stored(world["other"]).rule_set == "ratio-1"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "progress_kind"),
        ({"progress_red": 5}, "progress_red"),
        ({"start_yellow": 4}, "start_red"),
        ({"behind_days": "1.5"}, "behind_days"),
        ({"behind_days": "x"}, "behind_days"),
        ({"progress_kind": "other"}, "progress_kind"),
        ({"progress_red": 12, "reason": ""}, "reason"),
    ],
)
def test_figures_that_can_not_be_are_refused_with_their_field(app: Flask, world: dict, changes: dict, field: str):
    with app.app_context(), pytest.raises(InvalidError) as problem:
        adopt(world, **changes)
    assert field in problem.value.fields


def test_a_version_adopted_meanwhile_is_a_conflict(app: Flask, world: dict):
    with app.app_context():
        adopt(world, progress_red=12)
        with pytest.raises(ConflictError):
            adopt(world, seen=1, progress_red=20)


def test_only_a_dispatcher_of_all_places_changes_rules(app: Flask, world: dict):
    with app.app_context():
        make_place()
        with transaction():
            db.session.add(UserPlace(user_id=world["people"]["dispatcher"].id, place_code="370800"))
        local = replace(world["dispatcher"], place_projects=frozenset({world["own"]}))
        leader = actor_of(world["people"]["leader"])
        for actor in (local, leader):
            with pytest.raises(ForbiddenError), transaction():
                operations.adopt(Acting(actor, NOW, TODAY), "gap", 1, entry(progress_red=12))
            with pytest.raises(ForbiddenError), transaction():
                operations.choose(Acting(actor, NOW, TODAY), None, "ratio", "x")


# --- exemptions -------------------------------------------------------------------------------------------------------

ASKED = {"light": "entry", "until": LATER.isoformat(), "requested_by": "第一人民医院来文", "reason": "统计库正在审核"}


def exempt(world: dict, actor=None, **changes) -> Exemption:
    with transaction():
        return operations.exempt(Acting(actor or world["dispatcher"], NOW, TODAY), world["own"], ASKED | changes)


def start(world: dict) -> None:
    """The works began in September, so that the statistics light is red."""
    make_gate(db.session.get_one(Project, world["own"]), "start", dt.date(2021, 9, 1))
    with transaction():
        rebuild(SYSTEM, NOW, TODAY)


def test_an_exemption_takes_the_light_out_of_the_count_until_its_day(app: Flask, world: dict):
    with app.app_context():
        start(world)
        assert stored(world["own"]).lights[3] == "r"
        exempt(world)
        assert stored(world["own"]).lights[3] == "x"
        by_day = {
            day: computed({world["own"]}, day)[0][0].lights[3]
            for day in (TODAY - dt.timedelta(days=1), TODAY, LATER, LATER + dt.timedelta(days=1))
        }
        assert list(by_day.values()) == ["r", "x", "x", "r"]


def test_an_exemption_that_is_ended_counts_no_more_and_keeps_its_row(app: Flask, world: dict):
    with app.app_context():
        start(world)
        row = exempt(world)
        with transaction():
            operations.end_exemption(Acting(world["dispatcher"], NOW, TODAY), world["own"], row.id)
        assert stored(world["own"]).lights[3] == "r"
        assert db.session.scalars(select(Exemption.ended_on)).all() == [TODAY]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"light": "all"}, "light"),
        ({"until": "2021-11-29"}, "until"),
        ({"until": "2023-01-01"}, "until"),
        ({"until": "bald"}, "until"),
        ({"reason": " "}, "reason"),
        ({"requested_by": ""}, "requested_by"),
    ],
)
def test_an_exemption_says_which_light_until_when_for_whom_and_why(app: Flask, world: dict, changes: dict, field: str):
    with app.app_context(), pytest.raises(InvalidError) as problem:
        exempt(world, **changes)
    assert field in problem.value.fields


def test_a_second_exemption_of_the_same_light_is_refused(app: Flask, world: dict):
    with app.app_context():
        exempt(world)
        with pytest.raises(InvalidError):
            exempt(world)


def test_who_works_on_the_project_can_not_approve_its_exemption(app: Flask, world: dict):
    with app.app_context():
        manager = actor_of(world["people"]["manager"], db.session.get_one(Project, world["own"]))
        with pytest.raises(ForbiddenError):
            exempt(world, manager)
        second = make_user("dispatcher")
        make_report(db.session.get_one(Project, world["own"]), "2021-09", author=second)
        with pytest.raises(ForbiddenError, match="另一位调度员"):
            exempt(world, actor_of(second))


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_pages_show_preview_and_adopt(app: Flask, world: dict):
    client = sign_in(app.test_client(), world["people"]["dispatcher"])
    with app.app_context():
        typed = entry(progress_red=12)
    shown = client.post("/rules/gap", data=typed | {"action": "preview", "seen": "1"})
    assert (shown.status_code, "2 个项目会变" in shown.text, 'value="12"' in shown.text) == (200, True, True)
    with app.app_context():
        assert db.session.scalars(select(RuleSetVersion.number).where(RuleSetVersion.key == "gap")).all() == [1]
    assert client.post("/rules/gap", data=typed | {"action": "adopt", "seen": "1"}).status_code == 302
    again = client.post("/rules/gap", data=typed | {"action": "adopt", "seen": "1", "progress_red": "20"})
    assert (again.status_code, "已有更新的版本" in again.text) == (409, True)
    assert "县里要求从严" in client.get("/rules/gap").text
    assert client.get("/rules/nothing").status_code == 404


def test_the_choice_is_previewed_and_made_on_the_page(app: Flask, world: dict):
    client = sign_in(app.test_client(), world["people"]["dispatcher"])
    typed = {"programme": str(world["programme"]), "key": "escalating", "reason": "按市里办法"}
    assert "看了 1 个" in client.post("/rules", data=typed | {"action": "preview"}).text
    assert client.post("/rules", data=typed | {"action": "adopt", "reason": ""}).status_code == 422
    assert client.post("/rules", data=typed | {"action": "adopt"}).status_code == 302
    assert "逐月升级" in client.get("/rules").text


def test_the_lights_page_tells_reasons_and_takes_an_exemption(app: Flask, world: dict):
    client = sign_in(app.test_client(), world["people"]["dispatcher"])
    page = client.get("/projects/own/lights").text
    assert "落后" in page
    assert client.post("/projects/own/lights", data=ASKED | {"until": ""}).status_code == 422
    assert client.post("/projects/own/lights", data=ASKED).status_code == 302
    page = client.get("/projects/own/lights").text
    assert "统计库正在审核" in page
    with app.app_context():
        number = db.session.scalars(select(Exemption.id)).one()
    assert client.post(f"/projects/own/lights/{number}/end").status_code == 302
    assert "已提前结束" in client.get("/projects/own/lights").text


def test_a_manager_reads_the_lights_and_not_the_rules(app: Flask, world: dict):
    client = sign_in(app.test_client(), world["people"]["manager"])
    assert client.get("/projects/own/lights").status_code == 200
    assert client.post("/projects/own/lights", data=ASKED).status_code == 403
    assert client.get("/rules").status_code == 403
    assert client.get("/projects/other/lights").status_code == 404


def test_a_payment_renews_the_payment_light_and_its_reversal_too(app: Flask, world: dict):
    """28 % done at the end of October: 60 % paid is more than 15 points ahead."""
    from projects.core.permissions import Actor
    from projects.money.ladder.operations import Amount, set_composition
    from projects.money.ledger.operations import reverse_entries, write_entries
    from projects.money.ledger.posting import Posting

    finance = Actor(None, "system", "system")
    with app.app_context():
        with transaction():
            set_composition(Acting(finance, NOW, TODAY), world["own"], Amount("cbi", "approved_estimate", 100_00, None))
        assert stored(world["own"]).lights[2] == "-"
        for step in ("allocated", "received", "paid"):
            with transaction():
                number = "发改投资〔2021〕1号" if step == "allocated" else ""
                ids = write_entries(
                    Acting(finance, NOW, TODAY),
                    [
                        (
                            world["own"],
                            Posting(source="cbi", step=step, on=TODAY, amount_fen=60_00, document_number=number),
                        )
                    ],
                )
        assert stored(world["own"]).lights[2] == "r"
        kept = statuses(None, TODAY)
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
        assert statuses(None, TODAY) == kept
        with transaction():
            set_composition(
                Acting(finance, NOW, TODAY), world["own"], Amount("cbi", "approved_estimate", 200_00, 100_00)
            )
        assert stored(world["own"]).lights[2] == "g"
        with transaction():
            reverse_entries(Acting(finance, NOW, TODAY), ids, "记错")
        assert computed({world["own"]}, TODAY)[0][0].light_reasons == stored(world["own"]).light_reasons


def test_the_preview_of_a_report_judges_by_the_projects_own_rules(app: Flask, world: dict):
    """The same forecast is behind by one set and at risk by the other; preview and stored verdict agree."""
    from builders import make_target

    from projects.portfolio.reports.queries import preview
    from projects.works.reports.queries import report_form_data

    with app.app_context():
        make_target(db.session.get_one(Project, world["own"]), threshold=60, due=dt.date(2021, 12, 10))
        for seen, least in ((1, 97), (2, 3)):
            adopt(world, seen=seen, kept_from=97, risk_from=least)
            data = report_form_data(SYSTEM, "own", dt.date(2021, 11, 1))
            (change,) = preview(data, data.previous.content, TODAY).changes
            (row,) = computed({world["own"]}, TODAY)[1]
            assert change.before.state == row.state == ("behind" if least == 97 else "at_risk")
