"""An installation as a backup sees it: its engine, folder, storage, keys, and the settings that bear on backups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from projects import config
from projects.commands.backup import postgresql, sqlite
from projects.commands.backup.sealing import read_passphrase
from projects.extensions import db
from projects.history.record.extract import Safe, key_file
from projects.history.record.operations import safe_of
from projects.works.files.storage import Storage, open_storage

KINDS: Mapping[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


@dataclass(frozen=True)
class Place:
    """The installation; `secret_key` is what is in force, from the environment or the key file.

    `tools` is the folder of PostgreSQL's programs, `copy_out` the command that takes a finished backup elsewhere,
    `passphrase_file` what seals the keys; each may be empty.
    """

    engine: Engine
    instance: Path
    storage: Storage
    safe: Safe
    migrations: str
    secret_key: str | None = field(repr=False)
    tools: str = ""
    copy_out: str = ""
    passphrase_file: str = ""

    def passphrase(self, path: Path | None = None) -> str | None:
        """What the file `path`, else the one that the setting names, holds; None where neither is given."""
        chosen = path or (Path(self.passphrase_file) if self.passphrase_file else None)
        return read_passphrase(chosen) if chosen else None

    @property
    def kind(self) -> str:
        """The database's kind, a key of KINDS."""
        return self.engine.dialect.name

    @property
    def database(self) -> ModuleType:
        """What copies and restores this kind of database."""
        return KINDS[self.kind]

    def key_files(self) -> dict[str, Path]:
        """Where each key lies, or would."""
        return {"audit_key": key_file(self.instance), "secret_key": config.key_file(self.instance)}

    def keys(self) -> dict[str, bytes | None]:
        """Each key that is in force, from the environment or its file; none is made."""
        files = self.key_files()
        audit = self.safe.given.encode() if self.safe.given else None
        if audit is None and files["audit_key"].exists():
            audit = files["audit_key"].read_bytes().strip()
        return {"audit_key": audit, "secret_key": self.secret_key.encode() if self.secret_key else None}


def place_of(app: Flask) -> Place:
    """The installation that `app` serves; call it within its context."""
    settings: Mapping[str, Any] = app.config
    return Place(
        db.engine,
        Path(settings["INSTANCE_PATH"]),
        open_storage(settings["STORAGE_URL"], settings["INSTANCE_PATH"]),
        safe_of(db.engine),
        app.extensions["migrate"].directory,
        settings["SECRET_KEY"],
        settings["PG_BIN"],
        settings["BACKUP_COPY"],
        settings["BACKUP_PASSPHRASE_FILE"],
    )
