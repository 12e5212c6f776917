"""The drill of docs/operations/backup.md, on both databases: an installation dies, and is there again from one file
(BK-1 to BK-7).
"""

from __future__ import annotations

import json
import random
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from apps import KEY
from commands.backup.places import NOW, not_one_instant, write
from flask import Flask
from runs import runs
from sqlalchemy import func, select, text

from projects.commands.backup import restoring, taking
from projects.commands.backup.container import pieces
from projects.commands.backup.place import place_of
from projects.commands.backup.sealing import seal, unseal
from projects.commands.backup.verifying import examine, read_manifest, verify
from projects.core.errors import ConfigError
from projects.database import transaction
from projects.extensions import db
from projects.history.record.tags import Tag
from projects.models import Attachment, AuditEntry, LedgerEntry

Empty = Callable[..., Flask]
PHRASE = "a long passphrase for tests"


@pytest.fixture
def phrase(tmp_path: Path) -> str:
    path = tmp_path / "phrase"
    path.touch(mode=0o600)
    path.write_text(f"{PHRASE}\n", encoding="utf-8")
    return str(path)


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    """A command as a person runs it: its exit status, and what it said."""
    done = app.test_cli_runner().invoke(args=["projects", *arguments])
    assert "Traceback" not in done.output, done.output
    return done.exit_code, done.output


def test_a_drill(live: Flask, empty: Empty, tmp_path: Path, phrase: str):
    file = str(tmp_path / "night.tar")
    status, said = run(live, "backup", file, "--with-files", "--passphrase-file", phrase)
    assert (status, "审计密钥: 用口令封存在内" in said, "会话密钥: 用口令封存在内" in said) == (0, True, True), said
    assert stat.S_IMODE(Path(file).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("night*")) == ["night.tar"]
    status, said = run(live, "verify-backup", file, "--passphrase-file", phrase)
    assert (status, "口令能打开 audit_key, secret_key" in said, "签章与本系统" in said) == (0, True, True)

    other = empty()
    assert run(other, "verify-backup", file, "--lang", "en")[0] == 0
    status, said = run(other, "restore", file, "--passphrase-file", phrase)
    assert (status, "审计记录完整" in said) == (0, True), said
    instance = Path(other.config["INSTANCE_PATH"])
    assert (instance / "secret_key").read_text() == KEY
    assert {stat.S_IMODE(path.stat().st_mode) for path in instance.rglob("*") if path.is_file()} == {0o600}
    assert run(other, "verify-audit")[0] == 0
    with other.app_context():
        assert list(not_one_instant(place_of(other), read_manifest(Path(file)))) == []
        assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 6
        db.session.remove()
        write(other, 0, 4)  # it is used again: triggers, sequences and the chain go on
        assert run(other, "verify-audit")[0] == 0
        with pytest.raises(Exception, match="append-only"), transaction():
            db.session.execute(text("DELETE FROM audit_entry"))
    status, said = run(live, "restore", file, "--passphrase-file", phrase)
    assert (status, "只能恢复到空的地方" in said) == (1, True), "a live one is refused"


def test_the_restored_place_serves(live: Flask, empty: Empty, tmp_path: Path, phrase: str):
    from builders import PASSWORD

    run(live, "backup", str(tmp_path / "b.tar"), "--with-files", "--passphrase-file", phrase)
    other = empty(SECRET_KEY=KEY)
    assert run(other, "restore", str(tmp_path / "b.tar"), "--passphrase-file", phrase)[0] == 0
    client = other.test_client()
    assert client.post("/sign-in", data={"username": "writer", "password": PASSWORD}).status_code == 302
    assert client.get("/projects").status_code == 200


