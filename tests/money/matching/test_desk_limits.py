"""The desk's lists, what is learned, and what a process remembers, at the limit itself: rules MT-9 to MT-11."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from projects.core.errors import InvalidError
from projects.money.matching import remembering
from projects.money.matching.desk import (
    PAGE,
    DeskFilter,
    DeskReceipt,
    DeskStanding,
    Queue,
    SourceSum,
    beside,
    read,
    searched,
)
from projects.money.matching.facts import Candidate, MatchedPart, Proposal
from projects.money.matching.learning import learned
from projects.money.matching.remembering import DeskMemory, Given
from tests.money.matching.made import MARCH, UNITS, line


def row(number: int, fen: int = 100, **more: Any) -> DeskReceipt:
    own = {
        "voucher": f"V{number}", "received_on": MARCH, "payer": "局", "payee": UNITS[0], "memo": "拨款", "source": None,
        "place_code": None, "place": None, "matched_fen": 0, "outside_fen": 0, "is_sample": False,
    }  # fmt: skip
    return DeskReceipt(number, amount_fen=fen, **(own | more))


def given(*fens: int, lines: tuple[int, ...] = ()) -> Given:
    rows = tuple(row(number, fen) for number, fen in enumerate(fens, start=1))
    sums = (SourceSum("", 0, 0, sum(fens)),)
    open_lines = [line(str(place), 300, left=fen) for place, fen in enumerate(lines, start=1)]
    return Given(open_lines, Queue(sums, rows, sum(fens)), [], {})


def test_mt9_the_first_page_of_fifty_is_shown():
    assert (DeskFilter().page, read({}).page, PAGE) == (1, 1, 50)


@pytest.mark.parametrize("length", [40, 41])
def test_a_refused_word_is_shown_to_forty_letters(length: int):
    with pytest.raises(InvalidError) as raised:
        read({"source": "x" * length})
    assert f"“{'x' * 40}”" in str(raised.value.fields["source"])


def test_lines_to_split_on_stand_in_the_order_of_what_speaks_for_them_and_of_their_documents():
    def on(key: str, day: int, **more: Any):
        return line(key, issued_on=MARCH + dt.timedelta(days=day), **more)

    named = [on("1", 5), on("2", 3)]
    siblings = [on("3", 2), on("4", 1)]
    payees = [on("5", 9, unit=UNITS[1], works="甲"), on("6", 0, unit=UNITS[1], works="乙")]
    stranger = on("7", 0, unit=UNITS[2])
    proposal = Proposal(
        "1", confident=False, candidates=(
            Candidate((MatchedPart("1", 1),), 9.0, ()), Candidate((MatchedPart("2", 1),), 1.0, ())
        ),
    )  # fmt: skip
    some = [stranger, *payees, *siblings, *named]
    found = beside(some, row(1, payee=UNITS[1]), proposal)
    assert [one.key for one in found] == ["2", "1", "4", "3", "6", "5"]
    assert [one.key for one in beside(some, row(1, payee=UNITS[1]), proposal, 3)] == ["2", "1", "4"]
    assert [one.key for one in beside(some, row(1, payee=UNITS[1]), None)] == ["6", "5"]
    many = [line(str(number)) for number in range(20)]
    assert len(beside(many, row(1), None)) == 12
    assert len(searched([line(str(number)) for number in range(40)], "")) == 30


@pytest.mark.parametrize(
    ("payee", "unit", "name"),
    [
        ("甲乙丙", "戊己庚辛", None),  # three letters say too little
        ("甲乙丙丁", "戊己庚辛", "甲乙丙丁"),
        ("红" * 60, "戊己庚辛", "红" * 60),
        ("红" * 61, "戊己庚辛", None),
        ("疾控" + "红" * 57, "戊己庚辛", None),  # 65 letters where it is written out
        ("红" * 59 + "项目", "戊己庚辛", None),  # 59 without the generic word, but 61 as written
        ("红" * 58 + "项目", "戊己庚辛", "红" * 58 + "项目"),
        ("甲乙丙丁戊庚", "甲乙丙丁戊己", None),  # four of its five pairs are the unit's own
        ("甲乙丙丁庚", "甲乙丙丁戊己", "甲乙丙丁庚"),  # three of four
        ("甲乙丙丁", "甲乙丙丁戊己", None),
        ("子甲乙丙丁", "甲乙丙丁", None),
        ("住建指挥部", "甲乙丙丁", None),
        ("子丑寅卯", "", None),
    ],
)
def test_mt10_what_a_payee_s_name_teaches(payee: str, unit: str, name: str | None):
    assert learned(payee, unit, [unit] if unit else []) == name


@pytest.mark.parametrize(
    ("other", "name"), [("甲乙丙丁", None), ("甲乙", None), ("甲乙丙丁戊", None), ("乙甲丙丁", "甲乙丙丁")]
)
def test_mt10_another_unit_s_name_is_not_learned(other: str, name: str | None):
    assert learned("甲乙丙丁", "子丑寅卯", ["子丑寅卯", other]) == name


def test_mt11_six_reaches_are_remembered_and_the_one_asked_longest_ago_is_forgotten_first():
    memory = DeskMemory()
    for scope in range(6):
        memory.standing(scope, 1, given)
    assert all(memory.is_warm(scope) for scope in range(6))
    memory.standing(0, 1, given)
    memory.standing(6, 1, given)
    assert [memory.is_warm(scope) for scope in range(7)] == [True, False, True, True, True, True, True]
    assert not memory.is_warm("never asked")
    memory.forget()
    assert not memory.is_warm(0)


@pytest.mark.parametrize(("receipts", "warm"), [(4, True), (3, False), (5, True)])
def test_mt11_receipts_of_all_reaches_together_are_bounded(receipts: int, warm: bool):
    memory = DeskMemory(receipts=receipts)
    memory.standing("a", 1, lambda: given(1, 1))
    memory.standing("b", 1, lambda: given(1, 1))
    memory.standing("b", 1, lambda: given(1, 1))
    assert (memory.is_warm("a"), memory.is_warm("b")) == (warm, True)


@pytest.mark.parametrize(("more", "warm"), [(0, True), (1, False)])
def test_mt11_thirty_thousand_waiting_receipts_are_remembered(monkeypatch: pytest.MonkeyPatch, more: int, warm: bool):
    rows = {"a": (row(1, 0),) * 15_000, "b": (row(1, 0),) * (15_000 + more)}
    monkeypatch.setattr(
        remembering, "_follow", lambda _kept, scope, _tell: DeskStanding(Queue((), rows[scope], 0), {}, {})
    )
    memory = DeskMemory()
    for scope in ("a", "b", "b"):
        memory.standing(scope, 1, lambda scope=scope: scope)
    assert (memory.is_warm("a"), memory.is_warm("b")) == (warm, True)


def test_mt11_a_state_is_read_once():
    memory, asked = DeskMemory(), []

    def reading() -> Given:
        asked.append(1)
        return given(5)

    first = memory.standing("a", 1, reading)
    assert memory.standing("a", 1, reading) is first
    assert len(asked) == 1
    assert memory.standing("a", 2, reading) is not first
    assert memory.standing("b", 2, reading) is not first
    assert len(asked) == 3


def test_mt11_whoever_waited_for_the_same_state_reads_nothing():
    memory, asked = DeskMemory(), []

    def first() -> Given:
        asked.append("first")
        return given(5)

    class Lock:
        """While one waits for it, another asker works the state out."""

        def __enter__(self) -> None:
            kept.last = 1, remembering._follow(kept, first(), None)

        def __exit__(self, *_: object) -> None:
            pass

    kept = memory._of("a")
    kept.lock = Lock()
    found = memory.standing("a", 1, lambda: asked.append("second"))
    assert (found.queue.in_fen, asked) == (5, ["first"])


def test_mt11_lines_with_nothing_left_are_known_and_not_offered():
    found = DeskMemory().standing("a", 1, lambda: given(5, lines=(0, 1, 2)))
    assert sorted(found.lines) == ["2", "3"]
    assert list(found.proposals) == ["1"]


def test_mt11_who_asks_for_what_is_known_waits_for_nobody():
    memory = DeskMemory()
    first = memory.standing("a", 1, lambda: given(5))
    memory._of("a").lock = None  # whoever would wait for it fails
    assert memory.standing("a", 1, lambda: given(9)) is first
