"""What a process remembers of the desk, so that a decision costs only what it touches. Rule MT-6 of
docs/rules/matching.md.

Nobody tells it what happened: it compares what it is given with what it had. So it stays right whichever process wrote,
and however often it was not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock

from projects.money.matching.desk import DeskStanding, Queue
from projects.money.matching.facts import OpenLine, Receipt
from projects.money.matching.matching import Aliases, Barred, Matcher, Progress

SCOPES, RECEIPTS = 6, 30_000  # reaches of persons that are remembered, and receipts of all of them together


@dataclass(frozen=True)
class Given:
    """All that proposals follow from, as the database has it: every standing line that may be seen, the queue, learned
    names, refusals.
    """

    lines: list[OpenLine]
    queue: Queue
    aliases: Aliases
    barred: Barred


@dataclass
class _Kept:
    """One reach: the matcher, and the last that it said with the state of the money that it was said of.

    `last` is set at once or not at all.
    """

    lock: Lock = field(default_factory=Lock)
    matcher: Matcher | None = None
    last: tuple[Hashable, DeskStanding] | None = None


class DeskMemory:
    """Standings by what an asker may see; safe for several threads."""

    def __init__(self, scopes: int = SCOPES, receipts: int = RECEIPTS) -> None:
        self._scopes, self._receipts = scopes, receipts
        self._kept: dict[Hashable, _Kept] = {}
        self._lock = Lock()

    def forget(self) -> None:
        """Remember nothing."""
        with self._lock:
            self._kept = {}

    def is_warm(self, scope: Hashable) -> bool:
        """Whether something is remembered, so that an answer follows from what changed."""
        kept = self._kept.get(scope)
        return kept is not None and kept.last is not None

    def standing(
        self, scope: Hashable, state: Hashable, read: Callable[[], Given], progress: Progress | None = None
    ) -> DeskStanding:
        """What stands in `state`.

        `read` is asked only where something else is remembered; askers of one reach wait for each other.
        """
        kept = self._of(scope)
        last = kept.last
        if last is None or last[0] != state:
            with kept.lock:
                last = kept.last
                if last is None or last[0] != state:
                    last = kept.last = state, _follow(kept, read(), progress)
        return last[1]

    def _of(self, scope: Hashable) -> _Kept:
        with self._lock:
            kept = self._kept.pop(scope) if scope in self._kept else _Kept()
            self._kept[scope] = kept  # the last asked stands last
            for other in list(self._kept)[:-1]:
                if (
                    len(self._kept) > self._scopes
                    or sum(len(one.last[1].queue.rows) for one in self._kept.values() if one.last) > self._receipts
                ):
                    del self._kept[other]
            return kept


def _follow(kept: _Kept, given: Given, progress: Progress | None) -> DeskStanding:
    """Work out what changed. A matcher that fails in the middle is not used again."""
    matcher, kept.matcher = kept.matcher or Matcher(), None
    waiting = [
        Receipt(
            key=str(row.id),
            received_on=row.received_on,
            payer=row.payer,
            payee=row.payee,
            amount_fen=row.left_fen,
            memo=row.memo,
        )
        for row in given.queue.rows
    ]
    said = matcher.update(given.lines, waiting, given.aliases, progress, given.barred)
    kept.matcher = matcher
    return DeskStanding(
        given.queue, {line.key: line for line in given.lines if line.open_fen > 0}, {one.receipt: one for one in said}
    )
