"""A database that is busy, full or gone: told in words, with what was typed kept; reading and getting in go on.

What each error means is tried with the errors that the databases really give: two connections and a lock, a disk of
two megabytes, a backend that is shut down.
"""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from apps import make_app
from builders import PASSWORD, make_day, make_project, make_report, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from pages import fields_of, words_of
from sqlalchemy import UniqueConstraint, event, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from projects import failures
from projects.core.errors import ConflictError
from projects.database import transacted, transaction
from projects.extensions import db
from projects.failures import TAKEN, Failure, failure_of
from projects.models import AuditEntry, Setting, User

FORM = "/projects/own/reports/2021-11"
TYPED = {"narrative": "<b>主体结构</b>施工至八层\r\n第二行", "percent_structure": "40", "action": "save"}
KEYS_OF_OUR_MAKING = {
    "api_token", "attachment", "audit_checkpoint", "ledger_item", "login_session", "reference_version",
}  # fmt: skip


def is_sqlite(app: Flask) -> bool:
    return app.config["DATABASE_URL"].startswith("sqlite")


# --- what an error means ----------------------------------------------------------------------------------------------


class Told(Exception):  # noqa: N818 - no error of ours
    """What a driver raises: with PostgreSQL's state, or SQLite's code."""

    def __init__(self, said: str = "", **told: Any) -> None:
        super().__init__(said)
        vars(self).update(told)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (Told(sqlstate="40P01"), Failure.OVERTAKEN),
        (Told(sqlstate="40001"), Failure.OVERTAKEN),
        (Told(sqlstate="55P03"), Failure.BUSY),
        (Told(sqlstate="57014"), Failure.BUSY),
        (Told(sqlstate="53300"), Failure.BUSY),
        (Told(sqlstate="53100"), Failure.FULL),
        (Told(sqlstate="57P01"), Failure.GONE),
        (Told(sqlstate="08006"), Failure.GONE),
        (Told(sqlstate="42P01"), None),
        (Told("database is locked", sqlite_errorcode=5), Failure.BUSY),
        (Told("database is locked", sqlite_errorcode=517), Failure.BUSY),
        (Told("disk is full", sqlite_errorcode=13), Failure.FULL),
        (Told("disk I/O error", sqlite_errorcode=778), Failure.GONE),
        (Told("no such table: x", sqlite_errorcode=1), None),
    ],
)
def test_a_driver_s_error_means_what_can_be_done(told: Told, meant: Failure | None):
    assert failure_of(OperationalError("SELECT 1", {}, told)) is meant


def test_other_errors_mean_it_too():
    assert failure_of(OSError(errno.ENOSPC, "")) is Failure.FULL
    assert failure_of(OSError(errno.ENOENT, "")) is None
    assert failure_of(PoolTimeoutError()) is Failure.BUSY
    assert failure_of(ValueError()) is None


def test_every_unique_key_has_words_for_whoever_comes_second():
    """By table; but for keys that nobody chooses."""
    told = {
        table.name
        for table in db.metadata.sorted_tables
        if any(isinstance(one, UniqueConstraint) for one in table.constraints)
        or any(one.unique for one in table.indexes)
    }
    assert told - KEYS_OF_OUR_MAKING == set(TAKEN)


def test_a_key_that_is_taken_is_named(app: Flask):
    with app.app_context():
        make_user("manager", name="wang")
        with pytest.raises(ConflictError, match="登录名"):
            transacted(lambda: make_user("manager", name="wang"))


def test_a_rule_of_the_database_that_is_broken_stays_a_fault_of_ours(app: Flask):
    with app.app_context():
        make_user("manager", name="wang")

        def wrong() -> None:
            db.session.execute(text('UPDATE "user" SET username = NULL'))

        with pytest.raises(IntegrityError):
            transacted(wrong)


# --- once more --------------------------------------------------------------------------------------------------------


def test_who_is_overtaken_once_notices_nothing_and_who_is_twice_is_told(app: Flask):
    with app.app_context():
        tries: list[int] = []

        def overtaken(times: int) -> str:
            tries.append(1)
            db.session.add(Setting(key=f"n{len(tries)}", value="0"))
            db.session.flush()
            if len(tries) <= times:
                raise OperationalError("UPDATE x", {}, Told(sqlstate="40P01"))
            return "stored"

        assert transacted(lambda: overtaken(1)) == "stored"
        assert list(db.session.scalars(select(Setting.key))) == ["n2"]
        tries.clear()
        with pytest.raises(ConflictError):
            transacted(lambda: overtaken(2))
        assert len(tries) == 2


