"""The table of requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, UTCDateTime, one_of, refers, sample_flag
from projects.core import vocabulary as vocab
from projects.extensions import Model


class ConsentRequest(Model):
    """An act that somebody asks for and somebody else decides.

    `changes` are what it would change when it was asked for (field → [old, new]); `wanted` the values that the
    operation needs, emptied once it is settled. A settled row is not edited. At most one waits for a kind and subject.

    `about` says in Chinese what it is about, `title` the same as a text where it holds words of ours (`Text.to_json`).

    `effects` are what it does to each verdict (`effects.compared`): as worked out when it was asked for, and, once it
    was decided, what it did. Where `steps` are 2, whoever agrees first is kept (`first_*`).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(String(200))
    title: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(400))
    evidence: Mapped[str] = mapped_column(String(200), default="", server_default="")
    place_code: Mapped[str | None] = mapped_column(String(6))
    project_id: Mapped[int | None] = refers("project.id", cascade=True, nullable=True)
    person_id: Mapped[int | None] = refers("user.id", nullable=True)
    proposer_id: Mapped[int] = refers("user.id")
    proposer_role: Mapped[str] = mapped_column(String(20))
    proposed_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(12), index=True)
    is_emergency: Mapped[bool] = mapped_column(default=False, server_default=false())
    effects: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    steps: Mapped[int] = mapped_column(default=1, server_default="1")
    first_id: Mapped[int | None] = refers("user.id", nullable=True, index=False)
    first_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    first_words: Mapped[str] = mapped_column(String(400), default="", server_default="")
    decider_id: Mapped[int | None] = refers("user.id", nullable=True)
    decided_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    words: Mapped[str] = mapped_column(String(400), default="", server_default="")
    is_sample: Mapped[bool] = sample_flag()
    __table_args__ = (
        one_of("state", vocab.CONSENT_STATES),
        CheckConstraint("decider_id IS NULL OR decider_id <> proposer_id", name="two_people"),
        CheckConstraint("first_id IS NULL OR first_id <> proposer_id", name="first_is_another"),
        CheckConstraint("first_id IS NULL OR decider_id IS NULL OR first_id <> decider_id", name="second_is_another"),
        Index(
            "uq_consent_request_waiting",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        AUTOINCREMENT,
    )
