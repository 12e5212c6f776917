"""Tables of people: accounts, units, reach, former passwords, tokens, sessions, forms sent after their session had
ended, guesses by address.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from projects.columns import AUTOINCREMENT, UTCDateTime, one_of, refers
from projects.core import vocabulary as vocab
from projects.core.tables import Place
from projects.extensions import Model

GUESSED = ("password", "token")


class Unit(Model):
    """An organisation: a commission, a hospital, a project unit; kept in register/units."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    short_name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    kind: Mapped[str] = mapped_column(String(20), default="other", server_default="other")
    place_code: Mapped[str] = refers("place.code")
    version: Mapped[int] = mapped_column(server_default="1")
    place: Mapped[Place] = relationship(lazy="raise_on_sql")
    __table_args__ = (AUTOINCREMENT,)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own spelling


class User(Model):
    """A person who signs in, with one role.

    `all_places` says that a role of places reaches everywhere; without it and without a `UserPlace` it reaches nowhere.
    `places_to_confirm` marks who had no place when that still meant all, until the security office has looked (A-18).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    display_name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(10), default="zh")
    is_active: Mapped[bool] = mapped_column(default=True)
    unit_id: Mapped[int | None] = refers("unit.id", nullable=True)
    all_places: Mapped[bool] = mapped_column(default=False, server_default=false())
    places_to_confirm: Mapped[bool] = mapped_column(default=False, server_default=false())
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    password_changed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    failed_sign_ins: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    totp_secret: Mapped[str | None] = mapped_column(String(200))
    totp_last_step: Mapped[int | None] = mapped_column()
    last_sign_in_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    told_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column()
    __table_args__ = (one_of("role", vocab.ROLES), AUTOINCREMENT)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own spelling


class UserPlace(Model):
    """A place that a person of finance, dispatch or leadership answers for, with all that lies in it."""

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), primary_key=True, index=True)


class ProjectAssignment(Model):
    """A project manager's own project."""

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)


class PasswordHistory(Model):
    """The hashes of a person's former passwords, so that the last few are not taken again."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = refers("user.id", cascade=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    replaced_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    __table_args__ = (AUTOINCREMENT,)


class ApiToken(Model):
    """A token for programs: acts as its person, within `actions`; only its hash is stored, and it is shown once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = refers("user.id", cascade=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(12))
    actions: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (AUTOINCREMENT,)


class LoginSession(Model):
    """One sign-in, kept on the server, so that signing out ends it; only the token's hash is stored.

    `proved_at` is when its person last proved who they are, with a password, a code or at the single sign-on.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = refers("user.id", cascade=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    last_seen_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    address: Mapped[str] = mapped_column(String(60), default="", server_default="")
    agent: Mapped[str] = mapped_column(String(200), default="", server_default="")
    by_provider: Mapped[bool] = mapped_column(default=False, server_default=false())
    proved_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (AUTOINCREMENT,)


class KeptForm(Model):
    """The last form that a person sent after their session had ended, until they have signed in again: encrypted, and
    dropped after an hour.
    """

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)


class AddressTries(Model):
    """The tries from one address (of IPv6: one /64 network) that were not right, until they are forgotten; and those
    turned away unread since.
    """

    address: Mapped[str] = mapped_column(String(60), primary_key=True)
    guessed: Mapped[str] = mapped_column(String(10), primary_key=True)
    tries: Mapped[int] = mapped_column()
    turned_away: Mapped[int] = mapped_column(default=0, server_default="0")
    until: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)
    __table_args__ = (
        one_of("guessed", GUESSED),
        CheckConstraint("tries >= 0 AND turned_away >= 0", name="counts_positive"),
    )
