"""Lines that may be paid at once, found by their sum: two to four untouched lines of a project, or of a unit in one
document; all of a place in one document.

Rules MT-3 and MT-12 of docs/rules/matching.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from projects.money.matching.facts import OpenLine, natural
from projects.money.matching.names import canonical, place_of

GROUP_LINES, GROUP_SIZE = 12, 4
Group = tuple[str, ...]
Shelf = tuple[str, str]
WHOLE = "all "  # of a shelf whose lines are only paid all at once


class Groups:
    """The groups of the lines that nothing was paid of yet."""

    def __init__(self) -> None:
        self._shelves: dict[Shelf, dict[str, OpenLine]] = defaultdict(dict)
        self._made: dict[Shelf, list[tuple[int, Group]]] = {}
        self._found: dict[int, Counter[Group]] = defaultdict(Counter)  # sum → groups, and how many shelves make each

    def summing(self, fen: int, most: int) -> list[Group]:
        """The groups that sum to `fen`."""
        return sorted(self._found.get(fen, ()), key=lambda group: [natural(key) for key in group])[:most]

    def change(self, gone: Iterable[OpenLine], come: Iterable[OpenLine]) -> set[int]:
        """Take lines out and put others in; the sums that groups were made or unmade of."""
        shelves = set()
        for line in gone:
            for shelf in _shelves(line):
                self._shelves[shelf].pop(line.key, None)
                shelves.add(shelf)
        for line in come:
            for shelf in _shelves(line):
                self._shelves[shelf][line.key] = line
                shelves.add(shelf)
        return {fen for shelf in shelves for fen in self._remake(shelf)}

    def _remake(self, shelf: Shelf) -> set[int]:
        before = self._made.pop(shelf, [])
        for fen, group in before:
            own = self._found[fen]
            own[group] -= 1
            if not own[group]:
                del own[group]
            if not own:
                del self._found[fen]
        lines = self._shelves[shelf]
        if len(lines) > 1:
            self._made[shelf] = [
                (sum(lines[key].open_fen for key in group), group)
                for group in _subsets(sorted(lines, key=natural), whole=shelf[0].startswith(WHOLE))
            ]
            for fen, group in self._made[shelf]:
                self._found[fen][group] += 1
        elif not lines:
            del self._shelves[shelf]
        return {fen for fen, _ in (*before, *self._made.get(shelf, ()))}


def _shelves(line: OpenLine) -> tuple[Shelf, ...]:
    if line.open_fen != line.amount_fen:
        return ()
    unit = canonical(line.unit)
    return (
        ("project", line.project),
        (line.document, unit),
        (WHOLE + line.document, place_of(unit, canonical(line.place))),
    )


def _subsets(shelf: Sequence[str], *, whole: bool) -> Iterator[Group]:
    if whole:
        yield tuple(shelf)
        return
    if len(shelf) > GROUP_LINES:
        yield tuple(shelf)
        yield from combinations(shelf[: 4 * GROUP_LINES], 2)
        return
    for size in range(2, min(GROUP_SIZE, len(shelf)) + 1):
        yield from combinations(shelf, size)
    if len(shelf) > GROUP_SIZE:
        yield tuple(shelf)
