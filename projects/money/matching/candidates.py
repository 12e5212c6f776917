"""Which lines a receipt might pay: found through indexes of amount, share, document and unit, so that the work per
receipt stays the same as lines grow.

Rules MT-3 and MT-6 of docs/rules/matching.md.
"""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple

from projects.money.matching import evidence
from projects.money.matching.amounts import USUAL, bases, is_share, oddness, relation
from projects.money.matching.books import FEW, MOST_LINES, Books
from projects.money.matching.evidence import Asked, NameFit
from projects.money.matching.facts import OpenLine, natural
from projects.money.matching.names import pairs
from projects.money.matching.together import Parts, cited_together, shares_together

KEPT, REACH = 10, 12.0  # candidates of a receipt, and how far behind the best they may lie
NEVER = float("-inf")
GROUP, SHARES = -1.5, -4.0  # several lines at once are rarer than one, and parts of several rarer still
CITED = frozenset({"full", "bare"})


class Guess(NamedTuple):
    """A way to book a receipt: (line, fen) pairs, the score of the words, and the project whose name was compared."""

    parts: tuple[tuple[str, int], ...]
    words: float
    project: str


class Search:
    """The guesses of one receipt; scores of names and documents are worked out once."""

    def __init__(self, books: Books, asked: Asked) -> None:
        self.books, self.asked = books, asked
        self.units = books.register.owners(asked)
        self._fits: dict[str, NameFit] = {}  # of the projects guessed at
        self._scores: dict[str, float] = {}  # of all projects looked at
        self._levels: dict[tuple[str, tuple[str, ...]], str] = {}

    def fit(self, project: str) -> NameFit:
        """How well the words fit a project's name."""
        if project not in self._fits:
            self._fits[project] = self.books.names.fit(self.asked, project)
        return self._fits[project]

    def _score(self, project: str) -> float:
        if project not in self._scores:
            self._scores[project] = self.fit(project).score
        return self._scores[project]

    def level(self, line: OpenLine) -> str:
        """How the receipt cites the line's document."""
        key = line.document, line.parents
        if key not in self._levels:
            self._levels[key] = evidence.document_level(
                self.asked, evidence.number(line.document), [evidence.number(one) for one in line.parents]
            )
        return self._levels[key]

    def words(self, line: OpenLine) -> float:
        """The score of everything but the amount, for one line."""
        return self._beside(line) + self._score(line.project)

    def _beside(self, line: OpenLine) -> float:
        """The score of everything but amount and names."""
        asked = self.asked
        score = evidence.DOCUMENT[self.level(line)] + evidence.date_score(asked.receipt.received_on, line.issued_on)
        score += evidence.source_score(asked.reading.source, line.source)
        return score + (
            1.5 if line.amount_fen in asked.reading.sums and line.amount_fen != asked.receipt.amount_fen else 0.0
        )

    def guesses(self) -> list[Guess]:
        """The likeliest ways to book the receipt, taken for itself, best first."""
        if self.asked.receipt.amount_fen <= 0:
            return []
        owned, cited = self.books.owned(self.units), self.books.cited(self.asked)
        found = [(guess.words + 5.0 * 1.2, guess) for guess in self._groups(owned, cited)]
        best = max((score for score, _ in found), default=NEVER)
        for most, score, line in self._hopefuls(owned, cited):
            if most < best - REACH:
                break
            words = self.words(line)
            found.append((words + score, Guess(((line.key, self.asked.receipt.amount_fen),), words, line.project)))
            best = max(best, words + score)
        found.sort(key=lambda item: (-item[0], [(natural(key), fen) for key, fen in item[1].parts]))
        kept = [guess for score, guess in found[:KEPT] if score >= best - REACH]
        named = {guess.project for guess in kept}
        self._fits = {project: fit for project, fit in self._fits.items() if project in named}
        return kept

    def _hopefuls(self, owned: set[str], cited: set[str]) -> list[tuple[float, float, OpenLine]]:
        """Lines with the most that they could score if they were named in full, the highest first, and what the amount
        scores.
        """
        amount, found = self.asked.receipt.amount_fen, []
        for key in self._lines(owned, cited):
            line = self.books.lines[key]
            if line.open_fen >= amount:
                score = relation(amount, line.open_fen, line.amount_fen).score
                found.append((self._beside(line) + score + evidence.NAMED_IN_FULL, score, line))
        return sorted(found, key=itemgetter(0), reverse=True)

    def _lines(self, owned: set[str], cited: set[str]) -> set[str]:
        amount, books, asked = self.asked.receipt.amount_fen, self.books, self.asked
        exact = books.amounting(amount, amount)
        found = {key for key in owned if self._worth(key)} if len(owned) > FEW else set(owned)
        found |= cited if len(cited) <= FEW else (cited & owned) | books.cited_whole(asked)
        found.update(exact if len(exact) <= FEW else owned.union(found).intersection(exact) or exact[:MOST_LINES])
        if asked.reading.citations and cited.isdisjoint(owned):
            found |= books.nearly_cited(asked) & owned.union(exact)
        if oddness(amount) >= 3:
            for _, least, most in bases(amount, USUAL):
                found.update(books.amounting(least, most)[:FEW])
        return found

    def _worth(self, key: str) -> bool:
        """Whether a line that is only known by its unit is worth a look: its works are named, or the amount is a usual
        share.
        """
        line = self.books.lines[key]
        works = self.books.names.parts[line.project].works
        if 2 * len(works & self.asked.memo_pairs) >= len(works) > 0:
            return True
        return any(is_share(self.asked.receipt.amount_fen, line.open_fen, percent, 100) for percent in USUAL)

    def _groups(self, owned: set[str], cited: set[str]) -> list[Guess]:
        """Several lines at once: those that every receipt may meet by its sum, those that this one cites, and the same
        share of each.
        """
        amount, books = self.asked.receipt.amount_fen, self.books
        ways: dict[Parts, float] = {
            tuple((key, books.lines[key].open_fen) for key in group): 0.0
            for group in books.groups.summing(amount, MOST_LINES)
        }
        together = self._cited(cited, owned) if len(cited) > 1 else []
        for parts in cited_together(amount, together):
            ways.setdefault(parts, 0.0)
        near = {line.key: line for line in together} | {
            key: books.lines[key] for key in (owned if len(owned) <= FEW else cited & owned)
        }
        for parts in shares_together(amount, near.values()):
            ways.setdefault(parts, SHARES)
        return [
            self._group(parts, less)
            for parts, less in ways.items()
            if self.asked.reading.is_custodian or self._of_one_unit(parts)
        ]

    def _of_one_unit(self, parts: Parts) -> bool:
        return len({self.books.lines[key].unit for key, _ in parts}) == 1

    def _cited(self, cited: set[str], owned: set[str]) -> list[OpenLine]:
        """The lines of `cited` documents that are the named unit's; or where a keeper of others' money receives, those
        of the named place, or all.
        """
        asked, books = self.asked, self.books
        if not asked.reading.is_custodian:
            return [line for key in cited & owned if self.level(line := books.lines[key]) in CITED]
        found = [line for key in cited if self.level(line := books.lines[key]) in CITED]
        said = asked.memo_pairs | pairs(asked.reading.payee)
        there = [line for line in found if self.books.names.parts[line.project].place <= said]
        return there or found

    def _group(self, parts: Parts, less: float) -> Guess:
        """Several lines together: the best named project counts, every document should be cited, the last issued sets
        the date.
        """
        lines, asked = [self.books.lines[key] for key, _ in parts], self.asked
        levels = [evidence.DOCUMENT[self.level(line)] for line in lines]
        fits = sorted(((self._score(project), project) for project in {line.project for line in lines}), reverse=True)
        documents = {line.document for line in lines}
        words = fits[0][0] - 0.5 * (len(fits) - 1) + (min(levels) + max(levels)) / 2 + GROUP + less
        words += self.books.names.relief(asked, self.fit(fits[0][1]), [project for _, project in fits])
        if len(documents) > 1 and len(asked.reading.citations) == len(documents) and min(levels) > 0:
            words += 3.0
        words += evidence.date_score(asked.receipt.received_on, max(line.issued_on for line in lines))
        words += min(evidence.source_score(asked.reading.source, line.source) for line in lines)
        return Guess(parts, words, fits[0][1])
