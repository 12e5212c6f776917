"""Promise, evidence and data at the limit itself, one below and one above: rules S-7, S-8, S-21 and S-22."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import DEFAULT_STAGES, drawn, promise

from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import assess_project
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, RuleSet
from projects.verdicts.facts.works import DONE_GATES, contradicted, freshness

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month
LATER = "2022-06-30"


def iso(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def after(day: str, days: int) -> dt.date:
    return iso(day) + dt.timedelta(days=days)


def bare(*seen: Observation, **gates: str) -> ProjectFacts:
    passed = {key: GateFact(iso(on)) for key, on in gates.items()}
    return ProjectFacts(None, DEFAULT_STAGES, tuple(seen), passed, {})


def report(on: str, overall: float | None = None, **stages: float) -> Observation:
    return Observation(iso(on), stages, overall)


def event(on: str, **stages: float) -> Observation:
    return Observation(iso(on), stages, is_report=False)


def asked(measure: str, due: str | None = LATER):
    return promise(measure, {"structure_pct": 50, "progress_pct": 100}.get(measure), due)


def verdict(facts: ProjectFacts, measure: str, due: str | None, as_of: str = LATER, **rules: float):
    return assess(asked(measure, due), facts, iso(as_of), RuleSet(**rules))


def words(made) -> str:
    return " ".join(str(text) for text in made.reasons)


# --- S-7: evidence travels along the order of gates -------------------------------------------------------------------

OWN = {
    "start": "start",
    "complete": "works_complete",
    "accept": "completion_acceptance",
    "in_use": "in_use",
    "full_operation": "full_operation",
    "structure_done": "topped_out",
    "topped_out": "topped_out",
}
BOUND = {
    "start": {"topped_out", *DONE_GATES, "filing", "final_account"},
    "complete": {"completion_acceptance", "in_use", "full_operation", "filing", "final_account"},
    "accept": {"filing", "final_account"},
    "in_use": {"full_operation"},
    "full_operation": set(),
    "structure_done": set(DONE_GATES),
    "topped_out": set(DONE_GATES),
    "structure_pct": {"topped_out", *DONE_GATES},
    "foundation": {"topped_out", *DONE_GATES},
    "fit_out": set(DONE_GATES),
    "progress_pct": set(DONE_GATES),
}
GATES = ("application", "feasibility", "start", "topped_out", *DONE_GATES, "filing", "final_account")


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("measure", BOUND)
def test_s7_what_a_gate_proves_of_a_measure_exactly_as_a_bound_or_not_at_all(measure: str, gate: str):
    made = verdict(bare(**{gate: "2021-08-15"}), measure, "2021-09-30")
    if OWN.get(measure) == gate:
        assert (made.state, made.met_on, made.met_by) == ("met_early", iso("2021-08-15"), iso("2021-08-15"))
    elif gate in BOUND[measure]:
        assert (made.state, made.met_on, made.met_by) == ("met_on_time", None, iso("2021-08-15"))
        assert "不晚于 2021-08-15" in words(made)
    else:
        assert (made.state, made.met_by) == ("overdue_no_evidence", None)


@pytest.mark.parametrize("measure", [one for one, gates in BOUND.items() if len(gates) > 1])
def test_s7_of_several_proofs_the_first_counts_and_a_record_of_its_own_before_any(measure: str):
    gates = {key: f"2021-08-{20 - place}" for place, key in enumerate(sorted(BOUND[measure]))}
    first = iso(min(gates.values()))
    assert verdict(bare(**gates), measure, LATER).met_by == first
    if measure in OWN:
        made = verdict(bare(**gates, **{OWN[measure]: "2021-12-01"}), measure, LATER)
        assert (made.met_on, made.met_by) == (iso("2021-12-01"), iso("2021-12-01"))


@pytest.mark.parametrize("seen", [report("2021-05-31", 1.0, mep=0.01), event("2021-05-31", structure=1.0)])
def test_s7_progress_in_a_report_or_an_event_proves_the_start_and_the_earliest_proof_counts(seen: Observation):
    assert verdict(bare(seen), "start", LATER).met_by == iso("2021-05-31")
    assert verdict(bare(seen, topped_out="2021-05-30"), "start", LATER).met_by == iso("2021-05-30")
    assert verdict(bare(seen, topped_out="2021-06-01"), "start", LATER).met_by == iso("2021-05-31")
    none = bare(report("2021-05-31", 5.0, preparation=100.0))
    assert verdict(none, "start", LATER, as_of="2021-06-30").met_by is None


@pytest.mark.parametrize(("gate", "exact"), [("2021-06-29", False), ("2021-06-30", True), ("2021-07-01", True)])
def test_s7_of_a_stage_s_own_figures_and_a_gate_what_is_earlier_counts(gate: str, exact: bool):
    facts = bare(report("2021-05-31", structure=90.0), report("2021-06-30", structure=100.0), in_use=gate)
    made = verdict(facts, "structure_done", LATER)
    assert (made.met_on, made.met_by) == ((iso("2021-06-30"),) * 2 if exact else (None, iso(gate)))


def test_s7_a_gate_is_no_proof_before_its_own_day():
    facts = bare(report("2021-06-30", 50.0, structure=40.0), in_use="2021-08-15")
    assert verdict(facts, "structure_done", LATER, as_of="2021-08-14").met_by is None
    assert verdict(facts, "complete", LATER, as_of="2021-08-14").met_by is None


@pytest.mark.parametrize(
    ("due", "state"),
    [
        ("2021-07-30", "overdue"),  # crossed a day late, and fell
        ("2021-07-31", "met_on_time"),
        ("2021-08-15", "met_early"),
        ("2021-09-29", "met_early"),
        ("2021-09-30", "overdue"),  # fallen by the due day
    ],
)
def test_s7_what_was_crossed_by_the_due_day_stays_kept_whatever_is_reported_later(due: str, state: str):
    facts = bare(report("2021-06-30", 45.0), report("2021-08-31", 55.0), report("2021-09-30", 48.0))
    made = assess(promise("progress_pct", 50, due), facts, iso("2021-10-05"))
    assert made.state == state
    if state != "overdue":
        assert made.met_on == iso("2021-07-31")
        assert "之后回落: 2021-09-30 为 48%, 低于承诺" in words(made)


# --- S-7: reports at 100 % are not the paper --------------------------------------------------------------------------


@pytest.mark.parametrize("measure", ["complete", "accept", "in_use", "full_operation"])
@pytest.mark.parametrize(("days", "usable"), [(0, True), (66, True), (67, False)])
def test_s7_at_a_hundred_percent_the_paper_is_asked_for_and_no_day_is_forecast(measure: str, days: int, usable: bool):
    """Of 2021-05-31: silent from 08-06 on (67 days)."""
    facts = drawn("2021-01", plan=PLAN, reported="0 30 60 90 100")
    made = assess(asked(measure), facts, after("2021-05-31", days))
    assert made.state == ("on_track" if measure == "complete" and usable else "at_risk")
    assert (made.forecast_on, made.probability, made.slip_days) == (None, None, None)
    assert "2021-05-31 的月报已达 100%, 尚缺" in words(made)
    nearly = drawn("2021-01", plan=PLAN, reported="0 30 60 90 99.99")
    assert "尚缺" not in words(assess(asked(measure), nearly, after("2021-05-31", days)))
    assert assess(asked(measure, None), facts, after("2021-05-31", days)).state == "undated"


@pytest.mark.parametrize("more", ["", " 100", " 100 100"])
@pytest.mark.parametrize(
    ("due", "state", "slip"),
    [
        ("2021-06-01", "overdue_no_evidence", None),
        ("2021-05-31", "overdue_no_evidence", None),
        ("2021-05-30", "overdue", 99),
    ],
)
def test_s7_past_the_due_day_the_paper_is_missing_or_the_works_were_late(due: str, state: str, slip, more: str):
    """The first report at 100 % counts: saying it again later makes nobody late."""
    facts = drawn("2021-01", plan=PLAN, reported="0 30 60 90 100" + more)
    made = verdict(facts, "in_use", due, as_of="2021-09-06")
    assert (made.state, made.slip_days, made.forecast_on) == (state, slip, None)


# --- S-8: in time, or late by as many days at most --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "state", "slip"),
    [
        ("2022-08-15", "met_on_time", None),
        ("2021-08-30", "met_on_time", None),
        ("2021-08-15", "met_on_time", None),
        ("2021-08-14", "met_late", 1),
        ("2021-06-30", "met_late", 46),
        (None, "met_on_time", None),
    ],
)
def test_s8_a_bound_is_in_time_on_the_due_day_never_early_and_late_at_most(due: str | None, state: str, slip):
    facts = bare(in_use="2021-08-15")
    for measure in ("start", "complete", "structure_done"):
        made = verdict(facts, measure, due, as_of="2022-12-31")
        assert (made.state, made.slip_days, made.met_on, made.met_by) == (state, slip, None, iso("2021-08-15"))
        assert (f"是否按期不详: 至多晚 {slip} 天; 请补录原件日期" in words(made)) == (slip is not None)
    assert verdict(bare(in_use="2021-06-20"), "complete", "2021-06-30").state == "met_on_time"


# --- S-21: facts that contradict each other ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "percent", "done", "contradicts"),
    [
        ("2021-06-30", 20.0, "2021-08-31", True),  # 62 days: 50.74 points could be believed
        ("2021-06-30", 49.26, "2021-08-31", True),
        ("2021-06-30", 49.27, "2021-08-31", False),
        ("2021-06-30", 20.0, "2021-12-31", False),
        ("2021-06-30", 89.99, "2021-06-30", True),
        ("2021-06-30", 90.0, "2021-06-30", False),
        ("2021-07-31", 89.99, "2021-06-30", True),
        ("2021-07-31", 90.0, "2021-06-30", False),
        ("2021-06-30", 89.34, "2021-07-01", True),  # a day: 10.657 points
        ("2021-06-30", 89.35, "2021-07-01", False),
    ],
)
def test_s21_a_completion_that_no_report_leads_to_contradicts_it(on: str, percent: float, done: str, contradicts: bool):
    for gate in DONE_GATES:
        facts = bare(report(on, percent), **{gate: done})
        made = verdict(facts, "progress_pct", LATER)
        assert (made.state == "contradicted") == contradicts
        assert (contradicted(facts.gates, facts.observations, 20.0) is not None) == contradicts


@pytest.mark.parametrize("stage", ["foundation", "structure"])
@pytest.mark.parametrize(
    ("on", "percent", "contradicts"),
    [
        ("2021-11-19", 99.9, False),  # 31 days before
        ("2021-11-20", 99.9, True),  # 30 days
        ("2021-12-20", 99.9, True),
        ("2022-01-31", 99.9, True),
        ("2022-01-31", 100.0, False),
    ],
)
def test_s21_no_works_are_complete_without_foundation_and_structure(stage: str, on: str, percent: float, contradicts):
    facts = bare(report(on, 95.0, **{stage: percent}), in_use="2021-12-20")
    made = verdict(facts, "in_use", "2021-12-31")
    assert made.state == ("contradicted" if contradicts else "met_on_time")
    if contradicts:
        assert f"而 {on} 的月报总体进度为 95%、主体或基础为 99.9%" in words(made)


def test_s21_worked_examples_of_structure_and_finish():
    floors = bare(report("2021-11-30", 80.0, structure=100 * 16 / 18), in_use="2021-12-20")
    assert verdict(floors, "in_use", "2021-12-31").state == "contradicted"
    nearly = bare(report("2021-12-31", 95.0, structure=100.0, fit_out=90.0), in_use="2021-12-20")
    assert verdict(nearly, "in_use", "2021-12-31").state == "met_on_time"


def test_s21_all_that_the_record_would_fulfil_is_contradicted_and_the_start_stays_proven():
    """Neither fact is preferred: no day, no chance, no slip, and the works are not finished."""
    facts = bare(report("2021-06-30", 20.0, foundation=100.0, structure=10.0), in_use="2021-08-31")
    for measure in ("complete", "in_use", "structure_done", "structure_pct", "topped_out", "fit_out", "progress_pct"):
        made = verdict(facts, measure, "2021-07-31", as_of="2021-09-05")
        assert (made.state, made.slip_days, made.forecast_on, made.met_on, made.met_by, made.probability) == (
            *("contradicted", None, None, None, None, None),
        )
        assert "2021-08-31 有完成记录, 而 2021-06-30 的月报总体进度为 20%" in words(made)
    assert verdict(facts, "start", "2021-07-31", as_of="2021-09-05").state == "met_on_time"
    assert verdict(facts, "foundation", "2021-07-31", as_of="2021-09-05").met_on == iso("2021-06-30")
    whole = assess_project(replace(facts, curve=drawn("2021-01", plan=PLAN).curve), {}, iso("2021-09-05"))
    assert (whole.actual_finish, whole.forecast_finish, whole.works.state) == (None, None, "behind")
    assert verdict(facts, "in_use", "2021-09-30", as_of="2021-08-30").state == "unknown", "not before the record"


def test_s21_a_record_of_topping_out_stands_where_only_the_completion_is_contradicted():
    facts = bare(
        report("2021-06-30", 50.0, foundation=100.0, structure=100.0), topped_out="2021-06-15", in_use="2021-07-15"
    )
    assert verdict(facts, "structure_done", "2021-06-30").met_on == iso("2021-06-15")
    assert verdict(facts, "structure_pct", "2021-06-30").met_by == iso("2021-06-15")
    assert verdict(facts, "in_use", "2021-07-31").state == "contradicted"


@pytest.mark.parametrize("due", [None, "2021-06-29", "2021-06-30", "2021-07-31", "2021-12-31"])
@pytest.mark.parametrize(
    ("on", "percent", "contradicts"),
    [("2021-06-29", 88.9, False), ("2021-06-30", 88.9, True), ("2021-07-31", 88.9, True), ("2021-07-31", 100.0, False)],
)
def test_s21_a_recorded_event_and_a_report_of_its_day_or_later_with_less(due, on: str, percent: float, contradicts):
    seen = sorted((report(on, 60.0, structure=percent), event("2021-06-30", structure=100.0)), key=lambda one: one.on)
    made = verdict(bare(*seen), "structure_done", due, as_of="2021-08-05")
    assert (made.state == "contradicted") == contradicts
    if not contradicts:
        assert made.met_on == iso("2021-06-30")


def test_s21_what_reports_had_brought_before_the_record_is_not_contradicted_by_a_fall():
    seen = (report("2021-05-31", 60.0, structure=100.0), event("2021-06-30", structure=100.0))
    facts = bare(*seen, report("2021-07-31", 60.0, structure=95.0))
    assert verdict(facts, "structure_done", "2021-05-31", as_of="2021-08-05").state == "met_on_time"


# --- S-22: how fresh the data are -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newest", "as_of", "state", "age"),
    [
        ("2021-06-30", "2021-06-30", "fresh", 0),
        ("2021-06-30", "2021-08-14", "fresh", 45),
        ("2021-06-30", "2021-08-15", "late", 46),
        ("2021-06-30", "2021-09-05", "late", 67),
        ("2021-06-30", "2021-09-06", "silent", 68),
        ("2021-06-05", "2021-09-03", "late", 90),
        ("2021-06-05", "2021-09-04", "silent", 91),
        ("2021-06-07", "2021-09-05", "late", 90),
        ("2021-06-07", "2021-09-06", "silent", 91),
        ("2021-10-31", "2022-01-05", "late", 66),
        ("2021-10-31", "2022-01-06", "silent", 67),
        ("2021-12-31", "2022-03-05", "late", 64),
        ("2021-12-31", "2022-03-06", "silent", 65),
    ],
)
@pytest.mark.parametrize("kind", [report, event])
def test_s22_late_after_45_days_silent_after_90_or_from_the_6th_on(newest, as_of, state, age, kind):
    facts = bare(report("2021-01-31", 5.0), kind(newest, structure=20.0), start="2021-06-30")
    made = freshness(facts.seen(iso(as_of)), iso(as_of), RuleSet())
    assert (made.state, made.since, made.age) == (state, iso(newest), age)
    assert made.is_usable == (state != "silent")


@pytest.mark.parametrize(
    ("rules", "as_of", "state"),
    [
        ({"fresh_days": 31}, "2021-07-31", "fresh"),
        ({"fresh_days": 31}, "2021-08-01", "late"),
        ({"report_day": 10}, "2021-09-10", "late"),
        ({"report_day": 10}, "2021-09-11", "silent"),
        ({"silent_months": 1}, "2021-08-05", "fresh"),
        ({"silent_months": 1}, "2021-08-06", "silent"),
        ({"silent_months": 3}, "2021-09-28", "late"),
        ({"silent_months": 3}, "2021-09-29", "silent"),
        ({"silent_days": 50}, "2021-08-19", "late"),
        ({"silent_days": 50}, "2021-08-20", "silent"),
    ],
)
def test_s22_each_figure_of_the_rule_set_moves_its_own_line(rules: dict, as_of: str, state: str):
    assert freshness([report("2021-06-30", 5.0)], iso(as_of), RuleSet(**rules)).state == state


def test_s22_a_recorded_gate_is_no_progress_data_and_nothing_is_none():
    facts = bare(start="2021-06-30")
    whole = assess_project(facts, {}, iso("2021-07-01"))
    assert (whole.data.state, whole.data.since, whole.data.age, whole.data.is_usable) == ("none", None, None, False)
    assert verdict(facts, "in_use", "2021-12-31", as_of="2021-07-01").state == "unknown"


@pytest.mark.parametrize(("as_of", "told"), [("2021-08-05", True), ("2021-08-06", False)])
def test_s22_from_silent_data_no_chance_and_no_day_are_told(as_of: str, told: bool):
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40")
    made = assess(promise("progress_pct", 75, "2021-12-31"), facts, iso(as_of))
    assert (made.forecast_on is not None, made.slip_days is not None) == (told, told)
    assert ("自 2021-05-31 起没有消息, 已 67 天: 不给可能性和日期" in words(made)) == (not told)
    assert (assess_project(facts, {}, iso(as_of)).forecast_finish is not None) == told


@pytest.mark.parametrize(("done", "contradicts"), [("2021-11-13", True), ("2021-11-14", False)])
def test_s21_nothing_reported_at_all_lacks_all_hundred_points(done: str, contradicts: bool):
    """136 days from 06-30 are 4.47 months: 10 + 89.4 points could be believed; a day later 10 + 90.02."""
    facts = bare(report("2021-06-30", 0.0), works_complete=done)
    assert (contradicted(facts.gates, facts.observations, 20.0) is not None) == contradicts
