"""Somebody else who agrees to what was asked for, as an installation wants it by default."""

from __future__ import annotations

from dataclasses import replace

from builders import make_user, sign_in
from flask import Flask
from sqlalchemy import select

from projects.core.permissions import Actor
from projects.extensions import db
from projects.models import ConsentRequest, User

NAME = "approver"


def with_consent(actor: Actor) -> Actor:
    """The same person, with another one's consent."""
    return replace(actor, consent=NAME)


def make_approver(app: Flask) -> None:
    """A dispatcher for everywhere who may agree."""
    with app.app_context():
        if db.session.scalar(select(User.id).where(User.username == NAME)) is None:
            make_user("dispatcher", name=NAME)


def approved(app: Flask) -> str:
    """Let the newest request be agreed to by that dispatcher; its state then."""
    make_approver(app)
    with app.app_context():
        newest = select(ConsentRequest.id).order_by(ConsentRequest.id.desc()).limit(1)
        number = db.session.scalars(newest).one()
        user = db.session.scalars(select(User).where(User.username == NAME)).one()
        db.session.expunge_all()
    answer = sign_in(app.test_client(), user).post(f"/requests/{number}/decide", data={"agree": "1", "words": ""})
    assert answer.status_code == 302, answer.text
    with app.app_context():
        return db.session.scalars(select(ConsentRequest.state).where(ConsentRequest.id == number)).one()
