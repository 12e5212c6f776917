"""The list of places that ships (projects/data/places.tsv); its head names source, edition and licence (OF-1)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from projects.config import DATA
from projects.core.places import upper

NAME = "places.tsv"
LONGEST = 60  # letters of a name


@cache
def shipped_places(folder: Path = DATA) -> dict[str, str]:
    """Names by six-digit code, each after the places it lies in; ValueError naming the line that can't be true."""
    found: dict[str, str] = {}
    for number, line in enumerate((folder / NAME).read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        code, tab, name = line.partition("\t")
        if not (tab and len(code) == 6 and code.isascii() and code.isdigit()):
            raise ValueError(f"{NAME}, line {number}: expected six digits, a tab and a name, found {line!r}")
        if not 0 < len(name) <= LONGEST or name != name.strip():
            raise ValueError(f"{NAME}, line {number}: {name!r} is no name")
        if found and code <= next(reversed(found)):
            raise ValueError(f"{NAME}, line {number}: {code} is there already, or stands after a later code")
        found[code] = name
    return found


def parent_of(code: str, known: dict[str, str]) -> str | None:
    """The nearest of the `known` places that a code lies in: its city, else its province, else none."""
    return next((above for above in reversed(upper(code)) if above in known), None)
