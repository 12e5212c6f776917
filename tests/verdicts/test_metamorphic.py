"""What must not change a verdict, and what may only make it worse or better: rules S-3, S-6, S-9, S-14, S-17, S-20,
S-22 and S-24.

Time without news, a shift of all days, the order of facts, a project that has nothing to do with it, a stage in two
parts, more progress.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import fields, replace
from itertools import pairwise

import pytest
from charts import DEFAULT_STAGES, drawn, promise
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import runs

from projects.core.vocabulary import SEVERITY
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import CountedTally, assess_programme, assess_project
from projects.verdicts.facts.assembly import PlanPoint, Raw, StoredEvent, StoredReport, assemble
from projects.verdicts.facts.curve import PlanCurve, StagePlan, plan_curve
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, RuleBook, RuleSet, TargetFacts, Verdict
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.facts.works import concern
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.status.rows import Assessed, ProjectRef, TargetRef, rows

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month
CLASS = packaged_reference()
RULES = RuleSet()
FOUR_YEARS = dt.timedelta(days=365 * 4 + 1)
THRESHOLDS = {"progress_pct": 50.0, "structure_pct": 50.0}
MEASURES = (*THRESHOLDS, "structure_done", "fit_out", "start", "complete", "in_use", "accept")
LEVELS = st.lists(st.integers(0, 99), min_size=1, max_size=8).map(sorted)
CLASSES = st.sampled_from([CLASS, None])


def stages_at(percent: float) -> dict[str, float]:
    found, before = {}, 0.0
    for stage in DEFAULT_STAGES:
        found[stage.key] = 100 * min(1.0, max(0.0, (percent - before) / stage.weight))
        before += stage.weight
    return found


def project(levels, reference=CLASS, gates=()) -> ProjectFacts:
    """Reported month by month, stage after stage."""
    made = drawn("2021-01", plan=PLAN, reported=" ".join(map(str, levels)), gates=dict(gates))
    seen = tuple(Observation(one.on, stages_at(one.overall or 0.0), one.overall) for one in made.observations)
    return replace(made, observations=seen, reference=reference)


def asked(measure: str, due: dt.date | None) -> TargetFacts:
    return replace(promise(measure, THRESHOLDS.get(measure)), due=due)


# --- time without news ------------------------------------------------------------------------------------------------


@settings(max_examples=runs(150, 2000), deadline=None)
@given(
    st.lists(st.integers(0, 100), min_size=0, max_size=8).map(sorted),
    CLASSES, st.sampled_from(MEASURES), st.integers(0, 500), st.integers(0, 250), st.integers(1, 120), st.booleans(),
)  # fmt: skip
def test_s9_s24_time_without_news_never_improves_a_promise_nor_raises_its_chance(
    levels: list[int], reference, measure: str, wait: int, age: int, more: int, stops: bool
):
    facts = project(levels, reference)
    newest = facts.observations[-1].on if facts.observations else dt.date(2021, 1, 31)
    due = newest + dt.timedelta(days=wait)
    found = []
    for days in sorted({min(age, wait), min(age + more, wait)}):
        as_of = newest + dt.timedelta(days=days)
        known = with_stops(facts, [(newest, None)], as_of) if stops else facts
        made = assess(asked(measure, due), known, as_of)
        whole = assess_project(known, {"t": made}, as_of)
        found.append((SEVERITY[made.state], concern(whole.state, whole.works, whole.data.state, RULES), made))
    (early, rank, first), (late, later, last) = found[0], found[-1]
    assert (late <= early, later <= rank) == (True, True)
    assert last.probability is None or last.probability <= (first.probability or 0.0)
    assert last.forecast_on is None or last.forecast_on == first.forecast_on


@pytest.mark.parametrize("reference", [CLASS, None])
def test_s22_s24_day_by_day_without_news_a_promise_only_gets_worse(reference):
    """40 % on 05-31, on its plan; 75 % by 2022-06-30: on track, then unknown, and never back."""
    facts, target = (
        project([0, 10, 20, 30, 40], reference),
        replace(promise("progress_pct", 75), due=dt.date(2022, 6, 30)),
    )
    days = [dt.date(2021, 5, 31) + dt.timedelta(days=number) for number in range(395)]
    made = [assess(target, facts, day) for day in days]
    ranks = [SEVERITY[one.state] for one in made]
    assert ranks == sorted(ranks, reverse=True)
    assert {one.state for one in made[:67]} == {"on_track"}
    assert {one.state for one in made[67:]} == {"unknown"}
    assert {one.probability for one in made[67:]} == {None}
    assert assess(target, facts, dt.date(2022, 7, 1)).state == "overdue_no_evidence"


# --- what is still to come --------------------------------------------------------------------------------------------

GATES = ("start", "topped_out", "works_complete", "completion_acceptance", "in_use", "filing")
PASSED = st.dictionaries(st.sampled_from(GATES), st.integers(0, 400), max_size=3)
MIXED = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 100), st.integers(0, 100), st.booleans()), min_size=1, max_size=8
)


@settings(max_examples=runs(200, 3000), deadline=None)
@given(MIXED, PASSED, CLASSES, st.sampled_from(MEASURES), st.integers(0, 400), st.integers(-300, 500), st.booleans())
def test_s20_no_verdict_sees_the_future_whatever_comes_and_none_breaks(
    news, passed, reference, measure: str, at: int, wait: int, planned: bool
):
    """Falls, events, gates in any order, with or without a plan: the same as if the rest had never happened."""
    first = dt.date(2021, 1, 10)
    seen = tuple(
        Observation(
            first + dt.timedelta(days=day),
            {"structure": float(structure), "foundation": float(whole)},
            float(whole) if report else None,
            is_report=report,
        )
        for day, whole, structure, report in sorted(news)
    )
    gates = {key: GateFact(first + dt.timedelta(days=day)) for key, day in passed.items()}
    base = replace(drawn("2021-01", plan=PLAN), observations=seen, gates=gates, reference=reference)
    facts = base if planned else replace(base, curve=None)
    as_of = first + dt.timedelta(days=at)
    known = replace(facts, observations=facts.seen(as_of), gates=facts.passed(as_of))
    target = asked(measure, as_of + dt.timedelta(days=wait))
    made = assess(target, facts, as_of)
    assert made == assess(target, known, as_of)
    assert assess_project(facts, {"t": made}, as_of) == assess_project(known, {"t": made}, as_of)
    assert made.met_by is None or made.met_by <= as_of
    assert (made.met_by is not None) == made.state.startswith("met_")
    assert made.met_on in {None, made.met_by}
    if made.state in {"contradicted", "overdue_no_evidence", "unknown"}:
        assert (made.slip_days, made.forecast_on, made.probability) == (None, None, None)
    assert str([*made.reasons])


# --- all days shifted -------------------------------------------------------------------------------------------------


def shifted(facts: ProjectFacts) -> ProjectFacts:
    points = tuple((day + FOUR_YEARS, percent) for day, percent in facts.curve.points)
    return replace(
        facts,
        curve=PlanCurve(points, facts.curve.kind),
        observations=tuple(replace(one, on=one.on + FOUR_YEARS) for one in facts.observations),
        gates={key: replace(gate, on=gate.on + FOUR_YEARS) for key, gate in facts.gates.items()},
        gate_plans={key: day + FOUR_YEARS for key, day in facts.gate_plans.items()},
    )


def told(made: Verdict, by: dt.timedelta = dt.timedelta()) -> dict[str, object]:
    """A verdict with its days moved, also those in its words."""

    def moved(value: object) -> object:
        return value + by if isinstance(value, dt.date) else value

    def said(text: object) -> str:
        return re.sub(r"\d{4}-\d\d-\d\d", lambda day: str(dt.date.fromisoformat(day[0]) + by), str(text))

    values = {one.name: moved(getattr(made, one.name)) for one in fields(Verdict)}
    return values | {"reasons": [said(text) for text in made.reasons]}


@settings(max_examples=runs(100, 1500), deadline=None)
@given(
    st.lists(st.integers(0, 100), min_size=1, max_size=8),
    CLASSES, st.sampled_from(MEASURES), st.integers(-200, 500), st.integers(0, 150),
    st.sampled_from([None, "start", "topped_out", "in_use", "filing"]), st.integers(0, 200), st.booleans(),
)  # fmt: skip
def test_s20_four_years_later_everything_is_the_same_but_the_days(
    levels: list[int], reference, measure: str, wait: int, age: int, gate: str | None, passed: int, stops: bool
):
    gates = {gate: dt.date(2021, 2, 1) + dt.timedelta(days=passed)} if gate else {}
    facts = project(levels, reference, gates)
    as_of = facts.observations[-1].on + dt.timedelta(days=age)
    due, spans = as_of + dt.timedelta(days=wait), [(dt.date(2021, 3, 1), dt.date(2021, 3, 20))] if stops else []
    later = [(since + FOUR_YEARS, until + FOUR_YEARS) for since, until in spans]
    now = assess(asked(measure, due), with_stops(facts, spans, as_of), as_of)
    then_on = as_of + FOUR_YEARS
    then = assess(asked(measure, due + FOUR_YEARS), with_stops(shifted(facts), later, then_on), then_on)
    assert told(then) == told(now, FOUR_YEARS)
    before, after = assess_project(facts, {}, as_of), assess_project(shifted(facts), {}, then_on)
    assert (after.works, after.data.state, after.data.age) == (before.works, before.data.state, before.data.age)
    assert after.finish_chance == before.finish_chance


def test_s11_four_years_later_a_count_is_the_same_but_for_its_days():
    tallies = [CountedTally(dt.date(2020, 6, 30), 9, 40), CountedTally(dt.date(2020, 9, 30), 8)]
    later = [replace(one, on=one.on + FOUR_YEARS) for one in tallies]
    target = TargetFacts("p", "start", "count", 24, dt.date(2020, 12, 31), "none")
    for on in (dt.date(2019, 12, 31), dt.date(2020, 6, 30), dt.date(2020, 12, 31), dt.date(2021, 3, 1)):
        now = assess_programme(target, [], tallies, on)
        then = assess_programme(replace(target, due=target.due + FOUR_YEARS), [], later, on + FOUR_YEARS)
        assert told(then) == told(now, FOUR_YEARS)


# --- the order of facts, and what has nothing to do with it -----------------------------------------------------------


def raw(order: random.Random | None = None, more: int = 0) -> Raw:
    """Three projects and `more` beside them, with plans, reports, events and gates; in some order where it may vary."""
    keys = list(range(1, 4 + more))
    stages = tuple(StagePlan(one.key, one.weight) for one in DEFAULT_STAGES)
    plan = [
        PlanPoint(0, place, percent, None, dt.date(2021, 1 + 3 * place, 1), None, False)
        for place, percent in enumerate((0.0, 25.0, 50.0, 75.0))
    ]
    reports, progress, events, gates = {}, {}, {}, {}
    for key in keys:
        reports[key] = [
            StoredReport(10 * key + month, key, dt.date(2021, month, 1), dt.date(2021, month, 28),
                         dt.date(2021, month + 1, 5), 5.0 * month + key, None, False, None, "")
            for month in range(1, 6)
        ]  # fmt: skip
        progress |= {one.id: stages_at(one.overall_percent) for one in reports[key]}
        events[key] = [StoredEvent(key, dt.date(2021, 5, 3), None, "structure", 60.0, "", "day", False)]
        gates[key] = [("start", dt.date(2021, 2, key), False), ("application", dt.date(2020, 9, key), False)]
        if order:
            order.shuffle(gates[key])
    if order:
        order.shuffle(keys)
        order.shuffle(plan)
    plans = {key: [one._replace(project_id=key) for one in plan] for key in keys}
    return Raw(keys, dict.fromkeys(keys, stages), plans, reports, progress, events, gates)


def stored(source: Raw, as_of: dt.date, order: random.Random | None = None):
    facts, newest = assemble(source, as_of, CLASS)
    targets = [
        TargetRef(10 * key + place, key, None, replace(promise(measure, THRESHOLDS.get(measure)), key=f"{key}-{place}"))
        for key in source.projects
        for place, measure in enumerate(("progress_pct", "structure_pct", "in_use", "start"))
    ]
    count = TargetFacts("p", "start", "count", 2, dt.date(2021, 12, 31), "none")
    targets += [TargetRef(1000 + key, None, key, count) for key in (7, 8)]
    projects = [ProjectRef(key, "370800", 7 if key <= 3 else 8) for key in source.projects]
    if order:
        order.shuffle(targets)
        order.shuffle(projects)
    known = Assessed(projects, facts, newest, targets, {}, {}, {}, RuleBook())
    status, promises = rows(known, as_of)
    return {row.project_id: row for row in status}, {row.target_id: row for row in promises}


@pytest.mark.parametrize("seed", range(runs(8, 60)))
@pytest.mark.parametrize("as_of", [dt.date(2021, 4, 1), dt.date(2021, 6, 30), dt.date(2022, 3, 1)])
def test_s20_the_order_of_facts_projects_and_promises_changes_nothing(seed: int, as_of: dt.date):
    assert stored(raw(random.Random(seed)), as_of, random.Random(seed)) == stored(raw(), as_of)


@pytest.mark.parametrize("as_of", [dt.date(2021, 4, 1), dt.date(2021, 6, 30), dt.date(2022, 3, 1)])
def test_s20_a_project_that_has_nothing_to_do_with_it_changes_no_row_of_others(as_of: dt.date):
    alone, beside = stored(raw(), as_of), stored(raw(more=2), as_of)
    for few, many in zip(alone, beside, strict=True):
        assert {key: many[key] for key in few if key != 1008} == {key: row for key, row in few.items() if key != 1008}
    assert alone[1][1008] != beside[1][1008], "its own programme counts it"


# --- a stage in two parts ---------------------------------------------------------------------------------------------


def parts(key: str, share: float) -> tuple[StagePlan, ...]:
    return tuple(
        part
        for one in DEFAULT_STAGES
        for part in (
            [StagePlan(f"{one.key}-1", one.weight * share), StagePlan(f"{one.key}-2", one.weight * (1 - share))]
            if one.key == key
            else [one]
        )
    )


@pytest.mark.parametrize("key", ["preparation", "foundation", "secondary", "mep", "handover"])
@pytest.mark.parametrize("share", [0.25, 0.5])
@pytest.mark.parametrize("level", [0, 15, 30, 60])
def test_s3_a_stage_told_in_two_parts_leaves_all_others_where_they_were(key: str, share: float, level: int):
    facts = project([0, 5, level])
    split = replace(facts, stages=parts(key, share))
    for measure in ("structure_pct", "fit_out", "progress_pct", "in_use"):
        target = asked(measure, dt.date(2021, 12, 31))
        assert assess(target, split, dt.date(2021, 4, 10)) == assess(target, facts, dt.date(2021, 4, 10))


def test_s2_a_dated_stage_told_in_two_parts_keeps_the_plan_of_the_whole():
    first, last = dt.date(2021, 1, 1), dt.date(2021, 12, 27)  # 360 days
    middle = first + dt.timedelta(days=120)
    one = (StagePlan("a", 60, first, last), StagePlan("b", 40, middle, last))
    two = (StagePlan("a-1", 20, first, middle), StagePlan("a-2", 40, middle, last), StagePlan("b", 40, middle, last))
    curves = [plan_curve({}, stages, None, None) for stages in (one, two)]
    for number in range(361):
        day = first + dt.timedelta(days=number)
        assert curves[0].planned(day) == pytest.approx(curves[1].planned(day))


# --- more progress ----------------------------------------------------------------------------------------------------


def better(measure: str, due: dt.date | None, less: ProjectFacts, more: ProjectFacts, as_of: dt.date) -> None:
    one, other = (assess(asked(measure, due), facts, as_of) for facts in (less, more))
    assert SEVERITY[other.state] >= SEVERITY[one.state]
    if one.probability is not None and other.probability is not None:
        assert other.probability >= one.probability - 1e-9
    for name in ("forecast_on", "forecast_p10", "forecast_p90"):
        before, after = getattr(one, name), getattr(other, name)
        assert before is None or after is None or after <= before


@settings(max_examples=runs(200, 3000), deadline=None)
@given(
    LEVELS, st.integers(1, 30), CLASSES,
    st.sampled_from(["progress_pct", "structure_pct", "structure_done", "fit_out", "complete", "in_use"]),
    st.integers(-100, 700),
)  # fmt: skip
def test_s17_more_progress_never_worsens_a_promise(levels, more: int, reference, measure: str, wait: int):
    raised = [*levels[:-1], min(99, levels[-1] + more)]
    less, greater = project(levels, reference), project(raised, reference)
    as_of = less.observations[-1].on
    better(measure, as_of + dt.timedelta(days=wait), less, greater, as_of)


def built(reports: list[tuple[int, int]], reference) -> ProjectFacts:
    """Reports of (whole, structure) that need not go together."""
    base = drawn("2021-01", plan=PLAN, reported=" ".join(str(whole) for whole, _ in reports))
    seen = tuple(
        replace(one, stages={"structure": float(structure)})
        for one, (_, structure) in zip(base.observations, reports, strict=True)
    )
    return replace(base, observations=seen, reference=reference)


PAIRS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8).map(
    lambda pairs: list(zip(sorted(one for one, _ in pairs), sorted(max(0, two - 20) for _, two in pairs), strict=True))
)


@settings(max_examples=runs(300, 4000), deadline=None)
@given(PAIRS, st.integers(0, 30), st.integers(0, 30), CLASSES, st.sampled_from([None, 40, 300, 400]), st.booleans())
def test_s6_more_of_a_stage_or_of_the_whole_before_it_never_worsens_its_promise(
    reports, whole: int, structure: int, reference, wait: int | None, dated: bool
):
    last = (reports[-1][0] + whole, reports[-1][1] + structure)
    less, more = built(reports, reference), built([*reports[:-1], last], reference)
    if dated:
        own = tuple(
            replace(one, start=dt.date(2021, 3, 1), finish=dt.date(2021, 8, 1)) if one.key == "structure" else one
            for one in DEFAULT_STAGES
        )
        less, more = replace(less, stages=own), replace(more, stages=own)
    as_of = less.observations[-1].on
    for measure in ("structure_pct", "structure_done"):
        better(measure, None if wait is None else as_of + dt.timedelta(days=wait), less, more, as_of)


@pytest.mark.parametrize("reference", [CLASS, None])
@pytest.mark.parametrize("at", [2, 4, 6])
def test_s6_across_the_start_of_the_structure_the_chance_never_falls(reference, at: int):
    """Planned from 20 % of the whole on; reported before it, at it, behind it, and with the first percents of its own,
    while both are early, in time and late.
    """
    steps = [(0, 0), (10, 0), (19, 0), (20, 0), (21, 0), (25, 0), (25, 1), (25, 2), (26, 10), (35, 50)]
    for due in range(0, 400, 20):
        for less, more in pairwise(steps):
            one, other = (built([(0, 0)] * at + [last], reference) for last in (less, more))
            as_of = one.observations[-1].on
            better("structure_done", as_of + dt.timedelta(days=due), one, other, as_of)


def test_s6_a_structure_that_waits_stands_at_its_own_planned_start_at_most():
    as_of = dt.date(2021, 3, 31)
    chances = [
        assess(asked("structure_pct", dt.date(2021, 6, 15)), built([(0, 0), (5, 0), last], CLASS), as_of).probability
        for last in ((10, 0), (19, 0), (20, 0), (21, 0), (25, 0), (25, 1))
    ]
    assert chances == sorted(chances)
    assert chances[2] == chances[3] == chances[4] < chances[5]
    assert chances[0] < chances[1] < chances[2]


def test_s7_a_further_record_never_worsens_a_promise_that_it_proves():
    base = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40 50 60 70 80 90 99")
    target, as_of = asked("complete", dt.date(2021, 12, 31)), dt.date(2021, 12, 20)
    for gate in ("completion_acceptance", "in_use", "full_operation", "filing", "final_account"):
        more = replace(base, gates={gate: GateFact(dt.date(2021, 12, 10))})
        assert SEVERITY[assess(target, more, as_of).state] > SEVERITY[assess(target, base, as_of).state]
