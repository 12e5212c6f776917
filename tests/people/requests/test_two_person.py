"""RQ-3: what an installation puts under the rule is asked for by one and agreed to by another with the same right in
the same place; what it does not, one person does as before.
"""

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from people.requests.test_offices import decides, newest

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError
from projects.core.permissions import SYSTEM
from projects.core.tables import Setting
from projects.database import transaction
from projects.extensions import db
from projects.models import FundingLimit, FundingPeriod, RuleChoice, RuleSetVersion, UserPlace
from projects.money.receipts.operations import close_month, reopen_month
from projects.verdicts.rules.figures import figures_of, to_entry
from projects.verdicts.rules.operations import load_rule_sets

MONTH = dt.date(2021, 10, 1)


def under_the_rule(app: Flask, groups: str) -> None:
    with app.app_context(), transaction():
        db.session.merge(Setting(key="two_person", value=groups))


@pytest.fixture
def clients(app: Flask) -> dict[str, FlaskClient]:
    """Two of finance and two of dispatch for everywhere, one of finance for 济宁; two closed months."""
    with app.app_context():
        make_day()
        make_place("370000", "山东省")
        make_place("370800", "济宁市", "370000")
        make_project("own")
        roles = {
            "fin": "finance",
            "fin-two": "finance",
            "local": "finance",
            "dis": "dispatcher",
            "dis-two": "dispatcher",
        }
        people = {name: make_user(role, name=name) for name, role in roles.items()}
        with transaction():
            load_rule_sets(SYSTEM, NOW)
            db.session.add(UserPlace(user_id=people["local"].id, place_code="370800"))
            close_month(Acting(SYSTEM, NOW, TODAY), MONTH, "370800", {})
            close_month(Acting(SYSTEM, NOW, TODAY), dt.date(2021, 9, 1), "", {})
    return {name: sign_in(app.test_client(), user) for name, user in people.items()}


def standing(app: Flask) -> list[dt.date]:
    with app.app_context():
        found = db.select(FundingPeriod.month).where(FundingPeriod.reopened_at.is_(None)).order_by(FundingPeriod.month)
        return list(db.session.scalars(found))


def reopens(client: FlaskClient, month: str = "2021-10", place: str = "370800", **fields: str):
    return client.post(f"/months/{month}/reopen?place={place}", data={"reason": "漏记一笔到账"} | fields)


# --- months -----------------------------------------------------------------------------------------------------------


def test_without_the_setting_one_person_reopens_a_month(app: Flask, clients):
    """The control: the mechanism is there, and nobody has asked for it."""
    assert "提出申请" not in clients["fin"].get("/months/2021-10/reopen?place=370800").text
    assert reopens(clients["fin"]).status_code == 302
    assert standing(app) == [dt.date(2021, 9, 1)]


def test_with_it_another_one_of_the_place_agrees(app: Flask, clients):
    under_the_rule(app, "months")
    assert "要两个人办" in clients["fin"].get("/months/2021-10/reopen?place=370800").text
    asked = reopens(clients["fin"])
    row = newest(app)
    assert asked.location == f"/requests/{row.id}"
    assert MONTH in standing(app)
    assert "2021-10 济宁市" in clients["local"].get("/requests").text
    assert decides(clients["fin"], row).status_code == 403  # who gains by it
    assert decides(clients["dis"], row).status_code == 404
    assert decides(clients["local"], row).status_code == 302
    assert MONTH not in standing(app)
    with app.app_context():
        period = db.session.scalars(db.select(FundingPeriod).where(FundingPeriod.month == MONTH)).one()
        assert (period.reopened_by_id, period.reopen_reason) == (row.proposer_id, "漏记一笔到账")


def test_a_month_of_everywhere_is_not_for_one_place(app: Flask, clients):
    under_the_rule(app, "months")
    assert reopens(clients["fin"], "2021-09", "").status_code == 302
    row = newest(app)
    assert clients["local"].get(f"/requests/{row.id}").status_code == 404
    assert decides(clients["fin-two"], row).status_code == 302
    assert standing(app) == [MONTH]


def test_a_month_can_be_reopened_first_and_confirmed_afterwards(app: Flask, clients):
    under_the_rule(app, "months")
    assert reopens(clients["local"], emergency="y").status_code == 302
    assert MONTH not in standing(app)
    assert "紧急办理, 未获同意" in clients["fin"].get("/").text
    assert decides(clients["fin"], newest(app)).status_code == 302
    assert newest(app).state == "approved"


def test_a_month_reopened_meanwhile_is_not_reopened_again(app: Flask, clients):
    under_the_rule(app, "months")
    reopens(clients["fin"])
    with app.app_context(), transaction():
        period = db.session.scalars(db.select(FundingPeriod).where(FundingPeriod.month == MONTH)).one()
        reopen_month(Acting(SYSTEM, NOW, TODAY), period.id, "命令行")
    decides(clients["local"], newest(app))
    assert (newest(app).state, newest(app).words) == ("overtaken", "这个月已经重新开账, 请刷新后再看")


