"""The API for programs: tokens shown once and hashed, within the person's rights and the token's, refused the moment
they end; one shape of errors.
"""

from __future__ import annotations

import datetime as dt
import json

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_report, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError, InvalidError
from projects.core.permissions import SYSTEM, may
from projects.database import transaction
from projects.extensions import db
from projects.models import ApiToken, AuditEntry, User, UserPlace
from projects.people.sign_in.queries import actor_of, token_hash
from projects.people.tokens import operations, queries, rules
from projects.verdicts.status.operations import rebuild

LONG_AGO = dt.timedelta(days=400)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def people(app: Flask) -> dict[str, User]:
    """A leader and a finance person of 济宁, with two projects there and one elsewhere."""
    with app.app_context():
        make_day()
        make_place()
        make_place("360900", "宜春市")
        found = {role: make_user(role, name=role) for role in ("leader", "finance", "manager", "admin")}
        with transaction():
            db.session.add_all(
                [UserPlace(user_id=found[role].id, place_code="370800") for role in ("leader", "finance")]
            )
        for slug, place in (("one", "370800"), ("two", "370800"), ("elsewhere", "360900")):
            project = make_project(slug, place_code=place, targets=[{"threshold": 50, "due": dt.date(2021, 12, 31)}])
            make_report(project, "2021-10", author=found["manager"], foundation=100, structure=40)
        with transaction():
            rebuild(SYSTEM, NOW, dt.date(2021, 11, 30))
    return found


def by(person: User, at: dt.datetime | None = None) -> Acting:
    return Acting(actor_of(person), at or now(), TODAY)


def make_token(app: Flask, user: User, *chosen: str, at: dt.datetime | None = None, days: int = 30) -> str:
    with app.app_context(), transaction():
        person = db.session.get(User, user.id)
        return operations.create(by(person, at), name="大屏", chosen=chosen or ("projects",), days=days)


def ask(app: Flask, address: str, token: str | None = None, **headers: str):
    """A request by a program of its own: no cookie is sent."""
    given = {"Authorization": f"Bearer {token}"} if token else {}
    return app.test_client(use_cookies=False).get(address, headers=given | headers)


def test_a_token_reads_what_its_person_may_see_and_nothing_else(app: Flask, people):
    token = make_token(app, people["leader"], "projects", "reports", "money")
    answer = ask(app, "/api/v1/projects", token)
    assert answer.status_code == 200
    assert {one["slug"] for one in answer.json["items"]} == {"one", "two"}
    assert answer.json["total"] == 2
    shown = ask(app, "/api/v1/projects/one", token).json
    assert shown["targets"][0]["threshold"] == 50
    assert shown["reports"][0]["month"] == "2021-10"
    assert shown["money"] == []
    assert ask(app, "/api/v1/projects/elsewhere", token).status_code == 404
    assert len(ask(app, "/api/v1/targets", token).json["items"]) == 2
    assert "Set-Cookie" not in answer.headers


def test_lists_come_in_pages(app: Flask, people):
    with app.app_context(), transaction():
        for number in range(30):
            make_project(f"p{number}", targets=[{"threshold": 50, "due": dt.date(2021, 12, 31)}])
        rebuild(SYSTEM, NOW, dt.date(2021, 11, 30))
    token = make_token(app, people["leader"])
    for address in ("/api/v1/projects", "/api/v1/targets"):
        first = ask(app, f"{address}?per_page=25", token).json
        second = ask(app, f"{address}?per_page=25&page=2", token).json
        assert (first["total"], len(first["items"]), first["next"], len(second["items"]), second["next"]) == (
            32,
            25,
            2,
            7,
            None,
        )
        assert len({one["slug"] for one in first["items"] + second["items"]}) == 32


def test_a_token_does_no_more_than_it_was_given(app: Flask, people):
    token = make_token(app, people["finance"], "projects")
    shown = ask(app, "/api/v1/projects/one", token).json
    assert "reports" not in shown
    assert "money" not in shown
    with app.app_context():
        actor = queries.bearer_of(token, now()).actor
        assert not may(actor, "funding.write")
        assert not may(actor, "token.write")
        with pytest.raises(ForbiddenError), transaction():
            operations.create(Acting(actor, now(), TODAY), name="再来一个", chosen=["projects"], days=30)


