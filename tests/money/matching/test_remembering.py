"""What a process remembers of the desk: never half of a change, never of another person's places, never
without bound.
"""

from __future__ import annotations

import threading
import time

import pytest

from benchmarks.receipts import make
from projects.money.matching.desk import DeskReceipt, Queue, SourceSum
from projects.money.matching.matching import Matcher, propose
from projects.money.matching.remembering import DeskMemory, Given

YEAR = make(77, 30)


def given(receipts: int) -> Given:
    """A desk at which the first `receipts` of the year wait."""
    rows = [
        DeskReceipt(
            place,
            one.key,
            one.received_on,
            one.payer,
            one.payee,
            one.amount_fen,
            one.memo,
            None,
            None,
            None,
            0,
            0,
            is_sample=False,
        )
        for place, one in enumerate(YEAR.receipts[:receipts], start=1)
    ]
    fen = sum(row.amount_fen for row in rows)
    return Given(YEAR.lines, Queue((SourceSum("", 0, 0, fen),), tuple(rows), fen), [], {})


def wanted(receipts: int) -> dict[str, object]:
    """What is to be said of it."""
    from projects.money.matching.facts import Receipt

    waiting = [
        Receipt(str(row.id), row.received_on, row.payer, row.payee, row.left_fen, row.memo)
        for row in given(receipts).queue.rows
    ]
    return {one.receipt: one for one in propose(YEAR.lines, waiting)}


def test_an_answer_is_read_once_and_follows_the_next_state():
    memory, read = DeskMemory(), []

    def reading(receipts: int) -> Given:
        read.append(receipts)
        return given(receipts)

    for state in (40, 40, 39, 39, 45):
        assert memory.standing("all", state, lambda state=state: reading(state)).proposals == wanted(state)
    assert read == [40, 39, 45]


def test_a_change_that_fails_in_the_middle_leaves_nothing_half_done(monkeypatch):
    memory = DeskMemory()
    before = memory.standing("all", 40, lambda: given(40))
    weigh = Matcher._weigh
    monkeypatch.setattr(Matcher, "_weigh", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        memory.standing("all", 30, lambda: given(30))
    monkeypatch.setattr(Matcher, "_weigh", weigh)
    assert memory.standing("all", 40, lambda: given(1)) is before
    assert memory.standing("all", 35, lambda: given(35)).proposals == wanted(35)


def test_threads_that_ask_at_once_get_what_stands_in_the_state_they_saw(monkeypatch):
    memory, inside, most, wrong = DeskMemory(), [0], [0], []
    update = Matcher.update

    def slow(self: Matcher, *args):
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.01)
        try:
            return update(self, *args)
        finally:
            inside[0] -= 1

    def ask(state: int) -> None:
        got = memory.standing("all", state, lambda: given(state)).proposals
        wrong.extend([] if got == want[state] else [state])

    want = {state: wanted(state) for state in (20, 21, 22)}
    monkeypatch.setattr(Matcher, "update", slow)
    threads = [threading.Thread(target=ask, args=(state,)) for state in (20, 21, 22) * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (wrong, most[0]) == ([], 1)


def test_what_is_remembered_is_bounded_by_reaches_and_by_receipts():
    memory = DeskMemory(scopes=3, receipts=50)
    for scope in "abcd":
        memory.standing(scope, 1, lambda: given(10))
    assert [memory.is_warm(scope) for scope in "abcd"] == [False, True, True, True]
    memory.standing("e", 1, lambda: given(45))
    memory.standing("d", 1, lambda: given(10))
    assert [memory.is_warm(scope) for scope in "bcde"] == [False, False, True, False]
    memory.forget()
    assert not memory.is_warm("d")
