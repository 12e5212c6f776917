"""Finding candidates for all receipts, and finding them again only where something changed. Rule MT-6 of
docs/rules/matching.md.

A receipt looks at lines by unit, document, amount, share and sum. A line that comes, goes or changes concerns the
receipts that look where it stands, and those that would finish what these leave; no others are searched again. Whoever
is searched once more for nothing finds what it had.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from projects.money.matching import evidence
from projects.money.matching.amounts import USUAL, relation
from projects.money.matching.books import FEW, Books, Register, numbers_of
from projects.money.matching.candidates import Guess, Search
from projects.money.matching.facts import OpenLine, Receipt, natural
from projects.money.matching.memo import read
from projects.money.matching.names import canonical

FOLLOWED = 8.0  # how far behind the best words a line may lie that a receipt would finish
ROUNDED = 2 * 100  # fen that a share may differ by, and some more
Learned = tuple[tuple[str, str], ...]
First = tuple[tuple[int, int, str], str]  # when a receipt came, and the line that it leaves something of


class Finder:
    """The receipts' own candidates as the books stand."""

    def __init__(self, register: Register, aliases: Learned) -> None:
        self.books = Books(register)
        self.searches: dict[str, Search] = {}
        self.guesses: dict[str, list[Guess]] = {}
        self._aliases = aliases
        self._own: dict[str, list[Guess]] = {}
        self._lookers = _Lookers()
        self._sequels = _Sequels()

    def change(
        self,
        gone: Sequence[OpenLine],
        come: Sequence[OpenLine],
        left: Iterable[str],
        arrived: Sequence[Receipt],
        tell: Callable[[int, int], None],
    ) -> set[str]:
        """Follow changed lines (as they were, as they are) and receipts; the receipts that were searched again, and
        those that left.
        """
        sums = self.books.change(gone, come)
        again = {key for fen in sums for key in self._lookers.amounts.get(fen, ())}
        for line in (*gone, *come):
            again |= self._lookers.of(line)
        stale = {line.key for line in (*gone, *come)}
        fens: set[int] = set()
        left = set(left)
        for key in left:
            self._lookers.drop(key, self.searches.pop(key))
            fens |= self._sequels.change(key, (), stale)
            del self._own[key], self.guesses[key]
        for receipt in arrived:
            self._ask(receipt)
        again = again - left | {one.key for one in arrived}
        for done, key in enumerate(again):
            if done % 500 == 499:
                tell(done + 1, len(again))
            self._own[key] = self.searches[key].guesses()
            fens |= self._sequels.change(key, self._firsts(key), stale)
        again.update(key for fen in fens for key in self._lookers.amounts.get(fen, ()))
        for key in again:
            self.guesses[key] = self._followed(key)
        return again | left

    def renamed(self, aliases: Learned) -> list[Receipt]:
        """Take other learned names; the receipts whose words read differently with them."""
        if aliases == self._aliases:
            return []
        self._aliases = aliases
        return [
            one.asked.receipt
            for one in self.searches.values()
            if one.asked.reading.renamed(aliases) != one.asked.reading.said
        ]

    def _ask(self, receipt: Receipt) -> None:
        prefixes = self.books.register.prefixes
        reading = read(receipt.memo, receipt.payer, receipt.payee, self._aliases, prefixes)
        search = self.searches[receipt.key] = Search(self.books, evidence.ask(receipt, reading, prefixes))
        self._lookers.add(receipt.key, search)

    def _firsts(self, key: str) -> set[tuple[int, First]]:
        """What the receipt might leave of lines, and usual shares of that, in fen."""
        receipt, found = self.searches[key].asked.receipt, set()
        for guess in self._own[key][:6]:
            if len(guess.parts) != 1:
                continue
            ((where, amount),) = guess.parts
            line = self.books.lines[where]
            rest = line.open_fen - amount
            if relation(amount, line.open_fen, line.amount_fen).kind in ("share", "rounded"):
                first = (when(receipt), where)
                found.add((rest, first))
                for percent in USUAL:
                    share = rest * percent // 100 // 100 * 100
                    found |= {(share, first), (rest - share, first)}
        return found

    def _followed(self, key: str) -> list[Guess]:
        """The receipt's candidates, with the lines that it would finish, or pay a share of, after another."""
        search, own = self.searches[key], list(self._own[key])
        receipt, least = search.asked.receipt, max((guess.words for guess in own), default=0.0) - FOLLOWED
        for where in self._sequels.of(receipt):
            line, parts = self.books.lines[where], ((where, receipt.amount_fen),)
            if (
                line.open_fen >= receipt.amount_fen
                and all(guess.parts != parts for guess in own)
                and (words := search.words(line)) >= least
            ):
                own.append(Guess(parts, words, line.project))
        return own


