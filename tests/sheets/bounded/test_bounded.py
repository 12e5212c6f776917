"""Whatever a reader does, it is ended within its bounds, and the process that serves says which one was met."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from projects.sheets.bounded import child, extract
from projects.sheets.bounded.extract import BoundError, Bounds, answer, command

JOB = "jobs:work"
SMALL = Bounds(seconds=1, wait=30, output=1000)


@pytest.fixture
def job(tmp_path, monkeypatch):
    """Write the job that is run: the bodies of a function `work(content, *arguments)`."""
    here = tmp_path / "projects" / "sheets" / "bounded"
    here.mkdir(parents=True)
    (here / "child.py").write_text(Path(child.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(extract, "CHILD", here / "child.py")

    def write(body: str) -> None:
        (tmp_path / "jobs.py").write_text(f"def work(content, *arguments):\n    {body}\n", encoding="utf-8")

    return write


def test_what_a_job_returns_is_its_answer(job):
    job("return content[::-1] + ' '.join(arguments).encode()")
    assert answer(JOB, b"abc", ["x", "项目"], SMALL) == "cbax 项目".encode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("while True: pass", "slow"),
        ("x = bytearray(10**10)", "large"),
        ("x = []\n    while True: x.append(bytes(10**6))", "large"),
        ("import os; os.abort()", "large"),
        ("raise ValueError", "broken"),
        ("raise SystemExit(7)", "broken"),
        ("import ctypes; ctypes.string_at(0)", "large"),
        ("return b'x' * 1001", "large"),
        ("open('/dev/full', 'wb').write(b'x' * 10**6)", "broken"),
        ("return None", "broken"),
    ],
)
def test_a_job_that_meets_a_bound_is_ended_and_named(job, body, why):
    job(body)
    with pytest.raises(BoundError) as found:
        answer(JOB, b"", (), SMALL)
    assert found.value.why == why


def test_a_job_that_only_waits_is_ended_by_the_clock(job):
    job("import time; time.sleep(60)")
    began = time.monotonic()
    with pytest.raises(BoundError, match="slow"):
        answer(JOB, b"", (), Bounds(wait=1))
    assert time.monotonic() - began < 30


def test_an_answer_at_the_limit_itself_is_taken(job):
    job("return b'x' * 1000")
    assert len(answer(JOB, b"", (), SMALL)) == 1000


def test_a_job_writes_no_file_and_sees_nothing_of_the_environment(job, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "x")
    job(f"import os; open({str(tmp_path / 'made')!r}, 'wb', 0).write(b'x'); return b''")
    with pytest.raises(BoundError):
        answer(JOB, b"", (), SMALL)
    job("import os; return repr(sorted(os.environ)).encode()")
    assert b"SECRET" not in answer(JOB, b"", (), SMALL)


def test_without_the_bounds_the_same_job_would_take_more(job):
    """The negative control: what is refused above is given where the bounds allow it."""
    job("x = bytearray(4 * 10**8); return b'done'")
    with pytest.raises(BoundError, match="large"):
        answer(JOB, b"", (), Bounds())
    assert answer(JOB, b"", (), Bounds(memory=2_000_000_000)) == b"done"


def test_the_command_names_this_python_and_leaves_its_environment():
    assert command("a:b", ["c"], Bounds())[:2] == [sys.executable, "-I"]


def test_who_waits_too_long_for_a_turn_is_told(job, monkeypatch):
    job("return b'x'")
    monkeypatch.setattr(extract, "AT_ONCE", threading.BoundedSemaphore(1))
    with extract.AT_ONCE, pytest.raises(BoundError, match="busy"):
        answer(JOB, b"", (), Bounds(wait=1))
    assert answer(JOB, b"", (), SMALL) == b"x"


def test_a_job_may_write_as_much_into_a_file_as_it_is_given(job):
    job("import tempfile; f = tempfile.TemporaryFile(); f.write(content); f.flush(); return b'done'")
    assert answer(JOB, b"x" * 1000, (), Bounds(files=1000)) == b"done"
    with pytest.raises(BoundError):
        answer(JOB, b"x" * 1001, (), Bounds(files=1000))


def test_what_a_job_is_given_may_come_in_pieces(job):
    job("return content")
    assert answer(JOB, iter([b"ab", b"c"]), (), SMALL) == b"abc"