def test_any_change_of_a_real_backup_is_found_and_not_restored(live: Flask, empty: Empty, tmp_path: Path, phrase: str):
    file = tmp_path / "b.tar"
    run(live, "backup", str(file), "--with-files", "--passphrase-file", phrase)
    content = file.read_bytes()
    with file.open("rb") as opened:
        found = [(piece.name, piece.start, piece.size) for piece in pieces(opened)]
    assert {name.partition("/")[0] for name, _, _ in found} >= {"files", "keys", "audit_head", "manifest.json"}
    chance = random.Random(3)
    import io

    for name, start, size in found:
        for _ in range(runs(3, 60)):
            changed, place = bytearray(content), start + chance.randrange(size)
            changed[place] ^= 1 << chance.randrange(8)
            faults = examine(io.BytesIO(changed)).faults
            assert any(name in one.member for one in faults), (name, place)
    file.chmod(0o600)
    file.write_bytes(bytes(changed))
    status, said = run(live, "verify-backup", str(file))
    assert (status, "SHA256SUMS" in said) == (1, True)
    other = empty()
    status, said = run(other, "restore", str(file), "--passphrase-file", phrase)
    assert (status, "没有恢复" in said) == (1, True)
    assert not Path(other.config["INSTANCE_PATH"]).exists()


def test_keys_are_sealed_apart_or_named_as_not_included(live: Flask, empty: Empty, tmp_path: Path, phrase: str):
    without, one = str(tmp_path / "none.tar"), str(tmp_path / "one.tar")
    assert "没有给口令, 未收入" in run(live, "backup", without)[1]
    said = run(live, "backup", one, "--passphrase-file", phrase, "--without-key", "audit_key")[1]
    assert "审计密钥: 按要求未收入" in said
    assert "会话密钥: 用口令封存在内" in said
    audit = Path(live.config["INSTANCE_PATH"]) / "audit_key"
    for file in (without, one):
        content = Path(file).read_bytes()
        assert audit.read_bytes() not in content
        assert KEY.encode() not in content
    other = empty()
    status, said = run(other, "restore", one, "--passphrase-file", phrase)
    assert (status, "没有审计密钥" in said) == (1, True)
    instance = Path(other.config["INSTANCE_PATH"])
    assert not instance.exists(), "no key is made where the old one is needed"
    instance.mkdir(mode=0o700)
    (instance / "audit_key").write_text("0" * 64)
    assert "不是写这份备份时的那一个" in run(other, "restore", one, "--passphrase-file", phrase)[1]
    (instance / "audit_key").write_bytes(audit.read_bytes())
    status, said = run(other, "restore", one, "--passphrase-file", phrase)
    assert (status, "会话密钥已写入" in said) == (0, True), said


def test_a_wrong_or_open_passphrase_is_told(live: Flask, empty: Empty, tmp_path: Path, phrase: str):
    file = str(tmp_path / "b.tar")
    run(live, "backup", file, "--passphrase-file", phrase)
    wrong = tmp_path / "wrong"
    wrong.write_text("another passphrase", encoding="utf-8")
    wrong.chmod(0o644)
    assert "chmod" in run(empty(), "restore", file, "--passphrase-file", str(wrong))[1]
    wrong.chmod(0o600)
    other = empty()
    assert "口令打不开" in run(other, "restore", file, "--passphrase-file", str(wrong))[1]
    assert "请用 --passphrase-file" in run(other, "restore", file)[1]
    assert run(live, "verify-backup", file, "--passphrase-file", str(wrong))[0] == 1
    wrong.write_text("short", encoding="utf-8")
    assert "至少 12" in run(live, "backup", str(tmp_path / "c.tar"), "--passphrase-file", str(wrong))[1]
    assert not Path(other.config["INSTANCE_PATH"]).exists()


def test_what_is_sealed_opens_only_as_itself():
    closed = seal("audit_key", b"secret", PHRASE)
    assert unseal("audit_key", closed, PHRASE) == b"secret"
    told = json.loads(closed)
    for changed in ({"name": "secret_key"}, {"n": 2**15}, {"n": 2**30}, {"form": "x"}, {"sealed": "AAAA"}):
        with pytest.raises(ConfigError, match="口令打不开"):
            unseal("audit_key", json.dumps(told | changed).encode(), PHRASE)
    with pytest.raises(ConfigError):
        unseal("secret_key", closed, PHRASE)


