"""A lean HTTP client on the loopback, the server as a process, and medians; standard library only."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
WARM = 3  # requests before those that count


class Answer(NamedTuple):
    """Status, body as it came over the wire, body in plain bytes, location, and milliseconds from sending to the last
    byte.
    """

    status: int
    wire: bytes
    body: bytes
    location: str
    ms: float


class Ask(NamedTuple):
    """A request, and what its answer must hold: status, a mark and how often at least."""

    path: str
    mark: bytes = b""
    times: int = 1
    form: Mapping[str, str] | None = None
    status: int = 200


class Client:
    """One connection kept open, with its cookies, that asks as a browser does (gzip)."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self.port, self.cookies, self.token = port, dict(cookies or {}), ""
        self.connection = http.client.HTTPConnection(HOST, port, timeout=120)

    def send(self, path: str, form: Mapping[str, str] | None = None) -> Answer:
        """One request; a connection that the server has let go is opened once more."""
        headers = {
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(dict(form) | {"csrf_token": self.token})
        for last in (False, True):
            began = time.perf_counter()
            try:
                self.connection.request("GET" if form is None else "POST", path, body, headers)
                answer = self.connection.getresponse()
                wire = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection.close()
                if last:
                    raise
        ms = 1000 * (time.perf_counter() - began)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        plain = gzip.decompress(wire) if answer.getheader("Content-Encoding") == "gzip" else wire
        return Answer(answer.status, wire, plain, answer.getheader("Location") or "", ms)

    def sign_in(self, username: str, password: str) -> None:
        """Sign in as a person does, and keep the form token of the session."""
        self._find_token("/sign-in")
        answer = self.send("/sign-in", {"username": username, "password": password})
        if answer.status != 302:
            raise SystemExit(f"sign-in as {username} gave {answer.status}")
        self._find_token("/projects?per_page=25")

    def _find_token(self, path: str) -> None:
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', self.send(path).body)
        if not found:
            raise SystemExit(f"no form token on {path}")
        self.token = found[1].decode()

    def ask(self, wanted: Ask) -> Answer:
        """One request whose answer must be as told."""
        answer = self.send(wanted.path, wanted.form)
        if answer.status != wanted.status or (wanted.mark and answer.body.count(wanted.mark) < wanted.times):
            got = f"{answer.status}, {wanted.mark!r} {answer.body.count(wanted.mark) if wanted.mark else 0} times"
            raise WrongAnswerError(f"{wanted.path}: {got}; wanted {wanted.status}, {wanted.times} times")
        return answer

    def twin(self) -> Client:
        """Another connection of the same session."""
        other = Client(self.port, self.cookies)
        other.token = self.token
        return other


class WrongAnswerError(Exception):
    """An answer that is not what was to be measured."""


class Figure(NamedTuple):
    """Medians of a page: milliseconds, 95th percentile, bytes on the wire and plain, how many were asked, how many a
    second.
    """

    ms: float
    p95: float
    wire: int
    plain: int
    n: int
    per_second: float


def alone(client: Client, asks: Iterator[Ask], n: int, budget: float = 12.0) -> Figure:
    """One client, one request after another; stops after `budget` seconds."""
    for _ in range(WARM):
        client.ask(next(asks))
    answers: list[Answer] = []
    began = time.perf_counter()
    stop = began + budget
    while len(answers) < n and (time.perf_counter() < stop or len(answers) < 3):
        answers.append(client.ask(next(asks)))
    return _figure(answers, time.perf_counter() - began)


def crowd(client: Client, asks: Iterator[Ask], clients: int, seconds: float) -> Figure:
    """So many clients at once for so many seconds."""
    lock = threading.Lock()
    answers: list[Answer] = []
    problems: list[Exception] = []
    stop = time.perf_counter() + seconds

    def work() -> None:
        own = client.twin()
        try:
            while time.perf_counter() < stop:
                with lock:
                    wanted = next(asks)
                answers.append(own.ask(wanted))
        except (WrongAnswerError, OSError) as problem:
            problems.append(problem)

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return _figure(answers, time.perf_counter() - began)


def _figure(answers: list[Answer], seconds: float) -> Figure:
    times = sorted(answer.ms for answer in answers)
    wire, plain = (
        int(statistics.median(sizes))
        for sizes in ([len(one.wire) for one in answers], [len(one.body) for one in answers])
    )
    return Figure(
        statistics.median(times), times[int(0.95 * (len(times) - 1))], wire, plain, len(times), len(times) / seconds
    )


def median_ms(work: Callable[[], object], n: int) -> float:
    """The median time of calling `work`, in milliseconds, after one call that does not count."""
    work()
    return statistics.median(_timed(work) for _ in range(n))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


# --- the server -------------------------------------------------------------------------------------------------------


def free_port() -> int:
    """A port of the loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Server:
    """`projects serve` with two workers on an instance folder; a context manager."""

    def __init__(self, environment: Mapping[str, str], port: int | None = None) -> None:
        self.port = port or free_port()
        self.environment = {**os.environ, **environment, "PORT": str(self.port), "HOST": HOST, "WORKERS": "2"}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "projects", "serve"]
        log = Path(self.environment["INSTANCE_PATH"]) / "serve.log"
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT
            )
        for _ in range(300):
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended: {log.read_text()[-2000:]}")
            try:
                if Client(self.port).send("/sign-in").status == 200:
                    return self
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server did not answer within 30 seconds")

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def cpu(self) -> float:
        """Milliseconds of processor time that the serving processes have used so far."""
        ticks = 0
        for pid in self._pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return 1000 * ticks / os.sysconf("SC_CLK_TCK")

    @property
    def pid(self) -> int:
        """The process whose children serve."""
        assert self.process is not None
        return self.process.pid

    def memory(self) -> dict[str, float]:
        """Resident memory of the serving processes in MB: `rss` counts shared pages in each, `pss` once."""
        pids = self._pids()
        found = {"rss": 0.0, "pss": 0.0, "processes": float(len(pids))}
        for pid in pids:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                name, _, rest = line.partition(":")
                if name.lower() in found:
                    found[name.lower()] += int(rest.split()[0]) * 1024 / 1e6
        return found

    def _pids(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [self.pid, *map(int, children.read_text().split())] if children.exists() else []
