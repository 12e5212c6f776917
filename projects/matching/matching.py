"""Proposals for receipts: read the words, find candidates, settle all at once, say how sure and why. docs/rules/matching.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from projects.matching import assignment, evidence
from projects.matching.assignment import NOWHERE, World
from projects.matching.candidates import Books, Guess, Search, sequels
from projects.matching.facts import Candidate, OpenLine, Part, Proposal, Receipt
from projects.matching.memo import read
from projects.matching.reasons import is_confident, outside_reasons, reasons

SHOWN = 4  # candidates of a proposal
FOLLOWED = 8.0  # how far behind the best words a line may lie that a receipt would finish
Progress = Callable[[str, int, int], None]  # stage, done, of


def propose(
    lines: Sequence[OpenLine],
    receipts: Sequence[Receipt],
    aliases: Iterable[tuple[str, str]] = (),
    progress: Progress | None = None,
    barred: Mapping[str, AbstractSet[tuple[tuple[str, int], ...]]] = MappingProxyType({}),
) -> list[Proposal]:
    """A proposal for every receipt, in their order; together the first candidates overdraw no line.

    `aliases` are learned names as (short, full); `barred` are bookings that a person turned down, by receipt, each as sorted (line, fen) pairs.
    """
    lines = [line for line in lines if line.open_fen > 0]
    tell = progress or (lambda *_: None)
    learned = tuple(aliases)
    books = Books(lines)
    searches: list[Search] = []
    guesses: list[list[Guess]] = []
    for done, receipt in enumerate(receipts):
        asked = evidence.ask(receipt, read(receipt.memo, receipt.payer, receipt.payee, learned, books.prefixes), books.prefixes)
        searches.append(Search(books, asked))
        guesses.append(searches[-1].guesses() if receipt.amount_fen > 0 else [])
        if done % 500 == 499:
            tell("find", done + 1, len(receipts))
    _follow(books, searches, guesses)
    for place, receipt in enumerate(receipts):
        if no := barred.get(receipt.key):
            guesses[place] = [one for one in guesses[place] if tuple(sorted((lines[line].key, fen) for line, fen in one.parts)) not in no]
    outside = [_outside(books, search, own) for search, own in zip(searches, guesses, strict=True)]
    world = World(lines, [one.received_on for one in receipts], [one.asked.reading.batch for one in searches], guesses, outside)
    assignment.settle(world)
    found = []
    for place in range(len(receipts)):
        found.append(_proposal(world, searches[place], place))
        if place % 500 == 499:
            tell("weigh", place + 1, len(receipts))
    return found


def _follow(books: Books, searches: Sequence[Search], guesses: list[list[Guess]]) -> None:
    """Add the lines that a receipt would finish, or pay a share of, after another."""
    amounts = [search.asked.receipt.amount_fen for search in searches]
    days = [search.asked.receipt.received_on for search in searches]
    least = [max((guess.words for guess in own), default=0.0) - FOLLOWED for own in guesses]
    for receipt, place in sequels(books, guesses, amounts, days):
        parts = ((place, amounts[receipt]),)
        if books.lines[place].open_fen >= amounts[receipt] and all(guess.parts != parts for guess in guesses[receipt]):
            words = searches[receipt].words(place)
            if words >= least[receipt]:
                guesses[receipt].append(Guess(parts, words, books.lines[place].project))


def _outside(books: Books, search: Search, own: Sequence[Guess]) -> float:
    best = max(own, key=lambda guess: guess.words, default=None)
    return evidence.outside_score(search.asked, books.names.parts[best.project].words if best else "")


def _proposal(world: World, search: Search, place: int) -> Proposal:
    receipt = search.asked.receipt
    chances = assignment.odds(world, place) if world.guesses[place] else {NOWHERE: 1.0}
    start = world.where[place]
    ranked = sorted(chances, key=lambda number: (number != start, -chances[number], number))
    candidates = []
    for number in ranked[:SHOWN]:
        if number == NOWHERE:
            kind, why = outside_reasons(search, fits=bool(world.guesses[place]))
            candidates.append(Candidate((), 100 * chances[number], why, kind))
        else:
            guess = world.guesses[place][number]
            parts = tuple(Part(world.lines[line].key, amount) for line, amount in guess.parts)
            candidates.append(Candidate(parts, 100 * chances[number], reasons(world, search, place, guess)))
    confident = start != NOWHERE and is_confident(world, search, place, world.guesses[place][start], chances[start])
    return Proposal(receipt.key, confident, tuple(candidates))
