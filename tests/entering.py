"""What the tests of accounts share: a clock to move, ways through the forms, and the history as it was written."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from projects.extensions import db
from projects.models import AuditEntry, User

STRONG = "Lotus-Kiesel-47"


class MovedClock:
    """Stands in for `projects.web.clock.now`."""

    def __init__(self) -> None:
        self.at = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += dt.timedelta(**span)


def through_the_form(client: FlaskClient, username: str, password: str, code: str = "") -> bool:
    """Whether the sign-in form lets this person in."""
    answer = client.post("/sign-in", data={"username": username, "password": password, "code": code})
    assert answer.status_code in {302, 422}
    return answer.status_code == 302


def inside(client: FlaskClient) -> bool:
    """Whether this browser is signed in."""
    answer = client.get("/account")
    assert answer.status_code in {200, 302}
    return answer.status_code == 200


def person(app: Flask, username: str) -> User:
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        db.session.expunge_all()
        return user


def history(app: Flask, tag: str) -> list[tuple[str, dict[str, Any]]]:
    """(result, changes) of every entry with this tag, the oldest first, without who it was about."""
    with app.app_context():
        rows = db.session.execute(
            select(AuditEntry.result, AuditEntry.changes).where(AuditEntry.tag == tag).order_by(AuditEntry.id)
        )
        return [(result, {name: one for name, one in changes.items() if name != "whom"}) for result, changes in rows]
