"""Running a reader of an outside format in a process of its own, within bounds of memory, time and output.

Whatever a file does to its reader (a bomb, an endless loop, a crash of a library), the process that serves goes on and
says which bound was met.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from projects.sheets.bounded.child import TOO_LARGE

CHILD = Path(__file__).with_name("child.py")
AT_ONCE = threading.BoundedSemaphore(2)  # readers that work at the same time, for each process that serves
SLOW = {-signal.SIGXCPU, -signal.SIGKILL}


@dataclass(frozen=True)
class Bounds:
    """What a reader may use: bytes of address space, seconds of processor time, seconds until it is ended (and before
    it begins), bytes that it may answer, bytes of a file that it may write.
    """

    memory: int = 300_000_000
    seconds: int = 5
    wait: int = 60
    output: int = 120_000_000
    files: int = 0


class BoundError(Exception):
    """The reader did not come to an end: `why` is `slow`, `large` or `broken`; or did not begin, as others worked:
    `busy`.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@contextmanager
def _turn(seconds: int) -> Iterator[None]:
    """One of the places for those that work at the same time; files that take long let nobody wait for ever."""
    if not AT_ONCE.acquire(timeout=seconds):
        raise BoundError("busy")
    try:
        yield
    finally:
        AT_ONCE.release()


def command(job: str, arguments: Sequence[str], bounds: Bounds) -> list[str]:
    """The command that runs `job` (`module:function`), which reads stdin and is one of our own."""
    return [
        sys.executable,
        "-I",
        "-B",
        "-X",
        "utf8",
        str(CHILD),
        job,
        str(bounds.memory),
        str(bounds.seconds),
        str(bounds.files),
        *arguments,
    ]


def answer(
    job: str, content: bytes | Iterable[bytes], arguments: Sequence[str] = (), bounds: Bounds | None = None
) -> bytes:
    """What `job` made of `content`, whole or in pieces; BoundError where it met a bound or failed."""
    bounds = bounds or Bounds()
    with _turn(bounds.wait), tempfile.TemporaryFile() as source:
        source.writelines([content] if isinstance(content, bytes) else content)
        source.seek(0)
        with subprocess.Popen(  # noqa: S603 - our own reader, with arguments from our own lists
            command(job, arguments, bounds),
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"TMPDIR": tempfile.gettempdir()} if bounds.files else {},
        ) as reader:
            clock = threading.Timer(bounds.wait, reader.kill)
            clock.start()
            try:
                assert reader.stdout is not None  # noqa: S101 - it is a pipe
                said = reader.stdout.read(bounds.output + 1)
                if len(said) > bounds.output:
                    reader.kill()
                    raise BoundError("large")
                code = reader.wait()
            finally:
                reader.kill()
                clock.cancel()
    if code:
        raise BoundError("slow" if code in SLOW else "large" if code < 0 or code == TOO_LARGE else "broken")
    return said
