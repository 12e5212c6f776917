"""The gallery of verdicts (docs/gallery.md): what is told of each kind of data at each age and due day, a row
each, to be looked at when a rule changes.

`PIN=1 pytest tests/verdicts/test_gallery.py` writes it anew.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from projects.core.text import told
from projects.core.vocabulary import DATA_SHAPES, DATA_STATES, MEASURES, SHAPES, STATES, WORKS_SHAPES, WORKS_STATES
from projects.register.projects.ends import End
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import assess_project
from projects.verdicts.facts.curve import PlanCurve, StagePlan
from projects.verdicts.facts.ends import with_ends
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, RuleSet, TargetFacts, Verdict
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.forecast.extract import packaged_reference

PAGE = Path(__file__).parents[2] / "docs" / "gallery.md"
START = dt.date(2021, 1, 1)
NEWEST = 210  # the day of the newest report, counted from START
AGES = (0, 46, 91, 250)
DUE = {"past": -20, "soon": 30, "in 150 days": 150, "in 500 days": 500, "none": None}
PROMISES = (("progress_pct", 75.0), ("start", None), ("complete", None), ("in_use", None))
RULES = RuleSet()
HEAD = """# Gallery: what is told of what

Every kind of data, at each age, for promises due before and after it: the three answers of
[slippage](rules/slippage.md). The plan runs from 2021-01-01 (25 % on day 90, 50 % on day 180, 75 % on day 270) to day
360; the newest report is of day 210. Made by `tests/verdicts/test_gallery.py`, which also holds that state, chance and
days never contradict each other. Age in days; chance in percent; rows that say the same at several ages stand once.
"""


def day(number: int) -> dt.date:
    """A day counted from the plan's start."""
    return START + dt.timedelta(days=number)


def report(number: int, whole: float, structure: float | None = None, preparation: float = 100.0) -> Observation:
    """A report: percents of the whole, of the structure (by its share of the whole) and of the preparation."""
    built = max(0.0, min(100.0, (whole - 20) / 0.3)) if structure is None else structure
    stages = {"preparation": preparation, "foundation": min(100.0, whole * 5), "structure": built}
    return Observation(day(number), stages, whole)


STAGES = (
    StagePlan("preparation", 5),
    StagePlan("foundation", 15),
    StagePlan("structure", 30),
    StagePlan("fit_out", 50),
)
CURVE = PlanCurve(((day(0), 0.0), (day(90), 25.0), (day(180), 50.0), (day(270), 75.0), (day(360), 100.0)), "x")


def monthly(*percents: float) -> tuple[Observation, ...]:
    """Reports every 30 days, the last one on the day NEWEST."""
    return tuple(report(NEWEST - 30 * place, one) for place, one in reversed(list(enumerate(reversed(percents)))))


Kind = tuple[Sequence[Observation], Mapping[str, GateFact], tuple[tuple[dt.date, dt.date | None], ...]]
GATE = GateFact(day(NEWEST))
KINDS: dict[str, Kind] = {
    "nothing": ((), {}, ()),
    "a gate only (feasibility)": ((), {"feasibility": GATE}, ()),
    "a start on record only": ((), {"start": GATE}, ()),
    "0 %": ((report(NEWEST, 0, 0, 0),), {}, ()),
    "preparation only": ((Observation(day(NEWEST), {"preparation": 40.0, "structure": 0.0}, 2.0),), {}, ()),
    "on plan (58.3 %)": (monthly(33.3, 41.7, 50, 58.3), {}, ()),
    "ahead (75 %)": (monthly(40, 50, 65, 75), {}, ()),
    "a little behind (50 %)": (monthly(30, 36, 43, 50), {}, ()),
    "far behind (15 %)": (monthly(6, 9, 12, 15), {}, ()),
    "a stall of 90 days (40 %)": (monthly(30, 40, 40, 40, 40), {}, ()),
    "99.97 %": (monthly(90, 96, 99, 99.97), {}, ()),
    "100 % without the paper": (monthly(80, 90, 97, 100), {}, ()),
    "completed": (monthly(80, 90, 97, 100), {"start": GateFact(day(20)), "works_complete": GATE}, ()),
    "in use only": ((), {"in_use": GATE}, ()),
    "completed, but 20 % reported": (monthly(8, 12, 16, 20), {"works_complete": GATE}, ()),
    "stopped (50 %)": (monthly(30, 36, 43, 50), {}, ((day(NEWEST), None),)),
    "dropped (50 %)": (monthly(30, 36, 43, 50), {}, ()),
    "stopped and resumed (50 %)": (monthly(30, 36, 43, 50), {}, ((day(100), day(130)),)),
}