def test_no_page_opens_a_transaction_past_the_one_that_tries_again():
    root = Path(failures.__file__).parent
    served = [path for path in root.rglob("*.py") if not {"commands", "samples"} & set(path.parts)]
    assert len(served) > 200
    asking = {path.name for path in served if "with transaction()" in path.read_text(encoding="utf-8")}
    assert asking == {"database.py"}


# --- busy -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def writing(app: Flask, client: FlaskClient) -> Callable[[], Any]:
    """A manager who sends a month's report."""
    with app.app_context():
        make_day()
        manager = make_user("manager")
        make_report(make_project("own", manager=manager), "2021-10", author=manager)
    sign_in(client, manager)
    shown = fields_of(client.get(FORM).text, "report")
    return lambda: client.post(FORM, data=shown | TYPED)


@pytest.fixture
def impatient(app: Flask) -> Iterator[None]:
    """Nobody waits longer than a tenth of a second."""

    def soon(connection: Any, _record: object, _proxy: object) -> None:
        if is_sqlite(app):
            connection.execute("PRAGMA busy_timeout=100")
        else:
            connection.execute("SET lock_timeout = 100")
            connection.commit()

    with app.app_context():
        event.listen(db.engine, "checkout", soon)
        yield
        event.remove(db.engine, "checkout", soon)


def test_what_could_not_be_saved_for_others_comes_back_as_it_was_typed(app: Flask, writing, impatient):
    with app.app_context(), db.engine.connect() as other:
        if is_sqlite(app):
            other.connection.driver_connection.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr]
        else:
            other.execute(text("SELECT id FROM project FOR UPDATE"))
        answer = writing()
        other.connection.driver_connection.rollback()  # type: ignore[union-attr]
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "系统出错" not in answer.text
    assert "<b>主体结构" not in answer.text
    assert "主体结构</b>施工至八层".replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert "等候超时" in words_of(answer.text)
    assert writing().status_code == 302  # what was given back can be sent


# --- gone -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def is_gone(app: Flask) -> Iterator[Callable[[], None]]:
    """A switch that lets no statement through."""
    listening: list[Any] = []

    def gone(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Told("server closed the connection", sqlstate="57P01"))

    def switch() -> None:
        event.listen(db.engine, "before_cursor_execute", gone)
        listening.append(gone)

    with app.app_context():
        yield switch
        for one in listening:
            event.remove(db.engine, "before_cursor_execute", one)


@pytest.mark.parametrize("path", ["/", "/projects", "/sign-in", "/no-such-page", "/api/v1/projects"])
def test_without_a_database_every_page_says_so(client: FlaskClient, writing, is_gone, path: str):
    is_gone()
    answer = client.get(path)
    assert answer.status_code in {503, 404}
    assert "系统出错" not in answer.text
    if answer.status_code == 503:
        assert answer.headers["Retry-After"]


def test_a_form_that_no_database_takes_can_be_sent_again(client: FlaskClient, writing, is_gone):
    is_gone()
    answer = writing()
    assert answer.status_code == 503
    kept = fields_of(answer.text)
    assert {name: kept[name].replace("\r\n", "\n") for name in TYPED} == {
        name: value.replace("\r\n", "\n") for name, value in TYPED.items()
    }
    assert f'action="{FORM}"' in answer.text


def test_no_password_is_given_back(client: FlaskClient, writing, is_gone):
    is_gone()
    answer = client.post("/sign-in", data={"username": "wang", "password": "secret-of-wang"})
    assert answer.status_code == 503
    assert "secret-of-wang" not in answer.text


def test_a_backend_that_is_shut_down_costs_one_answer_at_most(app: Flask, client: FlaskClient, writing):
    if is_sqlite(app):
        pytest.skip("SQLite has no backend")
    with app.app_context(), db.engine.connect() as other:
        others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        other.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
    assert client.get("/projects").status_code in {200, 503}
    assert client.get("/projects").status_code == 200
    assert writing().status_code == 302


# --- full -------------------------------------------------------------------------------------------------------------