def test_a_token_loses_what_its_person_loses_at_once(app: Flask, people):
    token = make_token(app, people["leader"])
    with app.app_context(), transaction():
        db.session.query(UserPlace).where(UserPlace.user_id == people["leader"].id).update({"place_code": "360900"})
    assert {one["slug"] for one in ask(app, "/api/v1/projects", token).json["items"]} == {"elsewhere"}
    with app.app_context(), transaction():
        db.session.get(User, people["leader"].id).role = "admin"
    assert ask(app, "/api/v1/projects", token).status_code == 403
    with app.app_context(), transaction():
        db.session.get(User, people["leader"].id).is_active = False
    assert ask(app, "/api/v1/projects", token).status_code == 401


def test_expired_revoked_and_unknown_tokens_answer_alike(app: Flask, people):
    expired = make_token(app, people["leader"], at=now() - LONG_AGO, days=365)
    revoked = make_token(app, people["leader"])
    with app.app_context(), transaction():
        row = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash(revoked)))
        operations.revoke(by(db.session.get(User, people["leader"].id)), row.id)
    unknown = rules.PREFIX + "A" * 43
    answers = [ask(app, "/api/v1/projects", token) for token in (expired, revoked, unknown, "x", "")]
    answers.append(ask(app, "/api/v1/projects", None, Authorization="Basic bGVhZGVyOng="))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers[:3]}) == 1
    assert all(answer.headers["WWW-Authenticate"].startswith("Bearer") for answer in answers)


def test_only_the_hash_is_stored_and_the_token_is_in_no_row_of_any_table(app: Flask, people):
    token = make_token(app, people["leader"])
    ask(app, "/api/v1/projects", token)
    with app.app_context():
        rows = repr([db.session.execute(table.select()).all() for table in db.metadata.sorted_tables])
    assert token not in rows
    assert token[len(rules.PREFIX) :] not in rows
    assert token_hash(token) in rows
    assert len(token) - len(rules.PREFIX) == 43  # 32 random bytes


def test_the_page_shows_a_new_token_once_and_takes_it_back(app: Flask, client: FlaskClient, people):
    sign_in(client, people["leader"])
    page = client.post("/tokens", data={"name": "每日汇总", "chosen": ["projects"], "days": "90"})
    assert page.status_code == 200
    token = page.text.split('<code class="secret">')[1].split("<")[0]
    assert rules.looks_right(token)
    again = client.get("/tokens").text
    assert token not in again
    assert "每日汇总" in again
    assert "从未使用" in again
    assert ask(app, "/api/v1/projects", token).status_code == 200
    assert "从未使用" not in client.get("/tokens").text
    with app.app_context():
        key = db.session.scalar(select(ApiToken.id))
    assert client.post(f"/tokens/{key}/revoke").status_code == 302
    assert ask(app, "/api/v1/projects", token).status_code == 401
    with app.app_context():
        tags = list(
            db.session.scalars(
                select(AuditEntry.tag).where(AuditEntry.tag.startswith("user:token")).order_by(AuditEntry.id)
            )
        )
    assert tags == ["user:token:made", "user:token:revoked", "user:token:refused"]


@pytest.mark.parametrize(
    "data",
    [
        {"name": "", "chosen": ["projects"], "days": "30"},
        {"name": "x", "chosen": ["projects"], "days": "366"},
        {"name": "x", "chosen": ["projects"], "days": "0"},
        {"name": "x", "chosen": ["user.write"], "days": "30"},
        {"name": "x" * 61, "chosen": ["projects"], "days": "30"},
    ],
)
def test_a_token_that_goes_too_far_is_refused_on_the_page(client: FlaskClient, people, data):
    sign_in(client, people["leader"])
    assert client.post("/tokens", data=data).status_code == 422


def test_nobody_takes_back_anothers_token_and_offices_have_none(app: Flask, client: FlaskClient, people):
    token = make_token(app, people["leader"])
    with app.app_context():
        key = db.session.scalar(select(ApiToken.id))
    sign_in(client, people["finance"])
    assert client.post(f"/tokens/{key}/revoke").status_code == 404
    assert ask(app, "/api/v1/projects", token).status_code == 200
    with pytest.raises(ForbiddenError):
        make_token(app, people["admin"])