DROPPED = (End("dropped", day(NEWEST)),)


def cases() -> Iterator[tuple[str, int, TargetFacts, ProjectFacts, dt.date]]:
    """Everything that is shown."""
    reference = packaged_reference()
    for name, (seen, gates, stops) in KINDS.items():
        for age in AGES:
            as_of = day(NEWEST + age)
            bare = ProjectFacts(CURVE, STAGES, tuple(seen), gates, {}, reference=reference)
            facts = with_stops(bare, stops, as_of) if stops else bare
            facts = with_ends(facts, DROPPED, as_of) if name.startswith("dropped") else facts
            for measure, threshold in PROMISES:
                for when, days in DUE.items():
                    due = None if days is None else day(NEWEST + days)
                    yield (
                        f"{name}|{when}",
                        age,
                        TargetFacts("t", measure, "project", threshold, due, "must"),
                        facts,
                        as_of,
                    )


def row(verdict: Verdict) -> str:
    """What is told of a promise."""
    slip = "" if verdict.slip_days is None else f"{verdict.slip_days:+d}".replace("+0", "0")
    if verdict.met_by and not verdict.met_on:
        slip = f"≤ {slip}" if slip else f"by {verdict.met_by}"
    chance = "" if verdict.probability is None else told(verdict.probability, 0)
    forecast = verdict.forecast_on.isoformat() if verdict.forecast_on else ""
    return f"{SHAPES[verdict.state]} {STATES[verdict.state]} | {slip} | {chance} | {forecast}"


def page() -> str:
    """The gallery, its rows gathered over ages."""
    found: dict[tuple[str, str, str], dict[str, list[int]]] = {}
    for name, age, target, facts, as_of in cases():
        kind, _, when = name.partition("|")
        whole = assess_project(facts, {}, as_of, RULES)
        works = f"{WORKS_SHAPES[whole.works.state]} {WORKS_STATES[whole.works.state]}"
        data = f"{DATA_SHAPES[whole.data.state]} {DATA_STATES[whole.data.state]}"
        what = f"{MEASURES[target.measure]}{f' ≥ {target.threshold:g} %' if target.threshold else ''}"
        cells = f"{row(assess(target, facts, as_of, RULES))} | {works} | {data}"
        found.setdefault((kind, what, when), {}).setdefault(cells, []).append(age)
    lines = [HEAD]
    for kind in KINDS:
        lines += [f"\n## {kind}\n", "| promise | due | age | 承诺 | slip | chance | forecast | 工程 | 数据 |"]
        lines += ["|---|---|---|---|--:|--:|---|---|---|"]
        for (own, what, when), rows in found.items():
            for cells, ages in rows.items() if own == kind else ():
                lines.append(f"| {what} | {when} | {', '.join(map(str, ages))} | {cells} |")
    return "\n".join(lines) + "\n"


def test_the_gallery_shows_what_the_rules_say():
    made = page()
    if os.environ.get("PIN"):
        PAGE.write_text(made, encoding="utf-8")
    assert made == PAGE.read_text(encoding="utf-8")


def test_the_gallery_shows_every_state():
    shown = page()
    for shapes, words in ((SHAPES, STATES), (WORKS_SHAPES, WORKS_STATES), (DATA_SHAPES, DATA_STATES)):
        missing = [state for state in words if f"| {shapes[state]} " not in shown]
        assert set(missing) <= {"no_plan"}  # each project here has a plan


@pytest.mark.parametrize("rules", [RULES, RuleSet(kept_from=90.0, risk_from=60.0)])
def test_s9_state_chance_and_days_never_contradict_each_other(rules):
    for name, age, target, facts, as_of in cases():
        verdict = assess(target, facts, as_of, rules)
        where = (name, age, target.measure, verdict)
        if verdict.probability is not None and target.due:
            low, high = {
                "on_track": (rules.kept_from, 100),
                "at_risk": (rules.risk_from, rules.kept_from),
                "behind": (0, rules.risk_from),
            }[verdict.state]
            assert low <= verdict.probability <= high, where
        if verdict.state == "on_track":
            assert (verdict.slip_days or 0) <= 0, where
        if verdict.state in {"unknown", "overdue_no_evidence", "contradicted"}:
            assert (verdict.probability, verdict.forecast_on, verdict.slip_days) == (None, None, None), where
        if verdict.forecast_on:
            assert verdict.forecast_on > as_of, where
        if facts.pauses.open_since:
            assert verdict.state != "on_track", where
            assert verdict.probability is None, where
        if age > RULES.silent_days and not facts.dropped_on:
            assert verdict.probability is None, where
            assert verdict.forecast_on is None, where