def test_a_full_disk_of_the_database_server_is_told(app: Flask, writing, monkeypatch: pytest.MonkeyPatch):
    """The error of PostgreSQL, at the statement where it comes."""

    def full(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO monthly_report"):
            raise OperationalError(statement, {}, Told("could not extend file", sqlstate="53100"))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", full)
        answer = writing()
        event.remove(db.engine, "before_cursor_execute", full)
    assert answer.status_code == 507
    assert "施工至八层" in answer.text
    assert writing().status_code == 302


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("NO DISK CAN BE MADE HERE: what a full one does is unchecked; run as root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Leave no block free."""
    for number, size in enumerate((1 << 20, 1 << 12)):
        with (folder / f"filler{number}").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(bytes(size))


@pytest.fixture
def served(small_disk: Path) -> Iterator[Flask]:
    """An installation on it, with somebody signed in before it fills up."""
    app = make_app(f"sqlite:///{small_disk / 'projects.sqlite'}", small_disk, RESERVE_BYTES=2 << 20)
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        make_day()
        manager = make_user("manager", name="wang")
        make_report(make_project("own", manager=manager), "2021-10", author=manager)
        with transaction():
            db.session.add(Setting(key="x", value="y"))
        transacted(lambda: None)  # as a page would, which makes the reserve
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_on_a_full_disk_nothing_is_lost_and_reading_and_signing_in_go_on(served: Flask, small_disk: Path):
    client, newcomer = served.test_client(), served.test_client()
    with served.app_context():
        sign_in(client, db.session.scalar(select(User)))
    shown = fields_of(client.get(FORM).text, "report")
    fill(small_disk)

    answer = client.post(FORM, data=shown | TYPED)
    assert answer.status_code == 507
    assert "施工至八层" in answer.text
    assert client.get("/projects").status_code == 200
    assert newcomer.post("/sign-in", data={"username": "wang", "password": PASSWORD}).status_code == 302
    assert newcomer.get("/projects").status_code == 200
    assert newcomer.get("/admin/users").status_code == 403
    refused = newcomer.post("/sign-in", data={"username": "wang", "password": "wrong"})
    assert refused.status_code in {302, 422}
    with served.app_context():
        newest = select(AuditEntry.tag).order_by(AuditEntry.id.desc())
        assert db.session.scalar(newest) in {"user:request:refused", "user:session:refused"}
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    for _ in range(3):  # what is left belongs to those who come in
        assert client.post(FORM, data=shown | TYPED).status_code == 507

    for filler in small_disk.glob("filler*"):
        filler.unlink()
    assert client.post(FORM, data=shown | TYPED).status_code == 302
    assert (small_disk / "reserve").stat().st_size == 2 << 20


def test_without_a_reserve_nobody_comes_in(served: Flask, small_disk: Path):
    """The negative control."""
    served.extensions["reserve"].size = 0
    (small_disk / "reserve").unlink()
    fill(small_disk)
    answer = served.test_client().post("/sign-in", data={"username": "wang", "password": PASSWORD})
    assert answer.status_code == 507
    assert "磁盘已满" in answer.text


def test_a_file_that_has_no_room_leaves_nothing_behind(served: Flask, small_disk: Path):
    from io import BytesIO

    from works.files.pictures import pdf

    client = served.test_client()
    with served.app_context():
        sign_in(client, db.session.scalar(select(User)))
    (small_disk / "uploads").mkdir(exist_ok=True)
    fill(small_disk)
    answer = client.post("/projects/own/files", data={"files": (BytesIO(pdf()), "a.pdf")})
    assert answer.status_code == 507
    assert list((small_disk / "uploads").iterdir()) == []


# --- addresses that crashed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/users?as_of=x", 403),
        ("/no-such-page?as_of=x", 404),
        ("/projects/none?as_of=x", 422),
        ("/projects?as_of=x", 422),
        (f"/documents/{2**63}?as_of=x", 404),
        (f"/funding/matching/{2**64}", 404),
        (f"/projects/own/forecast?edit={2**64}", 404),
    ],
)
def test_what_was_a_crash_is_answered(client: FlaskClient, writing, path: str, status: int):
    assert client.get(path).status_code == status


def test_an_id_beyond_all_numbers_is_no_address(app: Flask, client: FlaskClient, writing):
    """Also where something is sent; so is a kind of money that is missing."""
    assert client.post(f"/projects/own/lights/{2**64}/end").status_code == 404
    assert client.post(f"/account/sessions/{2**63}/end").status_code == 404
    with app.app_context():
        sign_in(client, make_user("finance"))
    for path, form in (("/documents", {}), ("/funding/matching/1/outside", {}), ("/imports", {})):
        assert client.post(path, data=form).status_code in {404, 422}
