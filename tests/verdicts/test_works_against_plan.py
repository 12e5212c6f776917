"""The works against their own plan, what comes first, and figures cut: rules S-12, S-23, S-24 and S-25 at their
limits.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn, promise

from projects.core.text import Text, cut, told
from projects.core.vocabulary import DATA_STATES, SEVERITY, STATES, WORKS_STATES
from projects.verdicts.assess import words
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import assess_project
from projects.verdicts.facts.curve import PlanCurve, from_dated_percents
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, RuleBook, RuleSet, Verdict, WorksVerdict
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.facts.works import concern, days_behind
from projects.verdicts.status.rows import Assessed, ProjectRef, TargetRef, rows

START = dt.date(2021, 1, 1)
RULES = RuleSet()


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


QUARTERS = from_dated_percents([(day(0), 0.0), (day(90), 25.0), (day(180), 50.0), (day(270), 75.0), (day(360), 100.0)])


def facts(*seen: tuple[int, float], start: int | None = 0, curve: PlanCurve | None = QUARTERS, **gates: int):
    passed = {key: GateFact(day(on)) for key, on in gates.items()}
    if start is not None:
        passed["start"] = GateFact(day(start))
    return ProjectFacts(curve, (), tuple(Observation(day(on), {}, percent) for on, percent in seen), passed, {})


def works(made: ProjectFacts, as_of: int, **rules: int) -> tuple[str, int | None]:
    found = assess_project(made, {}, day(as_of), RuleSet(**rules)).works
    return found.state, found.days


# --- S-23 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "at", "expected"),
    [
        (1.8, 250, ("behind", 244)),
        (40.0, 210, ("behind", 66)),
        (50.0, 170, ("on_plan", -10)),
        (50.0, 166, ("on_plan", -14)),
        (50.0, 165, ("ahead", -15)),
        (50.0, 164, ("ahead", -16)),
        (50.0, 180, ("on_plan", 0)),
        (50.0, 194, ("on_plan", 14)),
        (50.0, 195, ("behind", 15)),
        (50.0, 196, ("behind", 16)),
        (0.0, 14, ("on_plan", 14)),
        (0.0, 15, ("behind", 15)),
        (0.0, -40, ("on_plan", 0)),
        (0.5, -20, ("ahead", -22)),
        (99.99, 400, ("behind", 41)),  # planned for day 359.96: a day before the finish, counted whole
    ],
)
def test_s23_from_fifteen_days_on_works_are_behind_or_ahead(percent: float, at: int, expected: tuple[str, int]):
    assert works(facts((at, percent), start=min(at, 0)), at + 20) == expected


def test_s23_the_rule_set_says_from_how_many_days_on():
    assert works(facts((190, 50.0)), 190, works_days=10) == ("behind", 10)
    assert works(facts((190, 50.0)), 190, works_days=11) == ("on_plan", 10)


@pytest.mark.parametrize(("at", "days"), [(179, -1), (180, 0), (200, 0), (240, 0), (241, 1), (254, 14), (255, 15)])
def test_s23_where_the_plan_itself_stands_still_it_is_neither(at: int, days: int):
    winter = PlanCurve(((day(0), 0.0), (day(180), 50.0), (day(240), 50.0), (day(420), 100.0)), "x")
    made = facts((at, 50.0), curve=winter)
    assert days_behind(made, day(at), 50.0) == days
    assert works(made, at) == ("behind" if days >= 15 else "on_plan", days)


@pytest.mark.parametrize(
    ("as_of", "expected"), [(29, ("not_begun", None)), (30, ("not_begun", None)), (31, ("not_begun", 1))]
)
def test_s23_not_begun_counts_from_the_planned_start_and_only_past_it(as_of: int, expected: tuple[str, int | None]):
    own = replace(facts(start=None), gate_plans={"start": day(30)})
    assert works(own, as_of) == expected
    by_plan = facts(start=None, curve=PlanCurve(((day(30), 0.0), (day(90), 100.0)), "x"))
    assert works(by_plan, as_of) == expected


def test_s23_without_a_plan_only_what_was_reported_says_whether_it_should_have_begun():
    assert works(facts(start=None, curve=None), 10) == ("no_plan", None)
    assert works(facts((5, 0.0), start=None, curve=None), 10) == ("not_begun", None)
    assert works(facts((5, 0.0), curve=None), 10) == ("no_plan", None)
    assert works(facts(curve=None), 10) == ("no_plan", None)
    planned = replace(facts(start=None, curve=None), gate_plans={"start": day(4)})
    assert works(planned, 10) == ("not_begun", 6)


@pytest.mark.parametrize(
    ("started", "expected"),
    [(-15, ("ahead", -15)), (-14, ("on_plan", -14)), (14, ("on_plan", 14)), (15, ("behind", 15))],
)
def test_s23_begun_and_nothing_reported_counts_between_planned_and_actual_start(started: int, expected):
    assert works(facts(start=started), 40) == expected


def test_s23_a_stop_stands_before_all_but_the_end_and_says_since_when():
    open_stop = [(day(100), None)]
    assert works(with_stops(facts((90, 1.0)), open_stop, day(130)), 130) == ("stopped", 30)
    assert works(with_stops(facts((90, 1.0)), open_stop, day(100)), 100) == ("stopped", 0)
    assert works(with_stops(facts(start=None), open_stop, day(130)), 130) == ("stopped", 30)
    assert works(with_stops(facts((90, 1.0)), [(day(100), day(130))], day(130)), 130) == ("behind", 87)
    done = with_stops(facts((90, 100.0), works_complete=95), open_stop, day(130))
    assert works(done, 130)[0] == "finished"


def test_s23_without_a_plan_nothing_is_behind():
    assert days_behind(facts(curve=None), day(250), 1.8) == 0


def test_s23_days_behind_are_days_of_work():
    """40 % on day 210, 66 behind; with 60 days lost before the report six are left, also after a stop behind it."""
    lost = with_stops(facts((210, 40.0)), [(day(100), day(160))], day(210))
    assert works(lost, 210) == ("on_plan", 6)
    after = with_stops(facts((210, 40.0)), [(day(220), day(240))], day(250))
    assert works(after, 250) == ("behind", 66)


@pytest.mark.parametrize("on", [339, 360, 361])
def test_s12_s23_finished_by_the_first_proof_against_the_planned_finish(on: int):
    made = facts((330, 95.0), in_use=on, full_operation=on + 20)
    whole = assess_project(made, {}, day(400))
    assert (whole.actual_finish, whole.works.state, whole.works.days) == (day(on), "finished", on - 360)
    reported = facts((330, 95.0), (on, 100.0), (on + 10, 100.0))
    assert works(reported, 400) == ("finished", on - 360)
    taken_back = facts((330, 95.0), (on, 100.0), (on + 10, 99.0))
    assert works(taken_back, 400)[0] != "finished"
    assert works(facts(curve=None, in_use=on), 400) == ("finished", None)


def test_s12_the_worked_example_of_full_operation_alone():
    made = drawn(
        "2021-01", plan="0 25 50 75 100", reported="0 25 50 90", gates={"full_operation": dt.date(2021, 5, 10)}
    )
    whole = assess_project(made, {}, dt.date(2021, 8, 1))
    assert (whole.actual_finish, whole.works.state, whole.works.days) == (dt.date(2021, 5, 10), "finished", -21)


# --- S-24 -------------------------------------------------------------------------------------------------------------


def test_s24_promise_states_from_worst_to_best():
    assert list(STATES) == [
        *("overdue", "overdue_no_evidence", "contradicted", "behind", "unknown", "at_risk", "undated", "on_track"),
        *("met_late", "met_on_time", "met_early"),
    ]


LIKE = [
    (WorksVerdict("behind", 31), "behind"),
    (WorksVerdict("behind", 30), "at_risk"),
    (WorksVerdict("behind", 15), "at_risk"),
    (WorksVerdict("not_begun", 31), "behind"),
    (WorksVerdict("not_begun", 30), "at_risk"),
    (WorksVerdict("not_begun", 1), "at_risk"),
    (WorksVerdict("not_begun", None), "on_track"),
    (WorksVerdict("stopped", 0), "behind"),
    (WorksVerdict("dropped", 99), "undated"),
    (WorksVerdict("no_plan"), "undated"),
    (WorksVerdict("on_plan", 14), "on_track"),
    (WorksVerdict("ahead", -99), "on_track"),
    (WorksVerdict("finished", 99), "met_early"),
]


@pytest.mark.parametrize(("found", "like"), LIKE)
@pytest.mark.parametrize("state", STATES)
def test_s24_a_project_ranks_by_the_worse_of_its_promise_and_its_works(state: str, found: WorksVerdict, like: str):
    worse = min(SEVERITY[state], SEVERITY[like])
    assert [concern(state, found, data, RULES) for data in ("fresh", "late")] == [worse, worse]
    kept = state.startswith("met_") and found.state == "finished"
    for data in ("silent", "none"):
        rank = concern(state, found, data, RULES)
        if kept:
            assert rank == worse
        elif found.state != "finished":
            assert rank == min(worse, SEVERITY["unknown"])
        assert rank <= worse


def test_s24_of_finished_works_nothing_further_is_heard_but_an_open_concern_is():
    """Where works are finished, silence is no news: only a promise at risk or worse is raised by it."""
    done = WorksVerdict("finished", 0)
    assert concern("at_risk", done, "silent", RULES) == SEVERITY["unknown"]
    assert concern("behind", done, "silent", RULES) == SEVERITY["behind"]
    assert concern("undated", done, "none", RULES) == SEVERITY["undated"]
    assert concern("met_late", done, "silent", RULES) == SEVERITY["met_late"]
    assert concern("met_late", WorksVerdict("on_plan", 0), "silent", RULES) == SEVERITY["unknown"]


def test_s24_the_worked_example_and_all_states_have_a_rank():
    assert concern("met_on_time", WorksVerdict("behind", 244), "fresh", RULES) == SEVERITY["behind"]
    assert {found.state for found, _ in LIKE} == set(WORKS_STATES)
    assert concern("on_track", WorksVerdict("behind", 31), "fresh", RuleSet(behind_days=31)) == SEVERITY["at_risk"]
    assert set(DATA_STATES) == {"none", "silent", "late", "fresh", "ended"}


def test_s24_the_row_carries_the_rank():
    """Kept by an application filed, 1.8 % built against 68.5 planned."""
    made = facts((250, 1.8), application=3)
    target = replace(promise("apply", None, day(5).isoformat()), key="a")
    known = Assessed([ProjectRef(1, "1", None)], {1: made}, {}, [TargetRef(7, 1, None, target)], {}, {}, {}, RuleBook())
    (row,), (own,) = rows(known, day(255))
    assert (row.state, own.state, row.works_state, row.works_days) == ("met_on_time", "met_on_time", "behind", 244)
    assert (row.severity, row.percent, row.data_state) == (SEVERITY["behind"], 1.8, "fresh")
    assert rows(known, day(400))[0][0].severity == SEVERITY["behind"], "silence makes it no better"


def test_s12_the_worst_promise_decides_in_the_order_of_s24_and_then_the_greatest_slip():
    states = [state for state in STATES if state != "undated"]
    made = facts((90, 25.0))
    for place, state in enumerate(states):
        verdicts = {one: Verdict(one, 5 * index) for index, one in enumerate(states[place:])}
        assert assess_project(made, verdicts, day(90)).worst == state
    alike = {"a": Verdict("overdue", 3), "b": Verdict("overdue", 40), "c": Verdict("overdue", None)}
    assert assess_project(made, alike, day(90)).worst == "b"


# --- S-25 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (99.97, 1, 99.9),
        (99.9999, 2, 99.99),
        (49.96, 1, 49.9),
        (49.999, 2, 49.99),
        (79.6, 0, 79),
        (80.0, 0, 80),
        (0.04, 1, 0.0),
        (-0.04, 1, 0.0),
        (-0.06, 1, 0.0),
        (-0.16, 1, -0.1),
        (100.0, 2, 100.0),
        (0.1 + 0.2, 1, 0.3),
        (100 * 0.29, 0, 29),  # 28.999999999999996 is but arithmetic
        (4.35 * 100, 0, 435),
    ],
)
def test_s25_figures_are_cut_and_never_rounded_up(value: float, places: int, shown: float):
    assert cut(value, places) == shown
    assert str(cut(value, places)) != "-0.0"


def test_s25_texts_show_a_tenth_and_no_idle_decimals():
    shown = [told(value) for value in (99.97, 49.96, 50.0, 0.0, -0.04, 33.349)]
    assert shown == ["99.9", "49.9", "50", "0", "0", "33.3"]
    assert str(Text("%(share)s%%", {"share": 99.97})) == "99.9%"
    assert told(12.999, 0) == "12"


def test_s25_a_verdict_is_cut_as_it_is_told():
    made = drawn("2021-01", plan="0 25 50 75 100", reported="0 49.999")
    said = " ".join(map(str, assess(promise("progress_pct", 50, "2021-12-31"), made, dt.date(2021, 2, 28)).reasons))
    assert "2021-02-28: 49.9%" in said
    assert [words.whole(chance) for chance in (79.6, 79.99999999, 80.0, 3.0)] == [79, 80, 80, 3]


def test_s12_days_of_the_finish_need_both_a_plan_and_a_finish():
    bare = assess_project(ProjectFacts(None, (), (), {}, {}), {}, dt.date.fromisoformat("2021-06-30"))
    assert (bare.finish_slip(None), bare.finish_slip(dt.date.fromisoformat("2021-06-30"))) == (None, None)
    done = ProjectFacts(None, (), (), {"works_complete": GateFact(dt.date.fromisoformat("2021-06-15"))}, {})
    made = assess_project(done, {}, dt.date.fromisoformat("2021-06-30"))
    assert (made.finish_slip(None), made.finish_slip(dt.date.fromisoformat("2021-06-10"))) == (None, 5)
