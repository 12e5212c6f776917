"""The ladder where a line is missing, strange, or one of all: rules M-5 to M-7, from docs/rules/money.md."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.ladder.sums import Ladder, LadderLine, Rung, ladder


def test_m7_a_ladder_that_does_not_add_up_can_t_be_built():
    whole = ladder({"cbi": 10, "county": 5}, {("cbi", "paid"): 3})
    assert Ladder(whole.lines, whole.central, whole.local, whole.total) == whole
    for name in ("approved", "allocated", "paid", "contracted"):
        wrong = replace(whole.total, **{name: (getattr(whole.total, name) or 0) + 1})
        with pytest.raises(ValueError, match="do not add up"):
            replace(whole, total=wrong)
        with pytest.raises(ValueError, match="do not add up"):
            replace(whole, local=replace(whole.local, **{name: (getattr(whole.local, name) or 0) + 1}))


def test_a_ladder_takes_every_source_and_no_strange_one():
    whole = ladder(dict.fromkeys(FUNDING_SOURCES, 2), {("cbi", "allocated"): 1})
    assert [line.key for line in whole.lines] == list(FUNDING_SOURCES)
    assert whole.total == Rung(2 * len(FUNDING_SOURCES), 1, 0, 0)
    with pytest.raises(ValueError, match="gold"):
        ladder({"gold": 1}, {})
    with pytest.raises(ValueError, match="gold"):
        ladder({}, {("gold", "paid"): 1})


def test_a_line_is_found_by_its_source():
    whole = ladder({"cbi": 10, "county": 5}, {})
    assert (whole.line("cbi"), whole.line("county"), whole.line("self")) == (*whole.lines, None)


@pytest.mark.parametrize(("approved", "rate"), [(None, None), (0, None), (1, 300.0), (6, 50.0)])
def test_m6_a_rate_of_nothing_is_blank(approved: int | None, rate: float | None):
    assert LadderLine(approved, 3, 0, 0, key="cbi").allocation_rate == rate
