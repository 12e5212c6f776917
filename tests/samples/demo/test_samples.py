"""The samples (示例) as plain values: sound in themselves, in step with the public record, and telling every kind of
story.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from projects.core.vocabulary import CENTRAL_SOURCES
from projects.samples.demo import approvals, funds, samples
from projects.samples.demo.progress import WINDOWS, overall
from projects.samples.demo.scenarios import GATES_ONLY, MANAGED, RENOVATION, SCENARIOS, STATUS_DATE, TALLIES, UNAPPROVED
from projects.samples.plans.extract import read_catalogue
from projects.works.gates.extract import template
from projects.works.gates.findings import GateRecord, findings
from projects.works.schedule.extract import stage_template

WEIGHTS = {stage.key: stage.weight for stage in stage_template()}
REPORTS = list(samples.reports(WEIGHTS))
GATES = list(approvals.gates(REPORTS))
ENTRIES = list(funds.entries(REPORTS))
PLANS = read_catalogue().plans
BY_PROJECT: dict[str, list[samples.SampleReport]] = defaultdict(list)
for _report in REPORTS:
    BY_PROJECT[_report.project].append(_report)
SCENARIO = {one.slug: one for one in SCENARIOS}
NOVEMBER = dt.date(2021, 11, 1)


def test_they_are_the_same_on_every_run() -> None:
    assert list(samples.reports(WEIGHTS)) == REPORTS
    assert list(approvals.gates(REPORTS)) == GATES
    assert list(funds.entries(REPORTS)) == ENTRIES


def test_they_stand_on_projects_programmes_and_stages_of_the_catalogue() -> None:
    projects = {project.slug for plan in PLANS for project in plan.projects}
    assert {*SCENARIO, *GATES_ONLY, *MANAGED, *UNAPPROVED} <= projects
    assert {slug for slug, *_ in TALLIES} <= {programme.slug for plan in PLANS for programme in plan.programmes}
    assert set(WINDOWS) == set(WEIGHTS) == set(RENOVATION)


def test_projects_that_only_apply_or_wait_have_no_works_reports() -> None:
    measures = {target.project: target.measure for plan in PLANS for target in plan.targets}
    waiting = {project for project, measure in measures.items() if measure in {"apply", "reserve"}}
    assert len(waiting) == 7
    assert not waiting & set(BY_PROJECT)


def test_weights_sum_to_a_hundred_and_make_the_overall_percent() -> None:
    assert sum(WEIGHTS.values()) == sum(RENOVATION.values()) == 100
    for report in REPORTS:
        weights = RENOVATION if SCENARIO[report.project].renovation else WEIGHTS
        assert report.overall == overall(report.percents, weights)


def test_nothing_that_was_reported_falls() -> None:
    for reports in BY_PROJECT.values():
        for earlier, later in pairwise(reports):
            assert earlier.month < later.month
            assert earlier.investment_fen <= later.investment_fen
            assert (earlier.floors_done or 0) <= (later.floors_done or 0)
            assert all(earlier.percents[key] <= later.percents[key] for key in WEIGHTS)


def test_where_floors_are_counted_the_structure_follows_from_them() -> None:
    counted = [report for report in REPORTS if report.floors_done is not None]
    assert len({report.project for report in counted}) > 20
    for report in counted:
        assert report.percents["structure"] == 10_000 * report.floors_done // SCENARIO[report.project].floors / 100


def test_days_are_in_order_and_none_lies_after_the_status_date() -> None:
    for report in REPORTS:
        assert report.month == report.data_on.replace(day=1)
        assert (report.approved_on is not None) == (report.state == "approved")
        if report.approved_on:
            assert report.data_on <= report.approved_on <= STATUS_DATE
        assert [step.on for step in report.steps] == sorted(step.on for step in report.steps)
    assert (
        max(
            day
            for day in (
                *(gate.passed_on for gate in GATES),
                *(entry.entry_on for entry in ENTRIES),
                *(day for *_, day, _ in TALLIES),
            )
        )
        <= STATUS_DATE
    )


def test_months_run_from_march_to_november_of_the_plans_year() -> None:
    year = {project.slug: plan.document.year for plan in PLANS for project in plan.projects}
    for slug, reports in BY_PROJECT.items():
        last = 10 if slug in UNAPPROVED and UNAPPROVED[slug] is None else 11
        assert [report.month for report in reports] == [
            dt.date(year[slug], month, 1) for month in range(3, last + 1)
        ], slug


def test_the_last_month_is_not_finished() -> None:
    states = Counter(report.state for report in REPORTS if report.month == NOVEMBER)
    assert (states["submitted"], states["returned"], states["draft"]) == (2, 1, 1)
    assert {report.state for report in REPORTS if report.month < NOVEMBER} == {"approved"}
    (returned,) = [report for report in REPORTS if report.state == "returned"]
    assert returned.steps[-1].comment.startswith("示例")
    silent = [slug for slug in MANAGED if all(report.month < NOVEMBER for report in BY_PROJECT[slug])]
    assert len(silent) == 2


def test_every_text_says_that_it_is_a_sample() -> None:
    texts = [
        text
        for report in REPORTS
        for text in (report.narrative, report.problems, report.next_plan, *(step.comment for step in report.steps))
    ]
    texts += [text for gate in GATES for text in (gate.document_number, gate.body, gate.note)]
    texts += [text for entry in ENTRIES for text in (entry.document_number, entry.memo)] + [
        one.document_number for one in funds.compositions()
    ]
    assert {text[:2] for text in texts if text} == {"示例"}


def test_plans_are_dated_percentages_in_order_and_some_were_rebased() -> None:
    points = [point for point in samples.milestones(WEIGHTS) if point.percent is not None]
    for slug in SCENARIO:
        own = [point for point in points if point.project == slug]
        assert [point.percent for point in own] in ([0, 25, 50, 75, 100], [0, 100])
        assert [point.plan_on for point in own] == sorted(point.plan_on for point in own)
    moved = {point.project for point in points if point.plan_on != point.baseline_on}
    assert moved == {one.slug for one in SCENARIOS if one.rebased}
    assert 2 <= len(moved) <= 5


# --- in step with the public record -----------------------------------------------------------------------------------


def test_zhongyi_has_no_structure_before_its_start_on_record() -> None:
    assert {report.percents["structure"] for report in BY_PROJECT["jn21-04-zhongyi"]} == {0.0}
    assert "start" not in {gate.key for gate in GATES if gate.project == "jn21-04-zhongyi"}


def test_the_childrens_hospital_does_not_start_in_2020() -> None:
    assert {report.percents["foundation"] for report in BY_PROJECT["wx20-03-ertong"]} == {0.0}
    assert "start" not in {gate.key for gate in GATES if gate.project == "wx20-03-ertong"}


def test_the_nursing_college_costs_what_was_published() -> None:
    assert [(one.source, one.amount_fen) for one in funds.compositions() if one.project == "jn21-05-huli"] == [
        ("private", 163_300_000_000)
    ]


def test_no_sample_contradicts_an_event_on_record() -> None:
    for plan in PLANS:
        for event in plan.events:
            for report in BY_PROJECT[event.project]:
                if event.stage and report.data_on >= event.happened_on:
                    assert report.percents[event.stage] >= (event.percent or 0)
                if event.stage and report.data_on < event.happened_on.replace(day=1):
                    assert report.percents[event.stage] <= (event.percent or 0)


# --- gates ------------------------------------------------------------------------------------------------------------


def recorded() -> dict[str, dict[str, GateRecord]]:
    known: dict[str, dict[str, GateRecord]] = defaultdict(dict)
    for gate in GATES:
        assert gate.key not in known[gate.project]
        known[gate.project][gate.key] = GateRecord(gate.passed_on)
    return known


def test_gates_are_the_templates_and_break_the_law_twice_on_purpose() -> None:
    assert {gate.key for gate in GATES} <= set(template().by_key)
    found = {
        (slug, one.rule)
        for slug, gates in recorded().items()
        for one in findings(template(), gates, STATUS_DATE)
        if one.kind in {"broken", "missing"}
    }
    assert found == {("jn21-09-weishan-zhongyi", "G-1"), ("jdz21-03-xinqu", "G-1")}


def test_gates_agree_with_the_reports() -> None:
    for slug, gates in recorded().items():
        for report in BY_PROJECT.get(slug, []):
            if "start" in gates and report.data_on < gates["start"].on:
                assert report.percents["foundation"] == 0, slug
            if report.approved_on and not SCENARIO[slug].renovation:
                topped_out = "topped_out" in gates and gates["topped_out"].on <= report.data_on
                assert (report.percents["structure"] == 100) == topped_out, (slug, report.month)
            if report.percents["foundation"] > 0:
                assert "start" in gates


# --- money ------------------------------------------------------------------------------------------------------------


def test_compositions_sum_to_the_total_and_keep_to_the_caps_on_central_money() -> None:
    for one in SCENARIOS:
        own = [amount for amount in funds.compositions() if amount.project == one.slug]
        total = sum(amount.amount_fen for amount in own)
        assert total == one.total * samples.FEN_A_WAN
        central = sum(amount.amount_fen for amount in own if amount.source in CENTRAL_SOURCES)
        cap = 60 if one.slug.startswith(("yc", "jdz", "jx")) else 30
        assert central * 100 <= cap * total


def test_no_more_is_received_than_allocated_nor_paid_than_received() -> None:
    sums: Counter[tuple[str, str, str]] = Counter()
    for entry in sorted(ENTRIES, key=lambda one: one.entry_on):
        assert entry.amount_fen > 0
        sums[entry.project, entry.source, entry.step] += entry.amount_fen
        allocated, received, paid = (
            sums[entry.project, entry.source, step] for step in ("allocated", "received", "paid")
        )
        assert paid <= received <= allocated
    approved = {(one.project, one.source): one.amount_fen for one in funds.compositions()}
    assert all(amount <= approved[project, source] for (project, source, _), amount in sums.items())


def test_one_project_is_paid_far_ahead_of_its_works() -> None:
    shares = {}
    for one in SCENARIOS:
        paid = sum(entry.amount_fen for entry in ENTRIES if (entry.project, entry.step) == (one.slug, "paid"))
        shares[one.slug] = 100 * paid / (one.total * samples.FEN_A_WAN) - max(
            report.overall for report in BY_PROJECT[one.slug]
        )
    assert [slug for slug, gap in shares.items() if gap > 15] == ["yc21-02-zhongyi"]


@pytest.mark.parametrize(("slug", "behind"), [("jn21-08-sishui-eryuan", True), ("jn21-11-yutai-eryuan", False)])
def test_local_money_lags_where_the_story_says_so(slug: str, behind: bool) -> None:
    def rate(source: str) -> float:
        sums = {
            step: sum(one.amount_fen for one in ENTRIES if (one.project, one.source, one.step) == (slug, source, step))
            for step in ("allocated", "received")
        }
        return sums["received"] / sums["allocated"]

    assert rate("cbi") > 0.9
    assert (rate("county") < 0.5) == behind
