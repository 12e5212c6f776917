"""Installations to be backed up and restored, on either database; and what proves that a copy is of one instant."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from apps import make_app
from builders import make_place, make_project, make_user
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from projects.commands.backup.manifest import Manifest
from projects.commands.backup.place import Place, place_of
from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.history.record.extract import make_key
from projects.history.record.operations import record
from projects.history.record.queries import newest_head, verdict
from projects.history.record.tags import Tag
from projects.models import Attachment, AuditEntry, LedgerEntry, Project, User
from projects.money.ladder.operations import Posting, post_entry
from projects.works.files.storage import new_key

NOW = dt.datetime(2021, 11, 30, 4, 0, tzinfo=dt.UTC)
DAY = dt.date(2021, 6, 18)


def empty_database(base: str | None, folder: Path, name: str) -> str:
    """The address of an empty database: of a file, or on the server at `base`."""
    if base is None:
        return f"sqlite:///{folder / name}.sqlite"
    admin = make_app(base, folder)
    with admin.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        db.engine.dispose()
    return base.rsplit("/", 1)[0] + f"/{name}"


def installed(url: str, folder: Path, writers: int = 1, **settings: object) -> Flask:
    """An installation with a project for each writer."""
    folder.mkdir(parents=True, exist_ok=True)
    app = make_app(url, folder, **settings)
    make_key(folder)
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        make_place()
        make_user("manager", name="writer")
        for number in range(writers):
            make_project(f"p{number}")
        db.session.remove()
    return app


def write(app: Flask, number: int, step: int, size: int = 2000) -> None:
    """One transaction of a writer: a file, an allocation and its payment, and their entries in the history; in the
    application's context.
    """
    place = place_of(app)
    content, key, name = os.urandom(size), new_key(NOW), f"{number}-{step}"
    place.storage.put(key, content)
    with transaction():
        project = db.session.scalars(select(Project).where(Project.slug == f"p{number}")).one()
        user = db.session.scalars(select(User).where(User.username == "writer")).one()
        for kind in ("allocated", "paid"):
            post_entry(Acting(SYSTEM, NOW, DAY), project.id, Posting("cbi", kind, DAY, 100, memo=name, confirmed=True))
        row = Attachment(
            project_id=project.id,
            filename=f"{name}.pdf",
            media_type="application/pdf",
            size=size,
            sha256=hashlib.sha256(content).hexdigest(),
            storage_key=key,
            uploaded_by_id=user.id,
            uploaded_at=NOW,
        )
        db.session.add(row)
        db.session.flush()
        record(SYSTEM, NOW, Tag.FILE_ADDED, row, project_id=project.id)


def not_one_instant(place: Place, manifest: Manifest) -> Iterator[str]:
    """What shows that the copy in `place` is not of one instant: half a transaction, a gap in what a writer stored, an
    entry without its row or a row without its entry, a file with other bytes; in the application's context.
    """
    with place.engine.connect() as connection:
        yield from (f"history {one.row}: {one.why}" for one in verdict(connection, place.safe).faults)
    head = newest_head()
    if (
        manifest.newest is None
        or head is None
        or (head.id, head.digest) != (manifest.newest.id, manifest.newest.digest)
    ):
        yield f"newest entry {head and head.id}"
    money = Counter(db.session.scalars(select(LedgerEntry.memo)))
    rows = list(db.session.scalars(select(Attachment)))
    names = {row.filename.removesuffix(".pdf") for row in rows}
    if set(money) != names or set(money.values()) - {2}:
        yield f"half a transaction: {set(money) ^ names}, {[one for one in money if money[one] != 2]}"
    steps: dict[str, list[int]] = {}
    for name in names:
        writer, _, step = name.partition("-")
        steps.setdefault(writer, []).append(int(step))
    for writer, found in steps.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"writer {writer} has a gap"
    for tag, model in ((Tag.LEDGER_POSTED, LedgerEntry), (Tag.FILE_ADDED, Attachment)):
        told = {int(one) for one in db.session.scalars(select(AuditEntry.object_id).where(AuditEntry.tag == tag))}
        if told != set(db.session.scalars(select(model.id))):
            yield f"history and {model.__tablename__} differ"
    for row in rows:
        if hashlib.sha256(place.storage.get(row.storage_key)).hexdigest() != row.sha256:
            yield f"file {row.storage_key}"
    db.session.remove()


def closed(app: Flask) -> None:
    """No connection is left to the database of `app`."""
    with app.app_context():
        with suppress(OperationalError):
            db.session.remove()
        db.engine.dispose()
