"""The statement of a month: it adds up per source and in all, to the fen, as of the month's end, or it does
not exist.
"""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.receipts.statement import AMOUNTS, UNKNOWN, LedgerSum, ReceiptFigures, Statement, statement

WAN = 1_000_000
OCTOBER = dt.date(2021, 10, 1)
DAY = dt.date(2021, 10, 14)
EARLIER = dt.date(2021, 9, 14)


def receipt(wan, *, on=DAY, source=None, outside=0, **matched):
    return ReceiptFigures(on, wan * WAN, source, {key: fen * WAN for key, fen in matched.items()}, outside * WAN)


def test_the_worked_numbers_of_the_rule():
    """M-15."""
    found = statement(OCTOBER, "", [receipt(600, cbi=600), receipt(50, outside=2)], [], [])
    assert [
        (line.source, line.in_fen // WAN, line.matched_fen // WAN, line.outside_fen // WAN, line.unmatched_fen // WAN)
        for line in found.lines
    ] == [
        ("cbi", 600, 600, 0, 0),
        (UNKNOWN, 50, 0, 2, 48),
    ]
    assert (found.total.in_fen, found.total.unmatched_fen) == (650 * WAN, 48 * WAN)


def test_the_matched_part_belongs_to_the_lines_and_the_rest_to_what_the_treasury_named():
    found = statement(OCTOBER, "", [receipt(100, source="county", cbi=30, county=20)], [], [])
    by_source = {
        line.source: (line.in_fen // WAN, line.matched_fen // WAN, line.unmatched_fen // WAN) for line in found.lines
    }
    assert by_source == {"cbi": (30, 30, 0), "county": (70, 20, 50)}


def test_the_flow_of_the_month_leads_from_what_was_open_to_what_is():
    before = [receipt(80, on=EARLIER, cbi=30)]
    now = [receipt(80, on=EARLIER, cbi=60, outside=5), receipt(40, cbi=10)]
    found = statement(OCTOBER, "", now, before, [])
    assert [
        value // WAN
        for value in (found.opened_fen, found.came_fen, found.matched_fen, found.outside_fen, found.total.unmatched_fen)
    ] == [
        50,
        40,
        40,
        5,
        45,
    ]


def test_what_the_ledger_received_without_a_receipt_is_said():
    found = statement(
        OCTOBER, "", [receipt(60, cbi=60)], [], [LedgerSum("cbi", "received", 100 * WAN, 60 * WAN, 40 * WAN)]
    )
    (line,) = found.lines
    assert (line.received_fen, line.bare_fen, line.month_received_fen) == (100 * WAN, 40 * WAN, 60 * WAN)


def test_a_statement_that_does_not_add_up_cannot_exist():
    right = statement(OCTOBER, "", [receipt(100, cbi=30)], [], [])
    with pytest.raises(ValueError, match="do not add up"):
        replace(right, total=replace(right.total, in_fen=right.total.in_fen + 1))
    with pytest.raises(ValueError, match="what came"):
        line = replace(right.lines[0], in_fen=right.lines[0].in_fen + 1)
        replace(right, lines=(line, *right.lines[1:]), total=replace(right.total, in_fen=right.total.in_fen + 1))
    with pytest.raises(ValueError, match="what was open"):
        replace(right, opened_fen=1)


RECEIPTS = st.lists(
    st.builds(
        lambda amount, source, parts, outside: ReceiptFigures(
            DAY, amount + sum(parts.values()) + outside, source, parts, outside
        ),
        st.integers(0, 10**12),
        st.sampled_from([None, *FUNDING_SOURCES]),
        st.dictionaries(st.sampled_from(list(FUNDING_SOURCES)), st.integers(1, 10**12), max_size=3),
        st.integers(0, 10**9),
    ),
    max_size=12,
)


@given(RECEIPTS, st.integers(0, 12))
def test_every_statement_is_the_sum_of_its_receipts(receipts, split):
    found = statement(OCTOBER, "", receipts, receipts[:split], [])
    assert isinstance(found, Statement)
    assert found.total.in_fen == sum(one.amount_fen for one in receipts)
    assert found.total.matched_fen == sum(sum(one.matched.values()) for one in receipts)
    assert found.total.unmatched_fen == sum(one.unmatched_fen for one in receipts)
    assert found.opened_fen == sum(one.unmatched_fen for one in receipts[:split])
    assert set(found.figures) >= {"total", "flow"}
    assert set(found.figures["total"]) == set(AMOUNTS)
