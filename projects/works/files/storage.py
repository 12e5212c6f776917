"""Where attachments lie (FI-5): a folder of this installation, or an S3-compatible store; one interface over fsspec.

`STORAGE_URL` chooses: empty for `INSTANCE_PATH/uploads`, or `s3://bucket/prefix` (needs requirements-s3.txt; address
and keys come from the usual `AWS_ENDPOINT`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`;
`AWS_ALLOW_HTTP=true` only for tests). A key is made here, never by a person: the second it was made in, and 128 random
bits.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from projects.core.errors import ConfigError, NotFoundError
from projects.core.text import N_

_KEY = re.compile(r"(\d{8}T\d{6})-[0-9a-f]{32}")
_STAMP = "%Y%m%dT%H%M%S"
_PART = ".part"


def new_key(now: dt.datetime) -> str:
    """A key nobody can guess, which tells when it was made."""
    return f"{now.astimezone(dt.UTC):{_STAMP}}-{secrets.token_hex(16)}"


def made_at(name: str) -> dt.datetime | None:
    """When the key `name` was made; None where it is no key of ours."""
    found = _KEY.fullmatch(name)
    return dt.datetime.strptime(found[1], _STAMP).replace(tzinfo=dt.UTC) if found else None


class Storage:
    """Bytes by key under one root of an fsspec file system."""

    def __init__(self, files: Any, root: str) -> None:
        self.files, self.root = files, root.rstrip("/")

    def put(self, key: str, content: bytes) -> None:
        """Store `content`, durably, before returning."""
        self.files.pipe_file(self._path(key), content)

    def get(self, key: str) -> bytes:
        """The bytes under `key`; NotFoundError where they are gone."""
        try:
            content: bytes = self.files.cat_file(self._path(key))
        except FileNotFoundError:
            raise NotFoundError(N_("文件不在存储中, 请联系系统管理员核对备份")) from None
        return content

    def remove(self, key: str) -> None:
        """Forget `key`; nothing happens where it is gone already."""
        try:
            self.files.rm_file(self._path(key))
        except FileNotFoundError:
            return

    def names(self) -> list[str]:
        """Everything that lies under the root."""
        try:
            return sorted(path.rsplit("/", 1)[-1] for path in self.files.find(self.root))
        except FileNotFoundError:
            return []

    def sweep_parts(self, before: dt.datetime) -> int:
        """Remove what an interrupted `put` left behind before an instant; a store that puts in one step has none."""
        del before
        return 0

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise ValueError(f"no storage key: {key[:40]!r}")
        return f"{self.root}/{key}"


def _system(kind: str) -> Any:
    import fsspec

    return fsspec.filesystem(kind)


class FolderStorage(Storage):
    """A local folder that only its owner reads. A file appears under its name when all of it is on the disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(_system("file"), str(folder))
        self.folder = folder

    def put(self, key: str, content: bytes) -> None:
        """Write aside, sync, rename, sync the folder."""
        goal = Path(self._path(key))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        part = goal.with_name(f"{goal.name}{_PART}")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.rename(goal)
        finally:
            part.unlink(missing_ok=True)
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def sweep_parts(self, before: dt.datetime) -> int:
        """Remove what a killed process was writing before an instant."""
        old = [part for part in self.folder.glob(f"*{_PART}") if part.stat().st_mtime < before.timestamp()]
        for part in old:
            part.unlink(missing_ok=True)
        return len(old)


@cache
def open_storage(url: str, instance: str) -> Storage:
    """The store that `STORAGE_URL` names, else the folder `uploads` of the installation; ConfigError names what is
    missing.
    """
    if not url:
        return FolderStorage(Path(instance) / "uploads")
    kind, _, place = url.partition("://")
    if kind == "s3" and place:
        try:
            from obstore.fsspec import FsspecStore
        except ImportError:
            raise ConfigError(N_("使用 S3 存储需要先安装 requirements-s3.txt")) from None
        FsspecStore.clear_instance_cache()  # one cache, ours: fsspec's own would keep an address that has since changed
        return Storage(FsspecStore("s3"), place)
    if kind == "memory":
        return Storage(_system("memory"), f"/{place}")
    raise ConfigError(N_("STORAGE_URL 应为空或 s3://桶/前缀, 现在是 %(url)s"), url=url[:80])
