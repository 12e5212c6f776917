"""An import cut into steps, each posted in a transaction of its own, so that nobody waits long for their turn to write.

Rule IM-10 of docs/rules/imports.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from projects.money.documents.numbers import normalise
from projects.money.imports.plan import NewRow
from projects.money.imports.reading import SheetRow

MOST = {"projects": 500, "allocations": 2_000, "receipts": 3_000, "payments": 2_000}  # rows of a step
MOST_OWNERS = {"allocations": 500, "payments": 100}  # documents added; projects whose verdicts are renewed


def in_order(kind: str, new: Sequence[NewRow]) -> list[NewRow]:
    """The rows as they stand in the file; but payments by project, the parts of one from several sources together."""
    if kind != "payments":
        return list(new)
    first: dict[object, int] = {}
    for place, (_, project, key) in enumerate(new):
        first.setdefault(project, place)
        first.setdefault((project, key), place)
    return sorted(new, key=lambda one: (first[one[1]], first[one[1], one[2]]))


def step(kind: str, new: Sequence[NewRow]) -> int:
    """How many of the rows `new`, in order, the next step takes; all parts of a payment or none."""
    owners: set[object] = set()
    before: tuple[int | None, str] | None = None
    for place, (row, project, key) in enumerate(new):
        owner = _owner(kind, row, project)
        is_full = place >= MOST[kind] or (owner not in owners and len(owners) >= MOST_OWNERS.get(kind, place + 1))
        if is_full and (kind != "payments" or before != (project, key)):
            return place
        before = project, key
        owners.add(owner)
    return len(new)


def _owner(kind: str, row: SheetRow, project: int | None) -> object:
    if kind == "allocations":
        return normalise(row.text("number")), row.day("issued")
    return project if kind == "payments" else None
