"""The ladder (M rules) and its findings (F rules), against an oracle that adds up in another way."""

import datetime as dt
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.core.money import in_unit
from projects.core.vocabulary import CENTRAL_SOURCES, FUNDING_SOURCES, LEDGER_STEPS, MONEY_RULES
from projects.money.findings.extract import shipped
from projects.money.findings.ladder import findings as findings_of
from projects.money.findings.limits import Limits
from projects.money.ladder.sums import Ladder, LadderLine, PostedSum, Rung, approved, gather, ladder, sums

WAN = 1_000_000
DAY = dt.date(2021, 11, 30)
LIMITS = Limits(*shipped())


def findings(one, limits=LIMITS):
    return findings_of(one, DAY, limits)


def drawn(text):
    """A ladder drawn as `cbi 1000/800/800/300 county 1000/600/200/100`: approved, allocated, received, paid in 万元;
    `-` where nothing was approved.
    """
    words = text.split()
    given_, posted = {}, {}
    for source, numbers in zip(words[::2], words[1::2], strict=True):
        first, *rest = numbers.split("/")
        if first != "-":
            given_[source] = int(first) * WAN
        posted |= {
            (source, step): int(number) * WAN
            for step, number in zip(("allocated", "received", "paid"), rest, strict=True)
        }
    return ladder(given_, posted)


def test_rates_are_per_source_and_per_level():
    """M-6."""
    found = drawn("cbi 1000/800/600/300 county 1000/500/100/0")
    cbi = found.line("cbi")
    assert (cbi.allocation_rate, cbi.receipt_rate, cbi.payment_rate) == (80.0, 75.0, 50.0)
    assert (found.central.receipt_rate, found.local.receipt_rate) == (75.0, 20.0)


def test_the_total_has_sums_and_no_rate():
    total = drawn("cbi 1000/800/600/300 county 1000/500/100/0").total
    assert total == Rung(2000 * WAN, 1300 * WAN, 700 * WAN, 300 * WAN)
    assert not any("rate" in name for name in dir(total))


def test_a_rate_of_nothing_is_none_and_not_zero():
    line = drawn("cbi -/0/0/0").line("cbi")
    assert (line.approved, line.allocation_rate, line.receipt_rate, line.payment_rate) == (None, None, None, None)
    assert drawn("cbi 100/50/0/0").line("cbi").receipt_rate == 0.0


def test_entries_after_the_day_do_not_count_and_those_of_the_day_do():
    """M-4."""
    entries = [PostedSum("cbi", "received", DAY, 5), PostedSum("cbi", "received", DAY + dt.timedelta(1), 7)]
    assert sums(entries, DAY) == {("cbi", "received"): 5}
    assert sums(entries, DAY - dt.timedelta(1)) == {}


def test_the_estimate_that_approves_is_the_later_kind_and_never_a_mixture():
    """M-5."""
    both = {
        ("feasibility_estimate", "cbi"): 1,
        ("feasibility_estimate", "county"): 2,
        ("approved_estimate", "cbi"): 3,
        ("contract", "cbi"): 9,
    }
    assert approved(both) == ("approved_estimate", {"cbi": 3})
    assert approved({key: fen for key, fen in both.items() if key[0] != "approved_estimate"}) == (
        "feasibility_estimate",
        {"cbi": 1, "county": 2},
    )
    assert approved({("contract", "cbi"): 9}) == (None, {})


def test_a_ladder_whose_sums_do_not_add_up_cannot_exist():
    """M-7."""
    right = drawn("cbi 1000/800/600/300 county 1000/500/100/0")
    with pytest.raises(ValueError, match="do not add up"):
        Ladder(right.lines, right.central, right.local, Rung(2000 * WAN, 1300 * WAN, 700 * WAN + 1, 300 * WAN))
    with pytest.raises(ValueError, match="do not add up"):
        Ladder(right.lines[:1], right.central, right.local, right.total)


def test_a_source_outside_the_vocabulary_is_refused():
    with pytest.raises(ValueError, match="no such source"):
        ladder({"lottery": 1}, {})


POSTS = st.lists(
    st.tuples(
        st.sampled_from(list(FUNDING_SOURCES)),
        st.sampled_from(list(LEDGER_STEPS)),
        st.integers(-20, 20),
        st.integers(-(10**15), 10**15),
    ),
    max_size=40,
)


@given(POSTS)
def test_every_ladder_reconciles_to_the_fen_with_an_independent_sum(posts):
    entries = [PostedSum(source, step, DAY + dt.timedelta(days), fen) for source, step, days, fen in posts]
    found = ladder({}, sums(entries, DAY))
    known = [(source, step, fen) for source, step, days, fen in posts if days <= 0]
    for step in LEDGER_STEPS:
        assert getattr(found.total, step) == sum(fen for _, own, fen in known if own == step)
        assert getattr(found.central, step) == sum(
            fen for source, own, fen in known if own == step and source in CENTRAL_SOURCES
        )
        for line in found.lines:
            assert getattr(line, step) == sum(fen for source, own, fen in known if (source, own) == (line.key, step))


