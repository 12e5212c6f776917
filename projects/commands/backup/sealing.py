"""Keys under a passphrase: scrypt makes a key of it, AES-256-GCM seals with that (BK-3).

What is sealed says how it was sealed, so that later versions can read it; a changed byte anywhere makes it unreadable.
"""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from projects.core.errors import ConfigError
from projects.core.text import N_

FORM = "scrypt+aes-256-gcm"
COST = {"n": 2**17, "r": 8, "p": 1}  # 128 MB and a third of a second a guess
MOST = {"n": 2**20, "r": 16, "p": 4}  # what a file may ask of the machine that opens it
SHORTEST = 12


class WrongPassphraseError(ConfigError):
    """The passphrase doesn't open the key, or the sealed key was changed."""


def read_passphrase(path: Path) -> str:
    """The first line of a file that only its owner reads; ConfigError where others may, or where it is too short."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigError(N_("%(path)s 可被其他用户读取: 请运行 chmod go-rwx %(path)s"), path=str(path))
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(N_("口令文件 %(path)s 无法读取: %(problem)s"), path=str(path), problem=str(problem)) from None
    phrase = lines[0].strip() if lines else ""
    if len(phrase) < SHORTEST:
        raise ConfigError(
            N_("口令文件 %(path)s 的第一行应是至少 %(least)s 个字符的口令"), path=str(path), least=SHORTEST
        )
    return phrase


def seal(name: str, secret: bytes, passphrase: str) -> bytes:
    """`secret` under a passphrase, as JSON; it opens only as `name`."""
    salt, nonce = os.urandom(16), os.urandom(12)
    told = {"form": FORM, "name": name, **COST, "salt": _text(salt), "nonce": _text(nonce)}
    closed = AESGCM(_key(passphrase, salt, COST)).encrypt(nonce, secret, _bound(told))
    return json.dumps({**told, "sealed": _text(closed)}, indent=1).encode("ascii") + b"\n"


def unseal(name: str, sealed: bytes, passphrase: str) -> bytes:
    """What `seal` closed under that name; WrongPassphraseError where it doesn't open."""
    try:
        told: dict[str, Any] = json.loads(sealed)
        closed = base64.b64decode(told.pop("sealed"), validate=True)
        key = _key(passphrase, base64.b64decode(told["salt"]), _cost(told, name))
        return AESGCM(key).decrypt(base64.b64decode(told["nonce"]), closed, _bound(told))
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise WrongPassphraseError(N_("口令打不开备份里的 %(name)s: 请核对口令"), name=name) from None


def _cost(told: dict[str, Any], name: str) -> dict[str, int]:
    """What the key costs; ValueError where it is of another form or name, or asks too much of this machine."""
    cost = {one: int(told[one]) for one in COST}
    if (told["form"], told["name"]) != (FORM, name) or not all(0 < cost[one] <= MOST[one] for one in COST):
        raise ValueError(name)
    return cost


def _key(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, **cost).derive(passphrase.encode())


def _bound(told: dict[str, Any]) -> bytes:
    """Everything that is said openly is sealed with the secret, so that none of it can be exchanged."""
    return json.dumps(told, sort_keys=True).encode("ascii")


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
