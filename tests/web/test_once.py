"""A form that is sent twice has one effect and one answer; what is another form is taken as one. Rule A-21."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from builders import make_day, make_place, make_project, make_user, sign_in, stored
from entering import history
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of, words_of
from sqlalchemy import func, select, update

from projects.core.sent.operations import KEPT
from projects.database import transaction
from projects.extensions import db
from projects.models import Contract, SentForm, User
from projects.web import clock, once
from projects.web.once import FIELD, once_key

CONTRACT = {
    "c-name": "门诊楼施工", "c-kind": "works", "c-party": "某公司", "c-signed_on": "2021-10-01", "c-amount": "100",
    "c-unit": "万元", "c-source_1": "cbi", "c-part_1": "100",
}  # fmt: skip


@pytest.fixture
def finance(app: Flask) -> FlaskClient:
    with app.app_context(), stored():
        make_day()
        make_place()
        make_project(slug="lou")
        user = make_user("finance", name="finance")
        make_user("finance", name="colleague")
        make_user("admin", name="admin")
    return sign_in(app.test_client(), user)


def window(app: Flask, name: str) -> FlaskClient:
    with app.app_context():
        user = db.session.scalars(select(User).filter_by(username=name)).one()
        db.session.expunge_all()
    return sign_in(app.test_client(), user)


def count(app: Flask, table: type = Contract) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def send(client: FlaskClient, key: str, **changed: str):
    return client.post("/projects/lou/contracts", data=CONTRACT | changed | {FIELD: key})


def test_the_second_send_gets_the_answer_of_the_first(app: Flask, finance: FlaskClient):
    key = once_key()
    for _ in range(3):
        answer = send(finance, key)
        assert (answer.status_code, answer.location) == (302, "/projects/lou/contracts")
        assert "已登记合同" in finance.get(answer.location).text
    assert count(app) == 1
    assert len(history(app, "project:contract:added")) == 1


def test_another_key_is_another_form(app: Flask, finance: FlaskClient):
    send(finance, once_key())
    send(finance, once_key(), **{"c-name": "医技楼施工"})
    assert count(app) == 2


@pytest.mark.parametrize("key", ["", "short", "x" * 23, "é" * 22])
def test_a_form_without_a_key_is_taken_each_time(app: Flask, finance: FlaskClient, key: str):
    """Negative control of all others, and what a page from before an upgrade may still send."""
    for number in range(2):
        send(finance, key, **{"c-name": f"合同 {number}"})
    assert count(app) == 2
    assert count(app, SentForm) == 0


def test_a_refusal_leaves_the_key_free(app: Flask, finance: FlaskClient):
    key = once_key()
    assert send(finance, key, **{"c-amount": "no"}).status_code == 422
    assert count(app, SentForm) == 0
    assert send(finance, key).status_code == 302
    assert count(app) == 1


def test_other_content_under_the_key_is_asked_about_and_nothing_typed_is_lost(app: Flask, finance: FlaskClient):
    key = once_key()
    send(finance, key)
    asked = send(
        finance, key, **{"c-name": "医技楼施工\n<b>二</b>", "c-party": "一家名字长得值得拿出来看的建筑工程公司"}
    )
    assert asked.status_code == 409
    assert "这份表单已经提交过" in words_of(asked.text)
    assert "一家名字长得值得拿出来看的建筑工程公司" in words_of(asked.text)
    assert count(app) == 1
    form = re.search(r'<form method="post" action="/projects/lou/contracts">.*?</form>', asked.text, re.DOTALL)
    fields = fields_of(form[0])
    assert fields[FIELD] != key
    assert {name: fields[name] for name in CONTRACT} == CONTRACT | {
        "c-name": "医技楼施工\n<b>二</b>", "c-party": "一家名字长得值得拿出来看的建筑工程公司",
    }  # fmt: skip
    assert finance.post("/projects/lou/contracts", data=fields).status_code == 302
    assert count(app) == 2


def test_a_key_is_its_senders_alone(app: Flask, finance: FlaskClient):
    key = once_key()
    send(finance, key)
    send(window(app, "colleague"), key, **{"c-name": "医技楼施工"})
    assert count(app) == 2


def test_another_session_of_the_same_person_gets_the_answer_too(app: Flask, finance: FlaskClient):
    """A form kept for somebody whose session had ended may have had its effect before."""
    key = once_key()
    send(finance, key)
    assert send(window(app, "finance"), key).status_code == 302
    assert count(app) == 1


def test_what_is_shown_once_is_shown_again_to_the_same_form_and_stored_nowhere(app: Flask, finance: FlaskClient):
    admin, key = window(app, "admin"), once_key()
    with app.app_context():
        person = db.session.scalar(select(User.id).filter_by(username="colleague"))
    first, second = (admin.post(f"/admin/users/{person}/password", data={FIELD: key}) for _ in range(2))
    assert first.status_code == 200
    assert first.text == second.text
    password = re.search(r"<code[^>]*>([^<]{14,})</code>", first.text)[1]
    assert len(history(app, "user:password:reset")) == 1
    with app.app_context():
        (row,) = db.session.execute(select(SentForm.answer, SentForm.digest, SentForm.key_hash)).all()
    assert password not in str(row)
    assert key not in str(row)


def test_what_fails_at_the_end_is_neither_stored_nor_told(app: Flask, finance: FlaskClient, monkeypatch):
    """The answer is made before the transaction ends; where the end fails, its words are taken back."""
    key = once_key()

    def fail(*_: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as broken:
        broken.setattr("projects.web.once.operations.keep_answer", fail)
        with pytest.raises(OSError, match="no space"):
            send(finance, key)
    assert (count(app), count(app, SentForm)) == (0, 0)
    assert "已登记合同" not in finance.get("/projects/lou/contracts").text
    assert send(finance, key).status_code == 302
    assert count(app) == 1


def test_a_view_that_was_overtaken_by_its_own_form_gives_that_ones_answer(
    app: Flask, finance: FlaskClient, monkeypatch
):
    """Between looking the key up and writing, the first send was stored: its traces are no reason to refuse."""
    key, found = once_key(), once.queries.sent
    send(finance, key)
    asked: list[str] = []

    def late(key_hash: str):
        asked.append(key_hash)
        return found(key_hash) if len(asked) > 1 else None

    monkeypatch.setattr("projects.web.once.queries.sent", late)
    assert send(finance, key).status_code == 302
    assert (len(asked), count(app)) == (2, 1)


def test_keys_are_forgotten_after_two_days(app: Flask, finance: FlaskClient):
    send(finance, once_key())
    with app.app_context(), transaction():
        db.session.execute(update(SentForm).values(sent_at=clock.now() - KEPT - dt.timedelta(minutes=1)))
    send(finance, once_key(), **{"c-name": "医技楼施工"})
    assert (count(app), count(app, SentForm)) == (2, 1)