def when(receipt: Receipt) -> tuple[int, int, str]:
    """A receipt's place in time; the key comes last."""
    return receipt.received_on.toordinal(), *natural(receipt.key)


class _Lookers:
    """Which receipts look at a line."""

    def __init__(self) -> None:
        self.amounts: dict[int, set[str]] = defaultdict(set)
        self._fens: list[int] = []
        self._units: dict[str, set[str]] = defaultdict(set)
        self._cited: dict[tuple[int, str], set[str]] = defaultdict(set)

    def add(self, key: str, search: Search) -> None:
        """Note where a receipt looks."""
        amount = search.asked.receipt.amount_fen
        if not self.amounts[amount]:
            insort(self._fens, amount)
        for shelf in self._shelves(search):
            shelf.add(key)

    def drop(self, key: str, search: Search) -> None:
        """Forget a receipt."""
        for shelf in self._shelves(search):
            shelf.discard(key)
        amount = search.asked.receipt.amount_fen
        if not self.amounts[amount]:
            del self.amounts[amount]
            del self._fens[bisect_left(self._fens, amount)]

    def _shelves(self, search: Search) -> list[set[str]]:
        asked = search.asked
        cited = (self._cited[one.key] for one in asked.reading.citations)
        return [self.amounts[asked.receipt.amount_fen], *(self._units[unit] for unit in search.units), *cited]

    def of(self, line: OpenLine) -> set[str]:
        """The receipts that might find `line`; a document cited with a slip counts only for lines that unit or amount
        speak for as well.
        """
        found = self.amounts.get(line.open_fen, set()) | self._units.get(canonical(line.unit), set())
        for number in numbers_of(line):
            found |= self._cited.get((number.year, number.serial), set())
        for percent in USUAL:
            share = line.open_fen * percent // 100
            for fen in self._fens[bisect_left(self._fens, share - ROUNDED) : bisect_right(self._fens, share + ROUNDED)]:
                found |= self.amounts[fen]
        return found


class _Sequels:
    """What receipts may leave of lines, by the amount that would finish it."""

    def __init__(self) -> None:
        self._left: dict[int, set[First]] = defaultdict(set)
        self._said: dict[str, frozenset[tuple[int, First]]] = {}

    def change(self, key: str, firsts: Iterable[tuple[int, First]], stale: AbstractSet[str]) -> set[int]:
        """Take what a receipt leaves now for what it left; the amounts that others would do something else with, as
        some lines (`stale`) changed.
        """
        before, now = self._said.pop(key, frozenset()), frozenset(firsts)
        for fen, first in before - now:
            self._left[fen].discard(first)
            if not self._left[fen]:
                del self._left[fen]
        for fen, first in now - before:
            self._left[fen].add(first)
        if now:
            self._said[key] = now
        return {fen for fen, (_, line) in before | now if line in stale} | {fen for fen, _ in before ^ now}

    def of(self, receipt: Receipt) -> list[str]:
        """The lines that a receipt might finish after another one."""
        own = when(receipt)
        found = sorted(self._left.get(receipt.amount_fen, ()))[:FEW]
        return sorted({line for first, line in found if first[2] != receipt.key and first[0] <= own[0]}, key=natural)
