"""Several lines that one receipt pays at once, found for the receipt: the lines that it cites, whole or a usual share
of each. Rule MT-12 of docs/rules/matching.md.

The groups that every receipt may meet (a project's lines, a unit's in one document) stand in `groups`; these here are
looked for only where the memo cites documents, or among the few lines of the unit that it names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from projects.money.matching.amounts import USUAL, YUAN
from projects.money.matching.facts import OpenLine, natural

LEAST = min(USUAL)  # percent of a line that a share of it is at least
MOST, LARGEST = 10, 4  # cited lines that are tried in every way, and how many of them at once
Parts = tuple[tuple[str, int], ...]


def cited_together(amount: int, lines: Sequence[OpenLine]) -> Iterator[Parts]:
    """Two or more of the cited lines that sum to the amount: any few of them, or all of a document, or all."""
    untouched = [line for line in lines if line.open_fen == line.amount_fen]
    for group in _groups(untouched):
        if sum(line.open_fen for line in group) == amount:
            yield tuple((line.key, line.open_fen) for line in group)


def shares_together(amount: int, lines: Iterable[OpenLine]) -> Iterator[Parts]:
    """Two to four untouched lines of a project, or of a unit in one document, of each of which the amount is the same
    usual share, cut to the fen or the yuan.
    """
    shelves: dict[tuple[str, str], list[OpenLine]] = defaultdict(list)
    for line in lines:
        if line.open_fen == amount:
            return  # the whole of a line is likelier
        if line.open_fen == line.amount_fen and line.open_fen * LEAST <= amount * 100:
            shelves["project", line.project].append(line)
            shelves[line.document, line.unit].append(line)
    seen: set[Parts] = set()
    for shelf in shelves.values():
        for group in _groups(shelf):
            if (parts := _shares(amount, group)) and parts not in seen:
                seen.add(parts)
                yield parts


def _groups(lines: Sequence[OpenLine]) -> Iterator[tuple[OpenLine, ...]]:
    ordered = tuple(sorted(lines, key=lambda line: natural(line.key)))
    if len(ordered) <= MOST:
        for size in range(2, min(LARGEST, len(ordered)) + 1):
            yield from combinations(ordered, size)
    if len(ordered) > LARGEST:
        yield ordered


def _shares(amount: int, group: Sequence[OpenLine]) -> Parts:
    total = sum(line.open_fen for line in group)
    for percent in USUAL:
        if abs(100 * amount - percent * total) >= 100 * YUAN * len(group):
            continue
        for cut in (_to_fen, _to_yuan):
            parts = tuple((line.key, cut(line.open_fen * percent)) for line in group)
            if sum(fen for _, fen in parts) == amount and all(fen > 0 for _, fen in parts):
                return parts
    return ()


def _to_fen(hundredths: int) -> int:
    return hundredths // 100


def _to_yuan(hundredths: int) -> int:
    return hundredths // 100 // YUAN * YUAN
