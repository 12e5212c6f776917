"""What a backup says of itself (BK-2). Instants are ISO 8601 in UTC; lengths are bytes."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from projects import config
from projects.commands.backup.container import MANIFEST, BrokenBackupError, Member
from projects.history.record.chain import Seal

FORMAT = 1
PRODUCT = "projects"
KEYS = ("audit_key", "secret_key")


@dataclass(frozen=True)
class Newest:
    """The newest entry of the history: its id, its seal (digest) and its instant."""

    id: int
    digest: str
    at: str


@dataclass(frozen=True)
class HeldKey:
    """A key of the installation: the member that holds it sealed, empty where it is not included; `why` not is one of
    `no passphrase`, `left out`, `not there`.
    """

    member: str = ""
    why: str = ""


@dataclass(frozen=True)
class Soundness:
    """What was found wrong as the copy was made: faults of the history's chain, and of the database by its own check
    called `check`; both empty where nothing was.
    """

    check: str
    history: tuple[str, ...] = ()
    database: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.history and not self.database


@dataclass(frozen=True)
class HeldFiles:
    """The files that the database names: how many, whether their bytes are in the backup, and the keys of those that
    were gone from the storage, or had other bytes than their row says.
    """

    named: int
    included: bool
    missing: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """The whole of it. `rows` counts each table; `migration` is the revision the database stands at.

    `history_key` tells one audit key from another without giving it away; `seal` is the manifest's own under that key.
    """

    instant: str
    version: str
    database: str
    database_version: str
    tool: str
    migration: str
    rows: dict[str, int]
    newest: Newest | None
    sound: Soundness
    files: HeldFiles
    keys: dict[str, HeldKey]
    members: tuple[Member, ...]
    history_key: str = ""
    seal: str = field(default="", repr=False)
    format: int = FORMAT
    product: str = PRODUCT

    @property
    def is_complete(self) -> bool:
        """Whether the copy is sound and no file that it was to hold is missing."""
        return self.sound.is_sound and not self.files.missing and not self.files.differing

    def member(self, name: str) -> Member:
        """The member of that name; BrokenBackupError where the manifest lists none."""
        for one in self.members:
            if one.name == name:
                return one
        raise BrokenBackupError(name, "members")

    def to_bytes(self) -> bytes:
        """As it lies in the backup."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"

    def sealed(self, key: Seal | None) -> Manifest:
        """The manifest with its seal, where the audit key is known."""
        if key is None:
            return replace(self, history_key="", seal="")
        named = replace(self, history_key=name_of(key), seal="")
        return replace(named, seal=_mac(key, named))

    def is_sealed_by(self, key: Seal) -> bool:
        """Whether this is what was written by an installation that held this key."""
        return self.seal == _mac(key, replace(self, seal=""))


def name_of(key: Seal) -> str:
    """What tells an audit key from others."""
    return key.link(b"backup", [b"whose"]).decode()


def _mac(key: Seal, manifest: Manifest) -> str:
    return key.link(b"backup", [manifest.to_bytes()]).decode()


def parse(content: bytes) -> Manifest:
    """The manifest in `content`; BrokenBackupError where it is none, NewerFormatError where it is of a later form."""
    try:
        told: dict[str, Any] = json.loads(content)
        if told["product"] != PRODUCT:
            raise BrokenBackupError(MANIFEST, "no_backup")
        if int(told["format"]) > FORMAT:
            raise NewerFormatError(str(told["version"]))
        datetime.fromisoformat(told["instant"])
        return Manifest(
            **{
                **told,
                "newest": Newest(**told["newest"]) if told["newest"] else None,
                "sound": Soundness(
                    told["sound"]["check"], tuple(told["sound"]["history"]), tuple(told["sound"]["database"])
                ),
                "files": HeldFiles(**_tuples(told["files"], "missing", "differing")),
                "keys": {name: HeldKey(**one) for name, one in told["keys"].items()},
                "members": tuple(Member(**one) for one in told["members"]),
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        if isinstance(problem, BrokenBackupError | NewerFormatError):
            raise
        raise BrokenBackupError(MANIFEST, "manifest") from problem


def _tuples(told: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**told, **{name: tuple(told[name]) for name in names}}


class NewerFormatError(ValueError):
    """Written by a later version of the product, in a form that this one doesn't know."""


@cache
def product_version() -> str:
    """The version of this product."""
    told = tomllib.loads((config.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(told["project"]["version"])


def is_newer(version: str, than: str) -> bool:
    """Whether a version such as 0.10.2 comes after another."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]