def test_a_person_has_so_many_tokens_and_no_more(app: Flask, people):
    for _ in range(rules.MOST):
        make_token(app, people["leader"])
    with pytest.raises(InvalidError):
        make_token(app, people["leader"])


def test_the_use_is_noted_at_most_once_a_minute(app: Flask, people):
    token = make_token(app, people["leader"])

    def used() -> dt.datetime | None:
        with app.app_context():
            return db.session.scalar(select(ApiToken.last_used_at))

    ask(app, "/api/v1/projects", token)
    first = used()
    ask(app, "/api/v1/projects", token)
    assert used() == first
    with app.app_context(), transaction():
        db.session.query(ApiToken).update({"last_used_at": first - dt.timedelta(minutes=2)})
    ask(app, "/api/v1/projects", token)
    assert used() > first - dt.timedelta(minutes=1)


def test_guesses_are_counted_and_turned_away_without_shutting_the_office_out(app: Flask, people):
    token = make_token(app, people["leader"])
    codes = [
        ask(app, "/api/v1/projects", f"{rules.PREFIX}{number:043}").status_code for number in range(rules.GUESSES + 10)
    ]
    assert codes == [401] * rules.GUESSES + [429] * 10
    with app.app_context():
        refused = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "user:token:refused")).all()
    assert len(refused) == rules.GUESSES + 2, "and the 1st and the 10th that were turned away"
    assert {(entry.result, entry.address) for entry in refused} == {("refused", "127.0.0.1")}
    assert ask(app, "/api/v1/projects", token).status_code == 200


def test_a_signed_in_browser_reads_too_but_a_header_stands_above_the_cookie(client: FlaskClient, people):
    sign_in(client, people["leader"])
    assert client.get("/api/v1/projects").json["total"] == 2
    assert client.get("/api/v1/projects", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_token_opens_no_page_and_writes_nothing(app: Flask, people):
    token = make_token(app, people["finance"], "projects", "money")
    assert ask(app, "/projects", token).status_code == 302
    given = {"Authorization": f"Bearer {token}"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = app.test_client(use_cookies=False).open("/api/v1/projects/one", method=method, headers=given)
        assert answer.status_code == 405


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/projects/none", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/projects?page=0", 422),
        ("/api/v1/targets?as_of=x", 422),
    ],
)
def test_every_error_has_one_shape(app: Flask, people, address: str, status: int):
    answer = ask(app, address, make_token(app, people["leader"]))
    assert answer.status_code == status
    assert set(answer.json) == {"error"}
    assert set(answer.json["error"]) == {"status", "title", "detail"}
    assert answer.json["error"]["status"] == status
    assert "<" not in json.dumps(answer.json)


def test_nobody_is_told_how_to_come_in(app: Flask, people):
    answer = ask(app, "/api/v1/projects")
    assert answer.status_code == 401
    assert "Bearer" in answer.json["error"]["detail"]


def test_forecasts_come_with_range_chance_and_lights(app: Flask):
    with app.app_context():
        make_day()
        project = make_project("ranged", targets=[{"threshold": 50, "due": dt.date(2021, 12, 31)}])
        make_report(project, "2021-10", preparation=100, foundation=100, structure=20)
        with transaction():
            rebuild(SYSTEM, dt.datetime(2021, 11, 30, tzinfo=dt.UTC), dt.date(2021, 11, 30))
        leader = make_user("leader")
    client = sign_in(app.test_client(), leader)
    line = next(one for one in client.get("/api/v1/projects?signal=yellow").json["items"] if one["slug"] == "ranged")
    assert line["forecast_p10"] < line["forecast_finish"] < line["forecast_p90"]
    assert set(line["lights"]) == {"start", "progress", "payment", "entry"}
    (target,) = client.get("/api/v1/projects/ranged").json["targets"]
    assert 0 < target["probability"] < 100
    assert (target["rule_set"], target["moved_from"], target["basis"]) == ("gap-1", [], "stated")