def test_what_is_there_is_never_overwritten(live: Flask, tmp_path: Path):
    file = tmp_path / "b.tar"
    file.write_text("mine")
    status, said = run(live, "backup", str(file))
    assert (status, "已经存在" in said, file.read_text()) == (1, True, "mine")
    (tmp_path / "c.tar.part").write_text("another's")
    status, said = run(live, "backup", str(tmp_path / "c.tar"))
    assert (status, "另一次备份正在写" in said) == (1, True)
    assert (tmp_path / "c.tar.part").read_text() == "another's"


@pytest.mark.parametrize("what", ["files", "audit_head", "database"])
def test_a_place_with_anything_in_it_is_refused(
    live: Flask, empty: Empty, tmp_path: Path, phrase: str, what: str, engine_name: str
):
    file = tmp_path / "b.tar"
    run(live, "backup", str(file), "--with-files", "--passphrase-file", phrase)
    other = empty()
    instance = Path(other.config["INSTANCE_PATH"])
    if what == "database" and engine_name == "postgresql":
        with other.app_context(), db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE something (id int)")
    else:
        place = {"files": instance / "uploads/x", "audit_head": instance / "audit_head"}.get(what)
        place = place or Path(other.config["DATABASE_URL"].removeprefix("sqlite:///") + "-wal")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    status, said = run(other, "restore", str(file), "--passphrase-file", phrase)
    assert (status, "只能恢复到空的地方" in said) == (1, True)
    assert not (instance / "audit_key").exists()