@given(st.lists(POSTS, max_size=5))
def test_one_ladder_of_many_is_the_ladder_of_all_entries(projects):
    ladders = [
        ladder({}, sums([PostedSum(source, step, DAY, fen) for source, step, _, fen in posts], DAY))
        for posts in projects
    ]
    together = [PostedSum(source, step, DAY, fen) for posts in projects for source, step, _, fen in posts]
    assert gather(line for one in ladders for line in one.lines) == ladder({}, sums(together, DAY))


FINDINGS = [
    # approved/allocated/received/paid in 万元, what is found with its 万元
    ("cbi 1000/1000/1000/1000", []),
    ("cbi 1000/1001/1000/900", [("F-1", "cbi", 1)]),
    ("cbi -/1000/1000/900", []),  # nothing was approved at all: nothing to exceed
    ("cbi -/1000/800/0 county 500/400/390/0", [("F-1", "cbi", 1000)]),  # a source outside the approved composition
    ("cbi 1000/800/900/0", [("F-2", "cbi", 100)]),
    ("cbi 1000/800/700/701", [("F-3", "cbi", 1)]),
    ("cbi 1000/0/0/50", [("F-3", "cbi", 50)]),
    ("county 100/110/120/130", [("F-1", "county", 10), ("F-2", "county", 10), ("F-3", "county", 10)]),
    ("cbi 1000/1000/900/0 county 1000/1000/700/0", []),  # 20 points behind is the limit
    ("cbi 1000/1000/900/0 county 1000/1000/699/0", [("F-4", "local", 301)]),
    ("cbi 1000/1000/940/0 county 600/600/240/0 self 400/400/240/0", [("F-4", "local", 520)]),  # 94 % against 48 %
    ("cbi 1000/1000/500/0 county 1000/0/0/0", [("F-4", "local", 1000)]),  # approved, not even allocated
    ("cbi 1000/1000/0/0 county 1000/0/0/0", []),  # neither has come
    ("cbi 1000/1000/500/0 county -/0/0/0", []),
    ("county 1000/1000/0/0", []),  # no central money to be behind of
]


@pytest.mark.parametrize(("text", "expected"), FINDINGS)
def test_findings(text, expected):
    assert [(one.rule, one.source, one.amount_fen // WAN) for one in findings(drawn(text))] == expected


def test_negative_control_every_rule_is_drawn_broken():
    assert {rule for _, expected in FINDINGS for rule, _, _ in expected} == {"F-1", "F-2", "F-3", "F-4"}


def test_the_limit_of_the_counterpart_is_the_installations_own():
    one = drawn("cbi 1000/1000/900/0 county 1000/1000/700/0")
    own = Limits([replace(row, number=19) if row.rule == "F-4" else row for row in LIMITS.rows])
    assert [found.rule for found in findings(one, own)] == ["F-4"]


def test_a_finding_says_its_amounts_exactly():
    (one,) = findings(Ladder(*_ladder_of(LadderLine(10_000_000, 10_000_001, 0, 0, "cbi"))))
    assert str(one.text) == "中央预算内投资: 下达 10.000001 万元, 超过批复 10.00 万元, 多 0.000001 万元"
    (one,) = findings(drawn("cbi 1000/1000/940/0 county 1000/1000/480/0"))
    assert str(one.text) == "中央资金到位率 94%, 地方及其他资金 48%, 相差 46 个百分点, 未到位 520.00 万元"


def _ladder_of(line):
    whole = gather([line])
    return whole.lines, whole.central, whole.local, whole.total


@given(st.integers(0, 10**15), st.integers(1, 10**15))
def test_a_rate_is_the_quotient(received, allocated):
    line = ladder({}, {("cbi", "allocated"): allocated, ("cbi", "received"): received}).line("cbi")
    assert line.receipt_rate == pytest.approx(float(Fraction(100 * received, allocated)), rel=1e-12)


def test_the_prose_names_every_finding():
    prose = (Path(__file__).parents[3] / "docs" / "rules" / "money.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^### (F-\d+) ([^:]+):", prose, re.MULTILINE)) == MONEY_RULES


def test_the_figures_of_the_prose_hold():
    """M-2, M-6."""
    found = drawn("cbi 1000/800/600/300 county 1000/500/100/0")
    shown = [[line.allocation_rate, line.receipt_rate, line.payment_rate] for line in found.lines]
    assert shown == [[80.0, 75.0, 50.0], [50.0, 20.0, 0.0]]
    assert [str(in_unit(fen)) for fen in (1_234_550, 1_235_000)] == ["1.23", "1.24"]
