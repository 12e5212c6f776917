"""Answers that are kept: what a rule says on many seeded inputs, line by line, in `tests/pins/`.

A pin says nothing about right or wrong; the tests of a rule do that, with worked numbers. It shows what else a change
moves: `PIN=1 pytest FILE` writes the answers anew, and their difference is read before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

PINS = Path(__file__).parent / "pins"


def pinned(name: str, answers: Iterable[str]) -> None:
    """Compare the answers, one a line, with those kept under `name`; with PIN=1 keep these instead."""
    found = [line.rstrip() for line in answers]
    path = PINS / f"{name}.txt"
    if os.environ.get("PIN"):
        PINS.mkdir(exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
        return
    kept = path.read_text(encoding="utf-8").splitlines()
    moved = [
        f"{number}: {old} => {new}" for number, (old, new) in enumerate(zip(kept, found, strict=False), 1) if old != new
    ]
    assert (len(found), moved[:5]) == (len(kept), []), f"{len(moved)} answers of {name} moved"
