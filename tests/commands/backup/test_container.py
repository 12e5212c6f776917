"""BK-4: any byte of a backup that differs from what was written is found. Here every byte of a small one."""

from __future__ import annotations

import io
import random
import subprocess
from pathlib import Path

import pytest
from runs import runs

from projects.commands.backup.container import (
    END,
    MANIFEST,
    SUMS,
    BrokenBackupError,
    Packer,
    head,
    pieces,
)
from projects.commands.backup.manifest import (
    HeldFiles,
    HeldKey,
    Manifest,
    NewerFormatError,
    Newest,
    Soundness,
    is_newer,
    parse,
)
from projects.commands.backup.verifying import examine, read_manifest, verify
from projects.history.record.chain import Seal

KEY = Seal(b"k" * 64)
MEMBERS = {"database.sqlite": b"rows" * 40, "audit_head": b"", "files/one": bytes(range(256)) * 2}


def written(path: Path, key: Seal | None = KEY, **changes: object) -> Manifest:
    """A small backup."""
    with path.open("wb") as file:
        packer = Packer(file, 1638244800)
        for name, content in MEMBERS.items():
            packer.add_bytes(name, content)
        told = {
            "instant": "2021-11-30T04:00:00.123456+00:00",
            "version": "0.1.0",
            "database": "sqlite",
            "database_version": "3.51.3",
            "tool": "",
            "migration": "0011",
            "rows": {"project": 3},
            "newest": Newest(7, "a" * 64, "2021-11-30T03:59:59+00:00"),
            "sound": Soundness("integrity_check"),
            "files": HeldFiles(1, included=True),
            "keys": {"audit_key": HeldKey(why="no passphrase"), "secret_key": HeldKey(why="left out")},
            "members": tuple(packer.members),
        }
        manifest = Manifest(**(told | changes)).sealed(key)
        packer.add_bytes(MANIFEST, manifest.to_bytes())
        packer.finish()
    return manifest


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    path = tmp_path / "b.tar"
    written(path)
    return path


def faults(content: bytes) -> list[str]:
    return [one.member for one in examine(io.BytesIO(content)).faults]


def test_as_written_it_is_whole_and_the_manifest_reads_back(backup: Path):
    found = verify(backup, KEY)
    assert (found.faults, found.held_against_key) == ((), True)
    assert found.manifest == written(backup)
    assert found.manifest == read_manifest(backup)


def test_every_single_byte_that_differs_is_found(backup: Path):
    content = backup.read_bytes()
    chance = random.Random(1)
    for place in range(len(content)):
        for _ in range(runs(1, 8)):
            changed = bytearray(content)
            changed[place] ^= 1 << chance.randrange(8)
            assert faults(bytes(changed)), place


def test_it_is_found_where_it_is(backup: Path):
    content = backup.read_bytes()
    place = content.index(bytes(range(256)))
    assert faults(content[:place] + b"\7" + content[place + 1 :]) == ["files/one"]
    place = content.index(b"rowsrows")
    assert faults(content[:place] + b"W" + content[place + 1 :]) == ["database.sqlite"]


def test_every_shortened_or_lengthened_file_is_found(backup: Path):
    content = backup.read_bytes()
    for length in [*range(0, len(content), 97), len(content) - 1]:
        assert faults(content[:length]), length
    for more in (b"\0", b"x", END, content):
        assert faults(content + more), more[:9]


def test_members_exchanged_removed_or_added_are_found(backup: Path):
    content = backup.read_bytes()
    starts = [piece.start - 512 for piece in pieces(io.BytesIO(content))]
    blocks = [content[a:b] for a, b in zip(starts, [*starts[1:], len(content)], strict=True)]
    for other in (
        [blocks[1], blocks[0], *blocks[2:]],
        blocks[1:],
        [blocks[0], *blocks],
        [head("files/two", 0, 1638244800), *blocks],
        [*blocks[:-1], blocks[-1][: -len(END)], END],
    ):
        found = faults(b"".join(other))
        assert bool(found) == (b"".join(other) != content)


def test_who_changes_it_and_its_sums_is_found_by_the_audit_key(tmp_path: Path):
    path = tmp_path / "forged.tar"
    written(path, key=Seal(b"x" * 64))
    assert [one.why for one in verify(path, KEY).faults] == ["seal"]
    assert verify(path).is_whole, "the control: without the key only the sums can be held against it"


def test_any_tar_unpacks_it_and_sha256sum_checks_it(backup: Path, tmp_path: Path):
    subprocess.run(["tar", "xf", str(backup)], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(["sha256sum", "-c", SUMS], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "files/one").read_bytes() == MEMBERS["files/one"]


def test_a_checksum_alone_misses_what_is_found_here(backup: Path, tmp_path: Path):
    """The negative control: tar and sha256sum look neither at padding nor behind the end."""
    content = bytearray(backup.read_bytes())
    place = content.index(b"rows" * 40) + 160
    assert content[place] == 0
    content[place] = 1
    content += b"more"
    (tmp_path / "x").write_bytes(content)
    assert len(faults(content)) == 2
    subprocess.run(["tar", "xf", "x"], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(["sha256sum", "-c", SUMS], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"x" * 5000, END, b'{"product": "projects"}'])
def test_what_is_no_backup_is_told(content: bytes):
    assert faults(content)


def test_a_tar_of_others_is_no_backup(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"x")
    subprocess.run(["tar", "cf", "x", "a"], cwd=tmp_path, check=True)
    assert not verify(tmp_path / "x").is_whole


def test_a_later_form_is_told_apart_from_a_broken_one(tmp_path: Path):
    written(tmp_path / "x", format=2, version="9.0.0")
    with pytest.raises(NewerFormatError, match=r"9\.0\.0"):
        verify(tmp_path / "x")
    with pytest.raises(BrokenBackupError):
        parse(b'{"product": "other"}')


@pytest.mark.parametrize(
    ("one", "other", "newer"), [("0.1.0", "0.1.0", False), ("0.10.0", "0.9.9", True), ("0.1", "0.1.1", False)]
)
def test_versions_are_compared_by_their_numbers(one: str, other: str, newer: bool):
    assert is_newer(one, other) is newer
