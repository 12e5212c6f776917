"""Schedules drawn as text: a row of month-end percents for the plan, one for what was reported.

    facts = drawn("2021-01", plan="0 10 25 50 75 100", reported="0 5 15")

The first number stands at the end of the first month, the next at the end of the next, and so on; `.` leaves a month
out.
"""

from __future__ import annotations

import datetime as dt

from projects.core.month import add_months, month_end, parse_month
from projects.verdicts.facts.curve import PlanCurve, StagePlan, plan_curve
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, TargetFacts

DEFAULT_STAGES = (
    StagePlan("preparation", 5), StagePlan("foundation", 15), StagePlan("structure", 30), StagePlan("secondary", 8),
    StagePlan("mep", 20), StagePlan("fit_out", 14), StagePlan("external", 5), StagePlan("handover", 3),
)  # fmt: skip


def row(first_month: str, numbers: str) -> list[tuple[dt.date, float]]:
    """The drawn numbers with their month ends."""
    start = parse_month(first_month)
    return [
        (month_end(add_months(start, index)), float(word)) for index, word in enumerate(numbers.split()) if word != "."
    ]


def curve(first_month: str, numbers: str) -> PlanCurve:
    made = plan_curve(dict(row(first_month, numbers)), (), None, None)
    assert made is not None
    return made


def drawn(
    first_month: str,
    *,
    plan: str = "",
    reported: str = "",
    structure: str = "",
    gates: dict[str, dt.date] | None = None,
    **rest,
) -> ProjectFacts:
    """Project facts from drawn rows: overall percents `reported`, percents of the main structure in `structure`."""
    days: dict[dt.date, dict] = {}
    for day, value in row(first_month, reported):
        days.setdefault(day, {})["overall"] = value
    for day, value in row(first_month, structure):
        days.setdefault(day, {})["stages"] = {"structure": value}
    seen = tuple(Observation(day, known.get("stages", {}), known.get("overall")) for day, known in sorted(days.items()))
    passed = {key: GateFact(day) for key, day in (gates or {}).items()}
    return ProjectFacts(
        curve(first_month, plan) if plan else None, DEFAULT_STAGES, seen, passed, rest.get("gate_plans", {})
    )


def promise(
    measure: str = "progress_pct",
    threshold: float | None = 50,
    due: str | None = "2021-12-31",
    commitment: str = "must",
) -> TargetFacts:
    return TargetFacts("t", measure, "project", threshold, dt.date.fromisoformat(due) if due else None, commitment)
