"""Which lines a receipt might pay: found through indexes of amount, share, document and unit, so that the work per receipt stays the same as lines grow.

Rules MT-3 and MT-6 of docs/rules/matching.md.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from projects.funding.citations import digits_differ
from projects.funding.numbers import DocumentNumber
from projects.matching import evidence
from projects.matching.amounts import USUAL, bases, is_share, oddness, relation
from projects.matching.evidence import Asked, NameFit, Names
from projects.matching.facts import OpenLine
from projects.matching.names import canonical

KEPT, REACH = 10, 12.0  # candidates of a receipt, and how far behind the best they may lie
MOST_LINES, FEW = 160, 40  # taken from one index
GROUP_LINES, GROUP_SIZE = 12, 4
GROUP = -1.5  # several lines at once are rarer than one


class Guess(NamedTuple):
    """A way to book a receipt: (line, fen) pairs, the score of the words, and the project whose name was compared."""

    parts: tuple[tuple[int, int], ...]
    words: float
    project: str


class Books:
    """The lines with their indexes."""

    def __init__(self, lines: Sequence[OpenLine]) -> None:
        self.lines = lines
        self.names = Names(lines)
        self.numbers = evidence.numbers(lines)
        self.prefixes = sorted({number.prefix for number in self.numbers.values() if number})
        by_open = sorted((line.open_fen, place) for place, line in enumerate(lines))
        self._amounts = [fen for fen, _ in by_open]
        self._places = [place for _, place in by_open]
        self._by_key: dict[tuple[int, str], list[int]] = defaultdict(list)
        self._by_number: dict[DocumentNumber, list[int]] = defaultdict(list)
        self._serials: dict[int, set[str]] = defaultdict(set)
        self._by_unit: dict[str, list[int]] = defaultdict(list)
        for place, line in enumerate(lines):
            for number in {self.numbers[text] for text in (line.document, *line.parents)}:
                if number:
                    self._by_key[number.year, number.serial].append(place)
                    self._by_number[number].append(place)
                    self._serials[number.year].add(number.serial)
            self._by_unit[canonical(line.unit)].append(place)
        self.groups = _groups(lines)

    def amounting(self, least: int, most: int) -> list[int]:
        """Lines with that much left."""
        return self._places[bisect_left(self._amounts, least) : bisect_right(self._amounts, most)]

    def cited(self, asked: Asked) -> set[int]:
        """Lines of the documents whose year and serial the receipt cites."""
        return {place for citation in asked.reading.citations for place in self._by_key.get(citation.key, ())}

    def cited_whole(self, asked: Asked) -> set[int]:
        """Lines of the documents that the receipt cites with their issuers."""
        named = (DocumentNumber(prefix, one.year, one.serial) for one, prefix, _ in asked.documents if prefix)
        return {place for number in named for place in self._by_number.get(number, ())}

    def nearly_cited(self, asked: Asked) -> set[int]:
        """Lines of documents whose serial differs by one digit from a cited one."""
        return {
            place
            for citation in asked.reading.citations
            for serial in self._serials.get(citation.year, ())
            if digits_differ(citation.serial, serial) == 1
            for place in self._by_key[citation.year, serial]
        }

    def owned(self, asked: Asked) -> set[int]:
        """Lines of the units that the receipt names; none where the name fits too many."""
        near = self.names.units.nearest(asked.pairs, 12)
        best = [unit for unit, weight in near if weight >= 0.85 * near[0][1]]
        found = {place for unit in best for place in self._by_unit[unit]}
        return found if len(best) <= 3 or len(found) <= MOST_LINES else set()


class Search:
    """The guesses of one receipt; scores of names and documents are worked out once."""

    def __init__(self, books: Books, asked: Asked) -> None:
        self.books, self.asked = books, asked
        self._fits: dict[str, NameFit] = {}
        self._levels: dict[str, str] = {}

    def fit(self, project: str) -> NameFit:
        """How well the words fit a project's name."""
        if project not in self._fits:
            self._fits[project] = self.books.names.fit(self.asked, project)
        return self._fits[project]

    def level(self, line: OpenLine) -> str:
        """How the receipt cites the line's document."""
        if line.document not in self._levels:
            known = self.books.numbers
            self._levels[line.document] = evidence.document_level(self.asked, known[line.document], [known[one] for one in line.parents])
        return self._levels[line.document]

    def words(self, place: int) -> float:
        """The score of everything but the amount, for one line."""
        line, asked = self.books.lines[place], self.asked
        score = evidence.DOCUMENT[self.level(line)] + self.fit(line.project).score
        score += evidence.date_score(asked.receipt.received_on, line.issued_on) + evidence.source_score(asked.reading.source, line.source)
        return score + (1.5 if line.amount_fen in asked.reading.sums and line.amount_fen != asked.receipt.amount_fen else 0.0)

    def guesses(self) -> list[Guess]:
        """The likeliest ways to book the receipt, taken for itself, best first."""
        amount, books = self.asked.receipt.amount_fen, self.books
        found: list[tuple[float, Guess]] = []
        for place in self._places():
            line = books.lines[place]
            if line.open_fen >= amount:
                words = self.words(place)
                found.append((words + relation(amount, line.open_fen, line.amount_fen).score, Guess(((place, amount),), words, line.project)))
        for group in books.groups.get(amount, ())[:MOST_LINES]:
            guess = self._group(group)
            found.append((guess.words + 5.0 * 1.2, guess))
        found.sort(key=lambda item: (-item[0], item[1].parts))
        return [guess for score, guess in found[:KEPT] if score >= found[0][0] - REACH]

    def _places(self) -> list[int]:
        amount, books, asked = self.asked.receipt.amount_fen, self.books, self.asked
        owned, cited = books.owned(asked), books.cited(asked)
        exact = books.amounting(amount, amount)
        found = {place for place in owned if self._worth(place)} if len(owned) > FEW else set(owned)
        found |= cited if len(cited) <= FEW else (cited & owned) | books.cited_whole(asked)
        found.update(exact if len(exact) <= FEW else owned.union(found).intersection(exact) or exact[:MOST_LINES])
        if asked.reading.citations and cited.isdisjoint(owned):
            found |= books.nearly_cited(asked) & owned.union(exact)
        if oddness(amount) >= 3:
            for _, least, most in bases(amount, USUAL):
                found.update(books.amounting(least, most)[:FEW])
        return sorted(found)

    def _worth(self, place: int) -> bool:
        """Whether a line that is only known by its unit is worth a look: its works are named, or the amount is a usual share."""
        line = self.books.lines[place]
        works = self.books.names.parts[line.project].works
        if 2 * len(works & self.asked.memo_pairs) >= len(works) > 0:
            return True
        return any(is_share(self.asked.receipt.amount_fen, line.open_fen, percent, 100) for percent in USUAL)

    def _group(self, group: tuple[int, ...]) -> Guess:
        """Several lines together: the best named project counts, every document should be cited, the last issued sets the date."""
        lines, asked = [self.books.lines[place] for place in group], self.asked
        levels = [evidence.DOCUMENT[self.level(line)] for line in lines]
        fits = sorted(((self.fit(project).score, project) for project in {line.project for line in lines}), reverse=True)
        documents = {line.document for line in lines}
        words = fits[0][0] - 0.5 * (len(fits) - 1) + (min(levels) + max(levels)) / 2 + GROUP
        if len(documents) > 1 and len(asked.reading.citations) == len(documents) and min(levels) > 0:
            words += 3.0
        words += evidence.date_score(asked.receipt.received_on, max(line.issued_on for line in lines))
        words += min(evidence.source_score(asked.reading.source, line.source) for line in lines)
        return Guess(tuple((place, self.books.lines[place].open_fen) for place in group), words, fits[0][1])


