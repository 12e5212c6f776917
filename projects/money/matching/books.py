"""What is known of the lines: names and numbers, which stand as long as documents and projects do, and indexes of what
is open, which follow every decision.

Rules MT-3 and MT-6 of docs/rules/matching.md.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence

from projects.money.documents.citations import digits_differ
from projects.money.documents.numbers import DocumentNumber
from projects.money.matching import evidence
from projects.money.matching.evidence import Asked, Names
from projects.money.matching.facts import OpenLine, natural
from projects.money.matching.groups import Groups
from projects.money.matching.names import canonical

MOST_LINES, FEW = 160, 40  # taken from one index
LIKE_THE_BEST = 0.85  # a unit that shares so much of the best one's weight is named as well


class Register:
    """The names of all projects and units with lines, whatever is left of them, and the documents' numbers."""

    def __init__(self, lines: Sequence[OpenLine]) -> None:
        self._spelled = _spelled(lines)
        self.names = Names(lines)
        self.prefixes: list[str] = []
        self.serials: dict[int, set[str]] = {}
        self._number(lines)

    def covers(self, lines: Sequence[OpenLine]) -> bool:
        """Whether the names and the issuers of `lines` are those that are known, so that every score of words stands;
        new numbers are taken in.
        """
        if _spelled(lines) != self._spelled:
            return False
        prefixes = self.prefixes
        self._number(lines)
        return prefixes == self.prefixes

    def _number(self, lines: Sequence[OpenLine]) -> None:
        known = [
            number
            for text in {text for line in lines for text in (line.document, *line.parents)}
            if (number := evidence.number(text))
        ]
        self.prefixes = sorted({number.prefix for number in known})
        self.serials = defaultdict(set)
        for number in known:
            self.serials[number.year].add(number.serial)

    def owners(self, asked: Asked) -> list[str]:
        """The units that a receipt names, best first."""
        near = self.names.units.nearest(asked.pairs, 12)
        return [unit for unit, weight in near if weight >= LIKE_THE_BEST * near[0][1]]


def numbers_of(line: OpenLine) -> set[DocumentNumber]:
    """The numbers of a line's document and of those above it."""
    return {number for text in (line.document, *line.parents) if (number := evidence.number(text))}


def _spelled(lines: Sequence[OpenLine]) -> tuple[dict[str, tuple[str, str, str]], set[str]]:
    projects: dict[str, tuple[str, str, str]] = {}
    for line in lines:
        projects.setdefault(line.project, (line.project_name, line.unit, line.place))
    return projects, {line.unit for line in lines}


class Books:
    """The open lines with their indexes."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.lines: dict[str, OpenLine] = {}
        self._by_open: list[tuple[int, tuple[int, str]]] = []
        self._by_key: dict[tuple[int, str], set[str]] = defaultdict(set)
        self._by_number: dict[DocumentNumber, set[str]] = defaultdict(set)
        self._by_unit: dict[str, set[str]] = defaultdict(set)
        self.groups = Groups()

    @property
    def names(self) -> Names:
        """The names of all projects."""
        return self.register.names

    def change(self, gone: Iterable[OpenLine], come: Iterable[OpenLine]) -> set[int]:
        """Take lines out and put others in; the sums of the groups that this makes or unmakes."""
        gone, come = list(gone), list(come)
        for line in gone:
            del self.lines[line.key]
            del self._by_open[bisect_left(self._by_open, (line.open_fen, natural(line.key)))]
            for shelf in self._shelves(line):
                shelf.discard(line.key)
        for line in come:
            self.lines[line.key] = line
            insort(self._by_open, (line.open_fen, natural(line.key)))
            for shelf in self._shelves(line):
                shelf.add(line.key)
        return self.groups.change(gone, come)

    def _shelves(self, line: OpenLine) -> list[set[str]]:
        numbers = numbers_of(line)
        return [
            self._by_unit[canonical(line.unit)],
            *(self._by_key[number.year, number.serial] for number in numbers),
            *(self._by_number[number] for number in numbers),
        ]

    def amounting(self, least: int, most: int) -> list[str]:
        """Lines with that much left, the least first."""
        found = self._by_open[
            bisect_left(self._by_open, (least, (0, ""))) : bisect_right(self._by_open, (most + 1, (0, "")))
        ]
        return [key for _, (_, key) in found]

    def cited(self, asked: Asked) -> set[str]:
        """Lines of the documents whose year and serial the receipt cites."""
        return {key for citation in asked.reading.citations for key in self._by_key.get(citation.key, ())}

    def cited_whole(self, asked: Asked) -> set[str]:
        """Lines of the documents that the receipt cites with their issuers."""
        named = (DocumentNumber(prefix, one.year, one.serial) for one, prefix, _ in asked.documents if prefix)
        return {key for number in named for key in self._by_number.get(number, ())}

    def nearly_cited(self, asked: Asked) -> set[str]:
        """Lines of documents whose serial differs by one digit from a cited one."""
        return {
            key
            for citation in asked.reading.citations
            for serial in self.register.serials.get(citation.year, ())
            if digits_differ(citation.serial, serial) == 1
            for key in self._by_key.get((citation.year, serial), ())
        }

    def owned(self, units: Sequence[str]) -> set[str]:
        """Lines of these units; none where they are too many to mean anything."""
        found = {key for unit in units for key in self._by_unit.get(unit, ())}
        return found if len(units) <= 3 or len(found) <= MOST_LINES else set()
