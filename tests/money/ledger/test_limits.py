"""What may be posted, one fen or one day to each side: rules M-1, M-4, M-10 to M-14, from docs/rules/money.md."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from projects.core.errors import ConflictError
from projects.money.ledger.closing import Closed
from projects.money.ledger.numbers import Number, numbered
from projects.money.ledger.posting import Book, DocumentState, LineState, Posting, ReceiptState

TODAY = dt.date(2021, 11, 30)
MOST = 9_999_999_999_999_99  # fen: 9,999,999,999,999.99 元


def book(**values: Any) -> Book:
    own: dict[str, Any] = {"today": TODAY, "closed": Closed(), "places": {1: "370831", 2: "370831"}}
    return Book(**(own | values))


def posting(**values: Any) -> Posting:
    own: dict[str, Any] = {"source": "cbi", "step": "allocated", "on": TODAY, "amount_fen": 100}
    return Posting(**(own | values))


def wrong(project: int = 1, of: Book | None = None, **values: Any) -> dict[str, str]:
    return {name: str(text) for name, text in (of or book()).complaints(project, posting(**values)).items()}


# --- amounts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fen", "taken"),
    [
        ("normal", -1, False),
        ("normal", 0, False),
        ("normal", 1, True),
        ("normal", MOST, True),
        ("normal", MOST + 1, False),
        ("refund", 1, False),
        ("refund", 0, False),
        ("refund", -1, True),
        ("refund", -MOST, True),
        ("refund", -MOST - 1, False),
        ("correction", 0, False),
        ("correction", 1, True),
        ("correction", -1, True),
        ("correction", MOST, True),
        ("correction", MOST + 1, False),
        ("correction", -MOST - 1, False),
    ],
)
def test_m13_the_sign_belongs_to_the_kind_and_the_longest_amount_is_taken(kind: str, fen: int, taken: bool):
    rich = book(sums={(1, "cbi", "paid"): 2 * MOST})
    found = wrong(of=rich, step="paid", kind=kind, amount_fen=fen, memo="更正多录")
    assert set(found) == (set() if taken else {"amount"})
    if kind == "normal" and fen in {0, -1}:
        assert ("请填写大于 0 的金额" in found["amount"]) == (fen == 0)


def test_m13_a_correction_says_why_in_its_memo():
    assert set(wrong(kind="correction", memo=" ")) == {"memo"}
    assert wrong(kind="correction", memo="多录") == {}
    assert wrong(kind="normal", memo="") == {}


@pytest.mark.parametrize(("there", "back", "taken"), [(700, 699, True), (700, 700, True), (700, 701, False)])
def test_m13_a_refund_can_t_exceed_what_stands_in_its_source_and_step(there: int, back: int, taken: bool):
    own = book(sums={(1, "cbi", "paid"): there, (1, "county", "paid"): 9_999, (2, "cbi", "paid"): 9_999})
    found = wrong(of=own, step="paid", kind="refund", amount_fen=-back)
    assert set(found) == (set() if taken else {"amount"})
    assert set(wrong(of=own, step="paid", kind="correction", amount_fen=-9_999, memo="更正")) == set()


# --- words and years ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "most"), [("document_number", 80), ("external_id", 60), ("memo", 200)])
def test_texts_hold_so_many_letters_and_no_more(field: str, most: int):
    assert wrong(**{field: "字" * most}) == {}
    assert set(wrong(**{field: "字" * (most + 1)})) == {field}


@pytest.mark.parametrize(("year", "taken"), [(1989, False), (1990, True), (2100, True), (2101, False), (None, True)])
def test_a_budget_year_has_four_figures_of_our_time(year: int | None, taken: bool):
    assert ("budget_year" not in wrong(budget_year=year)) == taken


def test_unknown_words_are_named_by_their_field_up_to_forty_letters():
    found = wrong(source="x" * 41, step="y", kind="z")
    assert set(found) == {"source", "step", "kind"}
    assert f"“{'x' * 40}”" in found["source"]


@pytest.mark.parametrize(("days", "taken"), [(-1, True), (0, True), (1, False)])
def test_m4_nothing_is_posted_of_the_future(days: int, taken: bool):
    assert ("on" not in wrong(on=TODAY + dt.timedelta(days=days))) == taken


# --- what it draws on ---------------------------------------------------------------------------------------


def line(**values: Any) -> LineState:
    own: dict[str, Any] = {
        "project_id": 1,
        "source": "cbi",
        "left_fen": 300,
        "document_id": 5,
        "budget_year": 2020,
        "is_sample": False,
        "stands": True,
    }
    return LineState(**(own | values))


@pytest.mark.parametrize(("fen", "taken"), [(299, True), (300, True), (301, False)])
def test_m10_a_line_of_800_with_500_received_has_300_left(fen: int, taken: bool):
    own = book(lines={9: line()})
    found = wrong(of=own, step="received", allocation_id=9, amount_fen=fen)
    assert set(found) == (set() if taken else {"amount"})
    assert "只剩 3.00 元" in found.get("amount", "只剩 3.00 元")
    assert wrong(of=own, step="paid", allocation_id=9, amount_fen=301) == {}


@pytest.mark.parametrize(("fen", "taken"), [(29, True), (30, True), (31, False)])
def test_m10_a_receipt_of_100_with_60_matched_and_10_outside_has_30_left(fen: int, taken: bool):
    own = book(lines={9: line()}, receipts={3: ReceiptState(30, False, True)})
    found = wrong(of=own, step="received", allocation_id=9, receipt_id=3, amount_fen=fen)
    assert set(found) == (set() if taken else {"amount"})
    assert "这笔到账只剩 0.30 元" in found.get("amount", "这笔到账只剩 0.30 元")


@pytest.mark.parametrize("other", [{"stands": False}, {"project_id": 2}, {"source": "county"}])
def test_m10_a_line_must_stand_and_be_of_the_project_and_source(other: dict[str, Any]):
    assert wrong(of=book(lines={9: line()}), step="received", allocation_id=9) == {}
    assert set(wrong(of=book(lines={9: line(**other)}), step="received", allocation_id=9)) == {"allocation_id"}
    assert set(wrong(of=book(), step="received", allocation_id=9)) == {"allocation_id"}
    assert set(wrong(of=book(lines={9: line()}), step="planned", allocation_id=9)) == {"allocation_id"}


def test_m10_a_receipt_must_stand_and_is_drawn_on_by_what_is_received():
    def own(stands: bool = True) -> Book:
        return book(receipts={3: ReceiptState(1_000, False, stands)})

    assert wrong(of=own(), step="received", receipt_id=3) == {}
    assert set(wrong(of=own(stands=False), step="received", receipt_id=3)) == {"receipt_id"}
    assert set(wrong(of=own(), step="paid", receipt_id=3)) == {"receipt_id"}
    assert set(wrong(of=own(), step="received", receipt_id=4)) == {"receipt_id"}


def test_a_contract_is_of_the_project_and_takes_what_is_contracted_or_paid():
    own = book(contracts={7: (1, False)})
    assert [wrong(of=own, step=step, contract_id=7) for step in ("contracted", "paid")] == [{}, {}]
    assert set(wrong(of=own, step="received", contract_id=7)) == {"contract_id"}
    assert set(wrong(2, own, step="paid", contract_id=7)) == {"contract_id"}
    assert set(wrong(of=own, step="paid", contract_id=8)) == {"contract_id"}
    assert set(wrong(document_id=8)) == {"document_id"}


def test_m11_a_line_is_handed_on_by_a_document_right_below_its_own():
    def own(parent: int | None, above: int | None = 5) -> Book:
        return book(lines={9: line(document_id=above)}, documents={6: DocumentState(parent, None, "x", False)})

    handed = {"step": "allocated", "allocation_id": 9}
    assert wrong(of=own(5), document_id=6, **handed) == {}
    assert set(wrong(of=own(4), document_id=6, **handed)) == {"allocation_id"}
    assert set(wrong(of=own(None, None), document_id=6, **handed)) == {"allocation_id"}
    assert set(wrong(of=own(5), **handed)) == {"allocation_id"}
    assert set(wrong(of=own(5), document_id=6, **handed, amount_fen=301)) == {"amount"}


def paid_number(number: str, year: int = 2021, unit: int | None = None, place: str = "370831"):
    return numbered("paid", (unit, place), dt.date(year, 5, 1), number)


def test_m12_a_number_stands_once_and_one_voucher_has_an_entry_for_each_source():
    taken = book(taken={paid_number("7")})
    assert set(wrong(of=taken, step="paid", external_id="7")) == {"external_id"}
    assert set(wrong(of=taken, step="paid", external_id=" 7 ")) == {"external_id"}  # as it would be stored
    assert wrong(of=taken, step="received", external_id="7") == {}
    assert wrong(of=taken, step="paid") == {}
    assert wrong(of=book(taken={paid_number("")}), step="paid") == {}  # no number is no voucher

    def after(**values: Any) -> set[str]:
        own = book()
        own.take(1, posting(step=values.get("step", "paid"), external_id="7"))
        fresh = {"step": "paid", "source": "county", "external_id": "7"} | values
        return set(wrong(fresh.pop("project", 1), own, **fresh))

    assert after() == set()
    assert after(source="cbi") == {"external_id"}
    assert after(on=TODAY - dt.timedelta(days=1)) == {"external_id"}
    assert after(project=2) == {"external_id"}
    assert after(step="received") == {"external_id"}
    assert after(external_id="8") == set()


def test_m12_a_voucher_stands_once_in_the_books_of_its_unit_and_year_and_nobody_hears_of_another_s():
    def said(number: Number, **values: Any) -> dict[str, str]:
        own = book(taken={number}, places={1: "370831", 2: "370881"}, units={1: 5, 2: 6})
        return wrong(of=own, **{"step": "paid", "external_id": "记-0001"} | values)

    own = said(paid_number("记-0001", unit=5))
    assert "记-0001" in own["external_id"]
    assert "2021" in own["external_id"]
    assert said(paid_number("记-0001", unit=6)) == {}
    assert said(paid_number("记-0001", 2020, unit=5)) == {}
    assert said(paid_number("记-0001", place="370831")) == {}  # of a project there whose unit nobody knows
    assert set(said(paid_number("记-0001", unit=6), project=2)) == {"external_id"}


def test_m12_other_numbers_stand_once_in_a_place_and_year():
    def said(number: Number) -> dict[str, str]:
        own = book(taken={number}, places={1: "370831"}, units={1: 5})
        return wrong(of=own, step="allocated", external_id="L1")

    assert set(said(numbered("allocated", (9, "370831"), TODAY, "L1"))) == {"external_id"}
    assert said(numbered("allocated", (5, "370881"), TODAY, "L1")) == {}
    assert said(numbered("allocated", (5, "370831"), TODAY.replace(year=2022), "L1")) == {}


def test_m10_a_batch_is_checked_as_if_its_entries_came_one_by_one():
    own = book(
        lines={9: line()},
        receipts={3: ReceiptState(100, True, True)},
        documents={6: DocumentState(5, 2019, "x", True)},
        contracts={7: (1, True)},
    )
    assert own.take(1, posting(step="received", allocation_id=9, amount_fen=250)) is False
    assert own.lines[9].left_fen == 50
    assert own.take(1, posting(step="received", receipt_id=3, amount_fen=60)) is True
    assert own.receipts[3].left_fen == 40
    assert own.take(1, posting(step="paid", allocation_id=9, amount_fen=20)) is False
    assert own.lines[9].left_fen == 50
    assert own.take(1, posting(document_id=6)) is True
    assert own.take(1, posting(step="paid", contract_id=7, amount_fen=5)) is True
    assert own.sums == {(1, "cbi", "received"): 310, (1, "cbi", "paid"): 25, (1, "cbi", "allocated"): 100}
    assert own.vouchers == {}
    own.lines[9].is_sample = True
    assert own.take(1, posting(step="received", allocation_id=9, amount_fen=10)) is True


def test_m13_an_entry_belongs_to_the_year_typed_else_of_its_line_else_of_its_document_else_of_its_day():
    own = book(lines={9: line()}, documents={6: DocumentState(5, 2019, "x", False)})
    both = {"allocation_id": 9, "document_id": 6}
    assert own.year(posting(budget_year=2018, **both)) == 2018
    assert own.year(posting(**both)) == 2020
    assert own.year(posting(document_id=6)) == 2019
    assert own.year(posting()) == 2021
    assert own.year(posting(on=None)) is None
    bare = book(lines={9: line(budget_year=None)}, documents={6: DocumentState(5, None, "x", False)})
    assert bare.year(posting(**both)) == 2021


# --- closed months ------------------------------------------------------------------------------------------

NOVEMBER = dt.date(2021, 11, 1)


@pytest.mark.parametrize(
    ("on", "closed"), [("2021-10-31", False), ("2021-11-01", True), ("2021-11-30", True), ("2021-12-01", False)]
)
def test_m14_a_closed_month_takes_nothing_from_its_first_to_its_last_day(on: str, closed: bool):
    own = book(today=dt.date(2022, 1, 1), closed=Closed(frozenset({(NOVEMBER, "370800")})))
    assert ("on" in wrong(of=own, on=dt.date.fromisoformat(on))) == closed


@pytest.mark.parametrize(
    ("place", "own", "covered"),
    [
        ("370831", "370800", True),
        ("370831", "370831", True),
        ("370800", "370831", False),
        ("370831", "370000", True),
        ("360000", "370000", False),
        ("370831", "", True),
        (None, "", True),
        (None, "370000", False),
    ],
)
def test_m14_a_month_is_closed_for_a_place_and_all_in_it(place: str | None, own: str, covered: bool):
    assert Closed(frozenset({(NOVEMBER, own)})).covers(place, TODAY) == covered
    assert Closed(frozenset({(dt.date(2021, 10, 1), own)})).covers(place, TODAY) is False


def test_m14_the_correction_goes_to_the_first_day_of_the_next_open_month():
    closed = Closed(frozenset({(dt.date(2021, month, 1), "370800") for month in (9, 10)}))
    assert closed.open_day(["370831"], dt.date(2021, 8, 15), TODAY) == dt.date(2021, 8, 15)
    assert closed.open_day(["370831"], dt.date(2021, 9, 15), TODAY) == NOVEMBER
    alone = Closed(frozenset({(dt.date(2021, 9, 1), "370800")}))
    assert alone.open_day(["370831"], dt.date(2021, 9, 30), TODAY) == dt.date(2021, 10, 1)
    assert closed.open_day(["360000"], dt.date(2021, 9, 15), TODAY) == dt.date(2021, 9, 15)
    assert closed.open_day(["360000", "370831"], dt.date(2021, 9, 15), NOVEMBER) == NOVEMBER
    with pytest.raises(ConflictError):
        closed.open_day(["370831"], dt.date(2021, 9, 15), dt.date(2021, 10, 31))