def _groups(lines: Sequence[OpenLine]) -> dict[int, list[tuple[int, ...]]]:
    """Sum → lines that may be paid at once: those of a project, or of a unit in one document; only lines that nothing was paid of yet."""
    shelves: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        if line.open_fen == line.amount_fen:
            shelves["project", line.project].append(place)
            shelves[line.document, canonical(line.unit)].append(place)
    found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    seen: set[tuple[int, ...]] = set()
    for shelf in shelves.values():
        for group in _subsets(shelf):
            if group not in seen:
                seen.add(group)
                found[sum(lines[place].open_fen for place in group)].append(group)
    return dict(found)


def _subsets(shelf: Sequence[int]) -> Iterator[tuple[int, ...]]:
    if len(shelf) > GROUP_LINES:
        yield tuple(shelf)
        yield from combinations(shelf[: 4 * GROUP_LINES], 2)
        return
    for size in range(2, min(GROUP_SIZE, len(shelf)) + 1):
        yield from combinations(shelf, size)
    if len(shelf) > GROUP_SIZE:
        yield tuple(shelf)


def sequels(books: Books, guesses: Sequence[Sequence[Guess]], amounts: Sequence[int], days: Sequence[dt.date]) -> list[tuple[int, int]]:
    """Pairs (receipt, line): the receipt's amount is what another guess leaves of the line, or a usual share of that."""
    left: dict[int, list[tuple[int, int]]] = defaultdict(list)  # what is left → (line, by receipt)
    for receipt, own in enumerate(guesses):
        for guess in own[:6]:
            if len(guess.parts) != 1:
                continue
            place, amount = guess.parts[0]
            line = books.lines[place]
            rest = line.open_fen - amount
            if rest > 0 and relation(amount, line.open_fen, line.amount_fen).kind in ("share", "rounded"):
                left[rest].append((place, receipt))
                for percent in USUAL:
                    left[rest * percent // 100 // 100 * 100].append((place, receipt))
                    left[rest - rest * percent // 100 // 100 * 100].append((place, receipt))
    found: set[tuple[int, int]] = set()
    for receipt, amount in enumerate(amounts):
        for place, first in left.get(amount, ())[:FEW]:
            if first != receipt and days[first] <= days[receipt]:
                found.add((receipt, place))
    return sorted(found)
