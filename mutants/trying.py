"""Tests tried on mutants, each in a process forked from one that has loaded every foreign library already.

The child reads the changed file in the place of the stored one, before anything of the product or its tests is
imported: what a module works out while it is read (thresholds, defaults, tables) is worked out from the change, too.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.abc
import importlib.util
import os
import pickle
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType

import coverage
import pytest

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "database_url"  # the fixture that all tests with a database rest on
NEVER = {"postgres_url", "browser", "page", "served"}  # fixtures of tests that are no part of this
FLAGS = ["-q", "--hypothesis-seed=0", "-o", "timeout=0", "--no-header"]
FLAGS += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # libraries are there before pytest looks at them
MEMORY = 4 << 30
TOO_SLOW, FILE = (
    2.0,
    40.0,
)  # seconds of processor time under coverage, of a test and of all tests of a file: the rest is left out
PASSED, FAILED, BROKEN = 0, 1, 2  # pytest's exit codes: the last is that of files which can't be imported
SCRATCH = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
CACHE = ROOT / "instance" / "mutants"  # what is known of unchanged tests


@dataclass(slots=True)
class Known:
    """What the unchanged tests did: which lines of which file each ran through (as bits), and how long it took."""

    lines: dict[str, dict[str, int]] = field(default_factory=dict)  # of a file, by test
    seconds: dict[str, float] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)  # tests that need a database
    libraries: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)

    def tests(self, path: str, lines: tuple[int, int]) -> set[str]:
        """Tests that run through any of the lines of a file."""
        wanted = sum(1 << line for line in range(lines[0], lines[1] + 1))
        return {test for test, bits in self.lines.get(path, {}).items() if bits & wanted}

    def everywhere(self, path: str) -> set[str]:
        """Tests that run through any line of a file."""
        return set(self.lines.get(path, ()))


def _wanted(item: pytest.Item, *, pure: bool) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    if names & NEVER - {"postgres_url"} or any(item.get_closest_marker(name) for name in ("browser", "shared")):
        return False
    if DATABASE in names and pure:
        return False
    if DATABASE in names:
        callspec = getattr(item, "callspec", None)
        return callspec is not None and callspec.params.get("engine_name") == "sqlite"
    return "postgres_url" not in names


class _Watcher:
    """Runs pure tests only, and notes lines and seconds of each."""

    def __init__(self, measure: coverage.Coverage, *, pure: bool) -> None:
        self.measure, self.pure = measure, pure
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.stored: set[str] = set()
        self.slow: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if _wanted(item, pure=self.pure)]
        self.stored = {item.nodeid for item in items if DATABASE in getattr(item, "fixturenames", ())}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        def give_up(*_: object) -> None:
            self.slow.add(item.nodeid)
            pytest.skip("too slow to be tried on hundreds of mutants")

        if time.process_time() > FILE:
            give_up()
        signal.signal(signal.SIGVTALRM, give_up)
        signal.setitimer(signal.ITIMER_VIRTUAL, TOO_SLOW)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.measure.switch_context(item.nodeid)
        begun = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - begun
            self.measure.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


class _Chooser:
    """Runs the chosen tests only, quickest first."""

    def __init__(self, tests: list[str]) -> None:
        self.rank = {test: number for number, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self.rank), key=lambda item: self.rank[item.nodeid])


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Reads one module from another text."""

    def __init__(self, module: str, path: str, source: str) -> None:
        self.module, self.path, self.source = module, str(ROOT / path), source

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> object:
        """The module's own place, with this loader."""
        if fullname != self.module:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def get_filename(self, fullname: str) -> str:
        """Where it stands."""
        return self.path

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed text."""
        exec(compile(self.source, self.path, "exec"), vars(module))


def _quiet() -> None:
    if os.environ.get("LOUD"):
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)


def _prepare(template: str) -> str:
    """A folder for what tests write; databases are copies of one that was migrated once."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    sys.argv = ["pytest"]
    folder = tempfile.mkdtemp(prefix="mutants-", dir=SCRATCH)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = f"{folder}/hypothesis"
    import flask_migrate

    def copied(*_: object, **__: object) -> None:
        from projects.extensions import db

        where = db.engine.url.database
        db.engine.dispose()
        shutil.copy(template, where)

    if template:
        flask_migrate.upgrade = copied
    return folder