def test_the_operation_refuses_whoever_comes_without_consent(app: Flask, clients):
    from builders import actor_of

    under_the_rule(app, "months,rules,limits")
    with app.app_context():
        finance = make_user("finance")
        period = db.session.scalars(db.select(FundingPeriod.id).where(FundingPeriod.month == MONTH)).one()
        with pytest.raises(ForbiddenError), transaction():
            reopen_month(Acting(actor_of(finance), NOW, TODAY), period, "漏记")


# --- limits -----------------------------------------------------------------------------------------------------------


def limits_here(app: Flask) -> list[tuple[str, int | None]]:
    with app.app_context():
        return [(row.key, row.number) for row in db.session.scalars(db.select(FundingLimit).order_by(FundingLimit.id))]


def test_a_limit_is_changed_by_two(app: Flask, clients):
    under_the_rule(app, "limits")
    typed = {"value": "6", "law": "市财〔2021〕9号", "reason": "市里要求从严"}
    assert "要两个人办" in clients["fin"].get("/findings/limits?edit=idle_months").text
    assert clients["fin"].post("/findings/limits/idle_months", data=typed | {"reason": ""}).status_code == 422
    assert clients["fin"].post("/findings/limits/idle_months", data=typed | {"law": ""}).status_code == 422
    assert clients["fin"].post("/findings/limits/idle_months", data=typed).status_code == 302
    row = newest(app)
    assert limits_here(app) == []
    assert row.about == "F-8 资金闲置"
    assert row.changes == {"limit": ["12", "6"], "law": [None, "市财〔2021〕9号"]}
    assert clients["local"].get(f"/requests/{row.id}").status_code == 404
    assert decides(clients["fin"], row).status_code == 403
    assert decides(clients["fin-two"], row).status_code == 302
    assert limits_here(app) == [("idle_months", 6)]


def test_a_limit_changed_meanwhile_is_left(app: Flask, clients):
    under_the_rule(app, "limits")
    typed = {"value": "6", "law": "市财〔2021〕9号", "reason": "市里要求从严"}
    clients["fin"].post("/findings/limits/idle_months", data=typed)
    under_the_rule(app, "")
    clients["fin-two"].post("/findings/limits/idle_months", data=typed | {"value": "9"})
    decides(clients["fin-two"], newest(app))
    assert newest(app).state == "overtaken"
    assert limits_here(app) == [("idle_months", 9)]


def test_a_row_beside_a_limit_is_added_by_two(app: Flask, clients):
    under_the_rule(app, "limits")
    typed = {"value": "6", "law": "市通知", "valid_from": "2025-01-01", "reason": "新规定"}
    assert clients["fin"].post("/findings/limits/idle_months/rows", data=typed).status_code == 302
    assert limits_here(app) == []
    assert decides(clients["fin-two"], newest(app)).status_code == 302
    assert limits_here(app) == [("idle_months.1", 6)]


# --- rules ------------------------------------------------------------------------------------------------------------


def test_a_rule_set_is_adopted_and_chosen_by_two(app: Flask, clients):
    under_the_rule(app, "rules")
    with app.app_context():
        from projects.verdicts.lights.queries import rules_on

        entry = to_entry(figures_of(rules_on(TODAY).sets["gap"])) | {"progress_red": "12", "reason": "从严"}
    typed = entry | {"action": "adopt", "seen": "1", "evidence": "济卫规〔2021〕2号"}
    assert "提出申请" in clients["dis"].get("/rules/gap").text
    assert clients["dis"].post("/rules/gap", data=typed).status_code == 302
    row = newest(app)
    assert row.evidence == "济卫规〔2021〕2号"
    assert decides(clients["dis"], row).status_code == 403
    assert decides(clients["fin"], row).status_code == 404
    with app.app_context():
        numbers = db.select(RuleSetVersion.number).where(RuleSetVersion.key == "gap")
        assert list(db.session.scalars(numbers)) == [1]
    assert decides(clients["dis-two"], row).status_code == 302
    with app.app_context():
        newest_version = db.session.scalars(db.select(RuleSetVersion).where(RuleSetVersion.number == 2)).one()
        assert (newest_version.key, newest_version.author_id) == ("gap", row.proposer_id)
        assert newest_version.adopted_on == TODAY
    chosen = {"programme": "", "key": "ratio", "reason": "改用序时", "action": "adopt"}
    assert clients["dis-two"].post("/rules", data=chosen).status_code == 302
    assert decides(clients["dis"], newest(app)).status_code == 302
    with app.app_context():
        assert db.session.scalars(db.select(RuleChoice.key)).all() == ["ratio"]


def test_where_nobody_could_agree_nothing_is_asked_for(app: Flask, clients):
    under_the_rule(app, "rules")
    with app.app_context(), transaction():
        from projects.models import User

        db.session.execute(db.update(User).where(User.username == "dis-two").values(is_active=False))
    chosen = {"programme": "", "key": "ratio", "reason": "改用序时", "action": "adopt"}
    answer = clients["dis"].post("/rules", data=chosen)
    assert answer.status_code == 409
    assert "没有第二个人" in answer.text
