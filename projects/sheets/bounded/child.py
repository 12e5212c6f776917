"""The process in which something from outside is read: `child.py JOB MEMORY SECONDS FILES ARGUMENT...`.

JOB names a function as `module:name`; it is given the bytes from stdin and the arguments, and what it returns is
written to stdout. It may take MEMORY bytes of address space and SECONDS of processor time, open few files and write
FILES bytes into one. Ends with 0, with 3 where the memory did not suffice, with 1 where the job failed in
any other way.
"""

from __future__ import annotations

import gc
import importlib
import resource
import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[3])
TOO_LARGE = 3  # the process's answer where memory ran out


def limit(memory: int, seconds: int, files: int) -> None:
    """Give up, for this process, what reading doesn't need.

    Systems that know a limit keep it; the parent's clock holds everywhere.
    """
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue


def main(job: str, memory: str, seconds: str, files: str, *arguments: str) -> int:
    """Read, work, answer."""
    sys.path.insert(0, ROOT)
    module, _, name = job.partition(":")
    work = getattr(importlib.import_module(module), name)
    limit(int(memory), int(seconds), int(files))
    gc.disable()  # it ends before there is anything to collect
    try:
        answer = work(sys.stdin.buffer.read(), *arguments)
    except MemoryError:
        return TOO_LARGE
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
