"""A folder and an S3 store behave the same, and a folder keeps what it acknowledged. Rule FI-5."""

from __future__ import annotations

import datetime as dt
import os
import stat

import pytest

from projects.core.errors import ConfigError, NotFoundError
from projects.works.files import storage as module
from projects.works.files.storage import FolderStorage, made_at, new_key, open_storage

NOW = dt.datetime(2021, 11, 30, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path):
    return open_storage(request.getfixturevalue("s3_url") if request.param == "s3" else "", str(tmp_path))


def test_what_is_put_can_be_read_listed_and_removed(store):
    one, two = new_key(NOW), new_key(NOW)
    store.put(one, "照片".encode() * 1000)
    store.put(two, b"")
    assert store.get(one) == "照片".encode() * 1000
    assert store.get(two) == b""
    assert store.names() == sorted([one, two])
    store.remove(one)
    store.remove(one)
    assert store.names() == [two]
    with pytest.raises(NotFoundError):
        store.get(one)


def test_an_empty_store_lists_nothing(store):
    assert store.names() == []


@pytest.mark.parametrize(
    "key", ["../evil", "/etc/passwd", "", "a", "20211130T040000-" + "G" * 32, "x/20211130T040000-" + "a" * 32]
)
def test_a_key_that_was_not_made_here_is_no_address(store, key):
    for act in (store.get, store.remove, lambda name: store.put(name, b"x")):
        with pytest.raises(ValueError, match="no storage key"):
            act(key)


def test_keys_are_random_and_tell_when_they_were_made():
    keys = {new_key(NOW) for _ in range(100)}
    assert len(keys) == 100
    assert {made_at(key) for key in keys} == {NOW}
    assert made_at("readme.txt") is None


def test_a_folder_is_read_by_its_owner_only(tmp_path):
    store, key = FolderStorage(tmp_path / "uploads"), new_key(NOW)
    store.put(key, b"x")
    assert stat.S_IMODE((tmp_path / "uploads").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "uploads" / key).stat().st_mode) == 0o600


def test_a_file_is_on_the_disk_before_it_has_its_name_and_the_name_before_it_counts(tmp_path, monkeypatch):
    store, key, seen = FolderStorage(tmp_path / "uploads"), new_key(NOW), []
    real = os.fsync

    def watching(handle):
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        seen.append((kind, (tmp_path / "uploads" / key).exists()))
        real(handle)

    monkeypatch.setattr(module.os, "fsync", watching)
    store.put(key, b"x")
    assert seen == [("file", False), ("folder", True)]


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    store = FolderStorage(tmp_path / "uploads")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(new_key(NOW), b"x")
    assert list((tmp_path / "uploads").iterdir()) == []


def test_what_a_killed_process_was_writing_is_swept_once_it_is_old(tmp_path):
    store = FolderStorage(tmp_path / "uploads")
    store.put(new_key(NOW), b"x")
    part = tmp_path / "uploads" / f"{new_key(NOW)}.part"
    part.write_bytes(b"half")
    os.utime(part, (NOW.timestamp(), NOW.timestamp()))
    assert store.sweep_parts(NOW - dt.timedelta(hours=1)) == 0
    assert store.sweep_parts(NOW + dt.timedelta(hours=1)) == 1
    assert len(store.names()) == 1


def test_an_unknown_store_is_refused_in_words(tmp_path):
    for url in ("ftp://host/x", "s3://", "/var/uploads", "file:///x"):
        with pytest.raises(ConfigError, match="STORAGE_URL"):
            open_storage(url, str(tmp_path))


def test_another_s3_address_is_used_from_the_next_opening(s3_url, monkeypatch, tmp_path):
    from fake_s3 import serving

    key = new_key(NOW)
    open_storage(s3_url, str(tmp_path)).put(key, b"first")
    with serving() as (address, bucket):
        monkeypatch.setenv("AWS_ENDPOINT", address)
        open_storage.cache_clear()
        open_storage(s3_url, str(tmp_path)).put(key, b"second")
        assert list(bucket.things.values()) == [b"second"]
