"""The month's statement and the year-end check to the fen: rules M-15, M-16 and Y-1, from docs/rules/money.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from projects.money.receipts.statement import (
    Completion,
    LedgerSum,
    Money,
    ReceiptFigures,
    Reported,
    SourceLine,
    Statement,
    YearEnd,
    statement,
)

MONTH = dt.date(2021, 11, 1)


def test_m15_the_worked_statement_of_600_and_50():
    now = [ReceiptFigures(MONTH, 600, "county", {"cbi": 600}, 0), ReceiptFigures(MONTH, 50, None, {}, 2)]
    before = [ReceiptFigures(MONTH, 600, "county", {}, 0)]
    ledger = [
        LedgerSum("cbi", "allocated", 900, 100, 7),
        LedgerSum("cbi", "received", 600, 20, 5),
        LedgerSum("cbi", "paid", 300, 30, 9),
        LedgerSum("cbi", "contracted", 800, 80, 8),
        LedgerSum("county", "paid", 0, 0, 0),
    ]
    made = statement(MONTH, "370800", now, before, ledger)
    rows = {line.source: (line.in_fen, line.matched_fen, line.outside_fen, line.unmatched_fen) for line in made.lines}
    assert rows == {"cbi": (600, 600, 0, 0), "unknown": (50, 0, 2, 48)}
    assert [line.source for line in made.lines] == ["cbi", "unknown"]
    assert (made.total.in_fen, made.total.unmatched_fen) == (650, 48)
    assert (made.opened_fen, made.came_fen, made.matched_fen, made.outside_fen) == (600, 50, 600, 2)
    cbi = made.lines[0]
    assert (cbi.allocated_fen, cbi.received_fen, cbi.paid_fen, cbi.bare_fen) == (900, 600, 300, 5)
    assert (cbi.month_allocated_fen, cbi.month_received_fen, cbi.month_paid_fen) == (100, 20, 30)
    named = statement(MONTH, "370800", [ReceiptFigures(MONTH, 50, "county", {"cbi": 20}, 0)], [], [])
    assert {line.source: line.in_fen for line in named.lines} == {"cbi": 20, "county": 30}


def test_m15_a_statement_that_does_not_add_up_can_t_be_built():
    line = SourceLine("cbi", 10, 6, 1, 3)
    whole = Statement(MONTH, "x", (line,), replace(line, source="total"), 0, 10, 6, 1)
    assert whole.seal != replace(whole, opened_fen=1, came_fen=9).seal
    assert len(whole.seal) == 20
    with pytest.raises(ValueError, match="its total: in_fen"):
        replace(whole, total=replace(line, in_fen=11))
    odd = SourceLine("cbi", 10, 6, 1, 2)
    with pytest.raises(ValueError, match="is not what was matched"):
        Statement(MONTH, "x", (odd,), odd, 0, 10, 6, 1)
    with pytest.raises(ValueError, match="is not what is open"):
        replace(whole, came_fen=11)


def test_m16_paid_900_against_700_reported_is_200_more_than_built():
    one = Reported("a", "甲", "x", MONTH, 700, 800, 900, False)
    assert one.gap_fen == 200
    assert replace(one, invested_fen=0).gap_fen == 900
    assert replace(one, invested_fen=None).gap_fen is None


def test_y1_1200_paid_of_1000_and_500_are_200_of_the_later_year():
    money = Money({2020: 1000, 2021: 500}, {}, 1200)
    assert (money.paid_of(2020), money.paid_of(2021), money.paid_of(2022)) == (1000, 200, 0)
    named = Money({2020: 1000, 2021: 500}, {2021: 300}, 1000)
    assert (named.paid_of(2020), named.paid_of(2021)) == (1000, 300)
    over = Money({2020: 1000, 2021: 500}, {2021: 300}, 1100)
    assert over.paid_of(2021) == 400
    more = Money({2020: 100}, {}, 150)
    assert (more.paid_of(2020), more.paid_of(2021)) == (100, 0)
    exceeded = Money({2020: 100}, {2020: 120}, 50)
    assert exceeded.paid_of(2020) == 120


def test_y1_a_refund_comes_off_the_newest_year_first():
    back = Money({2020: 100, 2021: 50}, {2020: 100, 2021: 30}, -40)
    assert (back.paid_of(2021), back.paid_of(2020)) == (0, 90)
    small = Money({2020: 100, 2021: 50}, {2020: 100, 2021: 30}, -30)
    assert (small.paid_of(2021), small.paid_of(2020)) == (0, 100)
    none = Money({2020: 100}, {2020: 70}, 0)
    assert (none.paid_of(2020), none.paid_of(2021)) == (70, 0)
    negative = Money({2020: 100, 2021: 50}, {2020: 100, 2021: -5}, -10)
    assert (negative.paid_of(2021), negative.paid_of(2020)) == (-5, 90)


@pytest.mark.parametrize(("paid", "short"), [(790, True), (799, True), (800, False), (801, False)])
def test_y1_eighty_percent_exactly_is_enough(paid: int, short: bool):
    rows = (Completion("a", "甲", "x", 600, paid - 200, 3, False), Completion("b", "乙", "x", 400, 200, 4, False))
    check = YearEnd(2021, dt.date(2021, 12, 31), rows, 2, 1000, paid, 7, 80.0, "粤发改投资〔2016〕382号")
    assert check.is_short(check.rate) == short
    assert check.is_short(None) is False
    assert rows[1].rate == 50
    assert Completion("c", "丙", "x", 0, 0, 0, False).rate is None