def test_what_fails_half_way_leaves_nothing(
    live: Flask, empty: Empty, tmp_path: Path, phrase: str, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "b.tar"
    run(live, "backup", str(file), "--with-files", "--passphrase-file", phrase)
    other = empty()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with other.app_context():
        place = place_of(other)
        with monkeypatch.context() as patched:
            patched.setattr(restoring, "copy_out", lambda *_: full() if _[1].name.startswith("database") else real(*_))
            status, said = run(other, "restore", str(file), "--passphrase-file", phrase)
        assert (status, "已写入的都已撤回" in said) == (1, True), said
        assert (place.storage.names(), place.database.occupied(place.engine)) == ([], "")
        assert not [path for path in place.instance.rglob("*") if path.is_file()]
    assert run(other, "restore", str(file), "--passphrase-file", phrase)[0] == 0, "and then it can be done again"


real = restoring.copy_out


@pytest.mark.parametrize("where", ["database", "files"])
def test_a_full_disk_is_told_and_leaves_no_half_file(
    live: Flask, tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
):
    add = taking.Packer.add

    def full(self: taking.Packer, name: str, *rest: object) -> object:
        if name.startswith(where):
            raise OSError(28, "No space left on device")
        return add(self, name, *rest)

    monkeypatch.setattr(taking.Packer, "add", full)
    status, said = run(live, "backup", str(tmp_path / "b.tar"), "--with-files")
    assert (status, "No space left on device" in said, "没有写成" in said) == (1, True, True)
    assert list(tmp_path.glob("b.tar*")) == []


def test_a_disk_that_is_really_too_small(live: Flask, tmp_path: Path, base: str | None):
    """The same by a limit of the system on the size of files, in a process of its own."""
    import os
    import resource
    import subprocess
    import sys

    env = {**os.environ, "INSTANCE_PATH": live.config["INSTANCE_PATH"], "DATABASE_URL": live.config["DATABASE_URL"]}
    done = subprocess.run(
        [sys.executable, "-m", "projects", "backup", str(tmp_path / "b.tar")],
        cwd=Path(__file__).parents[3],
        env={**env, "SECRET_KEY": KEY},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert list(tmp_path.glob("b.tar*")) == []


def test_a_file_that_went_or_was_changed_is_told_by_name_and_the_backup_is_kept(
    live: Flask, empty: Empty, tmp_path: Path
):
    with live.app_context():
        place = place_of(live)
        gone, other = list(db.session.scalars(select(Attachment.storage_key).order_by(Attachment.id)))[:2]
        place.storage.remove(gone)
        place.storage.remove(other)
        place.storage.put(other, b"other bytes")
        db.session.remove()
    file = tmp_path / "b.tar"
    status, said = run(live, "backup", str(file), "--with-files", "--keep", "1")
    assert (status, "0-1.pdf" in said, "0-2.pdf" in said, gone in said) == (1, True, True, True)
    manifest = read_manifest(file)
    assert (manifest.files.missing, manifest.files.differing) == ((gone,), (other,))
    assert verify(file).is_whole, "it is what was written"


def test_a_backup_without_files_says_so_when_it_is_restored(live: Flask, empty: Empty, tmp_path: Path, phrase: str):
    file = str(tmp_path / "b.tar")
    assert "不含文件 (库里记有 3 个)" in run(live, "backup", file, "--passphrase-file", phrase)[1]
    assert "请另行恢复存储" in run(empty(), "restore", file, "--passphrase-file", phrase)[1]


def test_a_backup_of_a_later_version_or_another_kind_is_refused(
    live: Flask, empty: Empty, tmp_path: Path, phrase: str, monkeypatch: pytest.MonkeyPatch
):
    file = str(tmp_path / "b.tar")
    run(live, "backup", file, "--passphrase-file", phrase)
    other = empty()
    with monkeypatch.context() as patched:
        patched.setattr(restoring, "product_version", lambda: "0.0.9")
        assert "更新的版本 0.1.0" in run(other, "restore", file, "--passphrase-file", phrase)[1]
    with monkeypatch.context() as patched:
        patched.setattr(restoring.reading, "known_revisions", lambda _: {"0001"})
        assert "更新的版本" in run(other, "restore", file, "--passphrase-file", phrase)[1]
    from apps import make_app

    here = live.config["DATABASE_URL"].partition(":")[0]
    if here != "sqlite":
        kind = make_app(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path / "x", SECRET_KEY=None)
        assert "请改为同一种数据库" in run(kind, "restore", file, "--passphrase-file", phrase)[1]


def test_history_that_was_tampered_with_is_backed_up_and_told(live: Flask, empty: Empty, tmp_path: Path):
    from apps import let_history_go

    with live.app_context(), transaction():
        back = let_history_go()
        db.session.execute(text("UPDATE audit_entry SET object_id = 'x' WHERE id = 2"))
        for statement in back:
            db.session.connection().exec_driver_sql(statement)
    status, said = run(live, "backup", str(tmp_path / "b.tar"))
    assert (status, "审计记录 2" in said) == (1, True), said
    assert not read_manifest(tmp_path / "b.tar").is_complete


def test_heads_kept_elsewhere_account_for_what_an_older_copy_lacks(
    live: Flask, empty: Empty, tmp_path: Path, phrase: str
):
    """After the disk died: the copy is of last night, the heads sent elsewhere are of this noon."""
    run(live, "backup", str(tmp_path / "b.tar"), "--with-files", "--passphrase-file", phrase)
    with live.app_context():
        write(live, 0, 4)
        db.session.remove()
    heads = str(tmp_path / "heads")
    run(live, "audit-head", "--out", heads)
    other = empty()
    assert run(other, "restore", str(tmp_path / "b.tar"), "--passphrase-file", phrase)[0] == 0
    assert run(other, "verify-audit", "--head", heads)[0] == 1
    assert run(other, "accept-restored-backup", "--reason", "disk", "--head", heads)[0] == 0
    assert run(other, "verify-audit", "--head", heads)[0] == 0
    with other.app_context():
        restored = db.session.execute(select(AuditEntry.id, AuditEntry.at).where(AuditEntry.tag == Tag.AUDIT_RESTORED))
        assert len(restored.all()) == 1
        db.session.remove()
    assert NOW