def _leave(status: int, folder: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(status)


def _in_child(work: Callable[[], None]) -> int:
    pid = os.fork()
    if not pid:
        _quiet()
        try:
            work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(pytest.ExitCode.INTERNAL_ERROR)
    return pid


def _waited(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def template(path: str) -> str:
    """A migrated, empty SQLite database at `path`."""

    def work() -> None:
        folder = _prepare("")
        sys.path.insert(0, str(ROOT / "tests"))
        from apps import make_app
        from flask_migrate import upgrade

        from projects.extensions import db

        app = make_app(f"sqlite:///{path}", Path(folder))
        with app.app_context():
            upgrade(directory=app.extensions["migrate"].directory)
            db.session.remove()
            db.engine.dispose()
        _leave(0, folder)

    if _waited(_in_child(work)):
        raise SystemExit("no database could be made")
    return path


def _observe(files: list[str], rules: list[str], answer: str, database: str) -> None:
    pure = not database
    folder = _prepare(database)
    measure = coverage.Coverage(data_file=None, include=[str(ROOT / path) for path in rules], config_file=False)
    measure.start()
    watcher = _Watcher(measure, pure=pure)
    status = pytest.main([*files, *FLAGS, f"--basetemp={folder}/tests"], plugins=[watcher])
    measure.stop()
    data = measure.get_data()
    lines: dict[str, dict[str, int]] = {}
    for name in data.measured_files():
        bits: dict[str, int] = {}
        for line, tests in data.contexts_by_lineno(name).items():
            for test in tests:
                bits[test] = bits.get(test, 0) | 1 << line
        for test in {"", *watcher.slow}:
            bits.pop(test, None)
        lines[Path(name).relative_to(ROOT).as_posix()] = bits
    own = ("projects", "tests", "mutants")
    libraries = {
        name
        for name, module in list(sys.modules.items())
        if name.split(".")[0] not in own
        and "site-packages" in (getattr(module, "__file__", None) or "")
        and getattr(getattr(module, "__spec__", None), "name", None) == name
    }
    found = Known(lines, watcher.seconds, watcher.stored, libraries, watcher.failed)
    Path(f"{answer}.new").write_bytes(pickle.dumps(found))
    Path(f"{answer}.new").rename(answer)
    _leave(0 if status in {PASSED, FAILED, pytest.ExitCode.NO_TESTS_COLLECTED} else int(status), folder)


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path}\0".encode() + path.read_bytes())
    return whole.hexdigest()


def observe(files: list[str], rules: list[str], jobs: int, database: str) -> Known:
    """Run the test files on the unchanged program; what is known of unchanged ones is kept.

    Without a `database` only pure tests run.
    """
    helpers = [path for path in (ROOT / "tests").rglob("*.py") if not path.name.startswith("test_")]
    stand = _digest([*(ROOT / "projects").rglob("*.py"), *helpers])
    CACHE.mkdir(exist_ok=True)
    places = {
        name: CACHE / f"{_digest([ROOT / name])[:16]}-{stand[:16]}{'' if database else '-pure'}" for name in files
    }
    waiting = [name for name in reversed(files) if not places[name].exists()]
    warm(library for one in list(CACHE.iterdir())[:40] for library in pickle.loads(one.read_bytes()).libraries)
    running: dict[int, str] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            name = waiting.pop()
            running[_in_child(partial(_observe, [name], rules, str(places[name]), database))] = name
        pid, status = os.wait()
        name = running.pop(pid)
        if os.waitstatus_to_exitcode(status):
            raise SystemExit(f"{name} can't be read: run it by itself")
    known = Known()
    for name in files:
        one: Known = pickle.loads(places[name].read_bytes())
        for path, tests in one.lines.items():
            known.lines.setdefault(path, {}).update(tests)
        known.seconds |= one.seconds
        known.stored |= one.stored
        known.libraries |= one.libraries
        known.failed += [test for test in one.failed if one.seconds[test] < TOO_SLOW]  # the others were broken off
    return known


def warm(libraries: Iterable[str]) -> None:
    """Load what the tests load from elsewhere."""
    for name in dict.fromkeys(libraries):
        with suppress(Exception):
            importlib.import_module(name)


def _try(trial: Trial, database: str, seconds: float) -> None:
    source = trial.source()
    folder = _prepare(database)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.meta_path.insert(0, _Changed(trial.module, trial.path, source))
    files = list(dict.fromkeys(test.split("::")[0] for test in trial.tests))
    flags = ["-x", *FLAGS, f"--basetemp={folder}/tests"]
    _leave(int(pytest.main([*files, *flags], plugins=[_Chooser(trial.tests)])), folder)


@dataclass(frozen=True, slots=True)
class Trial:
    """A text of one module, the tests to run on it, and what they cost unchanged."""

    module: str
    path: str
    source: Callable[[], str]
    tests: list[str]
    cost: float


def run(trials: list[Trial], jobs: int, database: str, told: Callable[[int, int, float], None]) -> None:
    """Try each in a process of its own, `jobs` at a time; `told` hears number, exit code (or -signal) and seconds."""
    waiting = list(enumerate(trials))[::-1]
    running: dict[int, tuple[int, float, float]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            number, trial = waiting.pop()
            limit = 6 + 4 * trial.cost
            pid = _in_child(partial(_try, trial, database, limit))
            running[pid] = (number, time.monotonic(), 60 + 10 * limit)
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            number, begun, _ = running.pop(pid)
            told(number, os.waitstatus_to_exitcode(status), time.monotonic() - begun)
            continue
        for stuck, (_, begun, limit) in running.items():
            if time.monotonic() - begun > limit:
                os.kill(stuck, signal.SIGKILL)
        time.sleep(0.01)
