"""Variance of a milestone: S-26 of docs/rules/slippage.md."""

import datetime as dt
from types import SimpleNamespace

import pytest

from projects.portfolio.home.queries import MilestoneRow


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("baseline", "plan", "actual", "slips"),
    [
        ("2021-06-01", "2021-08-11", "2021-06-16", (15, -56)),  # moving the plan doesn't turn +15 into -56
        ("2021-06-01", "2021-06-01", "2021-06-16", (15, 15)),
        ("2021-06-01", "2021-05-01", "2021-06-01", (0, 31)),
        (None, "2021-06-02", "2021-06-01", (-1, -1)),
        ("2021-06-01", None, "2021-06-02", (1, None)),
        ("2021-06-01", "2021-08-11", None, (None, None)),
        (None, None, "2021-06-01", (None, None)),
    ],
)
def test_s26_days_late_are_counted_from_the_baseline_and_beside_it_from_the_plan(baseline, plan, actual, slips):
    days = (one and day(one) for one in (plan, baseline))
    row = MilestoneRow(SimpleNamespace(), *days, bool(actual), actual and day(actual), is_sample=False)
    assert (row.slip_days, row.plan_slip_days) == slips
