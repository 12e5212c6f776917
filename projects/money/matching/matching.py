"""Proposals for receipts: read the words, find candidates, settle all at once, say how sure and why.
docs/rules/matching.md.

`propose` works everything out. A `Matcher` does the same again and again, and works out only what a change can touch:
the outcome is the same to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from projects.core.bulk import uncollected
from projects.money.matching import evidence
from projects.money.matching.assignment import Moved, Settlement, odds
from projects.money.matching.books import Register
from projects.money.matching.candidates import Guess, Search
from projects.money.matching.echoes import Echoes
from projects.money.matching.evidence import Asked
from projects.money.matching.facts import Candidate, MatchedPart, OpenLine, Proposal, Receipt
from projects.money.matching.finding import Finder, when
from projects.money.matching.reasons import is_confident, outside_reasons, reasons
from projects.money.matching.world import NOWHERE, Case, World, case

SHOWN = 4  # candidates of a proposal
Progress = Callable[[str, int, int], None]  # stage, done, of
Aliases = Iterable[tuple[str, str]]
Barred = Mapping[str, AbstractSet[tuple[tuple[str, int], ...]]]
NONE_BARRED: Barred = MappingProxyType({})
Fact = TypeVar("Fact")


def propose(
    lines: Sequence[OpenLine],
    receipts: Sequence[Receipt],
    aliases: Aliases = (),
    progress: Progress | None = None,
    barred: Barred = NONE_BARRED,
) -> list[Proposal]:
    """A proposal for every receipt, in their order; together the first candidates overdraw no line.

    `aliases` are learned names as (short, full); `barred` are bookings that a person turned down, by receipt, each as
    sorted (line, fen) pairs.
    """
    return Matcher().update(lines, receipts, aliases, progress, barred)


class _Weighed(NamedTuple):
    """A proposal, and all that was looked at to make it."""

    proposal: Proposal
    lines: frozenset[str]
    receipts: frozenset[str]


class Matcher:
    """Proposals that follow lines, receipts, learned names and refusals as they change.

    Not for two threads at once; one that raised is to be thrown away.
    """

    def __init__(self) -> None:
        self._register: Register | None = None
        self._start(Register([]), ())

    def _start(self, register: Register, aliases: tuple[tuple[str, str], ...]) -> None:
        self._register = register
        self._finder = Finder(register, aliases)
        self._echoes = Echoes()
        self._settlement = Settlement()
        self._lines: dict[str, OpenLine] = {}
        self._receipts: dict[str, Receipt] = {}
        self._barred: Barred = {}
        self._cases: dict[str, Case] = {}
        self._weighed: dict[str, _Weighed] = {}

    @uncollected()
    def update(
        self,
        lines: Sequence[OpenLine],
        receipts: Sequence[Receipt],
        aliases: Aliases = (),
        progress: Progress | None = None,
        barred: Barred = NONE_BARRED,
    ) -> list[Proposal]:
        """What `propose` says to the same arguments."""
        tell, learned = progress or (lambda *_: None), tuple(aliases)
        if self._register is None or not self._register.covers(lines):
            self._start(Register(lines), learned)
        open_lines = {line.key: line for line in lines if line.open_fen > 0}
        waiting = {one.key: one for one in receipts}
        gone, come = _changes(self._lines, open_lines)
        left, arrived = _changes(self._receipts, waiting)
        renamed = {one.key for one in self._finder.renamed(learned) if waiting.get(one.key) == one}
        left, arrived = [*left, *renamed], [*arrived, *renamed]
        refused = {key for key in self._barred.keys() | barred.keys() if self._barred.get(key) != barred.get(key)}
        echoing = self._echoes.change([self._receipts[key] for key in left], [waiting[key] for key in arrived])
        self._receipts, self._barred = waiting, {key: frozenset(own) for key, own in barred.items()}
        again = self._finder.change(
            [self._lines[key] for key in gone],
            [open_lines[key] for key in come],
            left,
            [waiting[key] for key in arrived],
            partial(tell, "find"),
        )
        self._lines = open_lines
        other = self._judge(again | refused)
        moved = self._settlement.change(open_lines, self._cases, {*gone, *come}, other)
        self._weigh(moved._replace(receipts=moved.receipts | echoing), tell)
        return [self._weighed[one.key].proposal for one in receipts]

    def _judge(self, again: AbstractSet[str]) -> dict[str, Case | None]:
        """Make the cases of these receipts anew; those that are not what they were, or gone, as they were."""
        other: dict[str, Case | None] = {}
        for key in again:
            before = self._cases.get(key)
            if key not in self._receipts:
                if before:
                    other[key] = self._cases.pop(key)
                continue
            search, no = self._finder.searches[key], self._barred.get(key, ())
            guesses = [one for one in self._finder.guesses[key] if not no or tuple(sorted(one.parts)) not in no]
            now = case(
                when(self._receipts[key]),
                search.asked.reading.batch,
                guesses,
                _outside(search, guesses),
                self._finder.books.lines,
            )
            if now != before:
                self._cases[key], other[key] = now, before
        return other

    def _weigh(self, moved: Moved, tell: Progress) -> None:
        """Make the proposals anew that looked at anything that moved."""
        for key, was in list(self._weighed.items()):
            stale = (
                key in moved.receipts
                or not was.lines.isdisjoint(moved.lines)
                or not was.receipts.isdisjoint(moved.receipts)
            )
            if stale or not was.lines.isdisjoint(moved.pulls):
                del self._weighed[key]
        world, missing = self._settlement.world, [key for key in self._cases if key not in self._weighed]
        for done, key in enumerate(missing):
            world.lines_seen, world.receipts_seen = set(), set()
            mates = [self._finder.searches[one.key].asked for one in self._echoes.of(self._receipts[key])]
            made = _proposal(world, self._settlement, self._finder.searches[key], key, mates)
            self._weighed[key] = _Weighed(made, frozenset(world.lines_seen), frozenset(world.receipts_seen))
            if done % 500 == 499:
                tell("weigh", done + 1, len(missing))


def _changes(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> tuple[list[str], list[str]]:
    """The keys of what is gone or different, and of what is new or different."""
    return [key for key, one in old.items() if new.get(key) != one], [
        key for key, one in new.items() if old.get(key) != one
    ]


def _outside(search: Search, own: Sequence[Guess]) -> float:
    best = max(own, key=lambda guess: guess.words, default=None)
    return evidence.outside_score(search.asked, search.books.names.parts[best.project].words if best else "")


def _proposal(world: World, settlement: Settlement, search: Search, key: str, mates: Sequence[Asked]) -> Proposal:
    start, guesses = world.where[key], world.cases[key].guesses
    chances = odds(world, key, settlement.pull) if guesses else {NOWHERE: 1.0}
    ranked = sorted(chances, key=lambda number: (number != start, -chances[number], number))
    candidates = []
    for number in ranked[:SHOWN]:
        if number == NOWHERE:
            kind, why = outside_reasons(search, fits=bool(guesses))
            candidates.append(Candidate((), 100 * chances[number], why, kind))
        else:
            parts = tuple(MatchedPart(line, amount) for line, amount in guesses[number].parts)
            candidates.append(
                Candidate(parts, 100 * chances[number], reasons(world, search, key, guesses[number], mates))
            )
    confident = start != NOWHERE and is_confident(world, search, key, guesses[start], chances[start], mates)
    return Proposal(key, confident, tuple(candidates))
