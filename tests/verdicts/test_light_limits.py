"""Lights, rule sets and exemptions at the limit itself: rules L-1 to L-10, from docs/rules/lights.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn

from projects.verdicts.facts.assembly import PlanPoint, Raw, StoredEvent, StoredReport, assemble, suspensions
from projects.verdicts.facts.curve import StagePlan
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, RuleBook, RuleSet, TargetFacts, rule_set
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.facts.works import begun
from projects.verdicts.lights.lights import Exempted, LightFacts, planned_start, progress_state, project_lights
from projects.verdicts.rules.checks import check_exemption, check_reason
from projects.verdicts.rules.extract import shipped_sets
from projects.verdicts.rules.figures import FIGURES, figures_of, progress_words, read, to_entry
from projects.verdicts.rules.renewal import Stands, outstanding
from projects.verdicts.status.rows import Assessed, ProjectRef, TargetRef, rows
from projects.verdicts.status.steps import RebuildStep, left, steps

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month
SETS = {one.key: rule_set(one.key, 1, one.figures) for one in shipped_sets()}
MAY = dt.date(2021, 5, 31)


def iso(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def one(key, facts, more=None, as_of=MAY, rules=SETS["gap"], started: str | None = "2021-01-10", finished=None):
    day = iso(started) if started else None
    return project_lights(facts, more or LightFacts(), day, finished, as_of, rules).each[key]


# --- L-1 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("started", "said"),
    [
        ("2021-01-14", "已于 2021-01-14 开工"),
        ("2021-01-15", "已于 2021-01-15 开工"),
        ("2021-01-16", "已于 2021-01-16 开工, 比计划晚 1 天"),
    ],
)
def test_l1_a_start_on_the_planned_day_is_not_late(started, said):
    light = one("start", drawn("2021-01", gate_plans={"start": iso("2021-01-15")}), started=started)
    assert (light.state, str(light.reason)) == ("green", said)
    bare = one("start", drawn("2021-01"), started=started)
    assert str(bare.reason) == f"已于 {started} 开工"


def test_l1_the_planned_day_is_the_milestone_s_else_the_plan_s_first_else_the_promised_one():
    more = LightFacts(promised_start=iso("2021-03-01"))
    planned = drawn("2021-01", plan=PLAN, gate_plans={"start": iso("2021-02-01")})
    assert planned_start(planned, more) == iso("2021-02-01")
    assert planned_start(drawn("2021-01", plan=PLAN), more) == iso("2021-01-31")
    assert planned_start(drawn("2021-01"), more) == iso("2021-03-01")
    assert planned_start(drawn("2021-01"), LightFacts()) is None


@pytest.mark.parametrize(
    ("stages", "on", "state"),
    [
        ({"foundation": 0.0}, "2021-05-31", "red"),
        ({"foundation": 0.01}, "2021-05-31", "green"),
        ({"preparation": 50.0}, "2021-05-31", "red"),
        ({"external": 1.0}, "2021-06-01", "red"),  # a report of tomorrow
    ],
)
def test_l1_progress_on_any_stage_but_the_preparation_proves_the_start(stages, on, state):
    facts = ProjectFacts(None, (), (Observation(iso(on), stages, 1.0),), {}, {"start": iso("2020-01-01")})
    proven = begun({}, facts.seen(MAY))
    assert one("start", facts, started=proven and proven.on.isoformat()).state == state


def test_l1_months_that_ended_are_counted_and_none_before_the_planned_day():
    facts = drawn("2021-01", gate_plans={"start": iso("2021-07-15")})
    early = one("start", facts, started=None)
    assert (early.state, "当月未过" in str(early.reason)) == ("green", True)
    patient = one("start", facts, as_of=iso("2021-08-01"), started=None, rules=RuleSet(start_yellow=2, start_red=3))
    assert (patient.state, "连续 1 个月" in str(patient.reason)) == ("green", True)


# --- L-2, L-3 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "gap"),
    [
        (40.01, "green"),
        (40, "yellow"),
        (39.99, "yellow"),
        (20, "yellow"),
        (19.99, "red"),
        (100, "green"),
        (99.99, "green"),
    ],
)
def test_l2_ten_points_behind_are_yellow_and_more_than_thirty_red(percent, gap):
    assert progress_state(percent, 50, RuleSet()) == gap


@pytest.mark.parametrize(
    ("percent", "ratio"), [(40, "green"), (39.99, "yellow"), (30, "yellow"), (29.99, "red"), (0, "red")]
)
def test_l2_eighty_and_sixty_percent_of_plan_exactly(percent, ratio):
    assert progress_state(percent, 50, SETS["ratio"]) == ratio


@pytest.mark.parametrize("rules", [SETS["gap"], SETS["ratio"]])
def test_l2_a_plan_of_nothing_and_a_project_that_is_done_are_green(rules):
    assert progress_state(0, 0, rules) == "green"
    assert progress_state(100, 100, rules) == "green"
    assert progress_state(0, 0.01, SETS["ratio"]) == "red"


def test_l2_a_tenth_of_a_point_is_told_and_less_is_none():
    def said(reported):
        return str(one("progress", drawn("2021-01", plan=PLAN, reported=f". . . . {reported}")).reason)

    assert said("40") == "2021-05-31 为 40%, 与计划一致"
    assert said("39.91") == "2021-05-31 为 39.9%, 与计划一致"  # cut, less than a tenth is 0 (S-25)
    assert said("39.9") == "2021-05-31 为 39.9%, 计划 40%, 落后 0.1 个百分点"
    assert "超前 0.1 个百分点" in said("40.1")
    assert "达到序时进度的 75%" in str(
        one("progress", drawn("2021-01", plan=PLAN, reported=". . . . 30"), rules=SETS["ratio"]).reason
    )


def test_l2_before_the_plan_begins_the_reason_says_so():
    facts = drawn("2021-01", plan=". . . 0 50 100", reported="5")
    light = one("progress", facts, as_of=iso("2021-01-31"), rules=SETS["ratio"])
    assert (light.state, "计划尚未开始" in str(light.reason)) == ("green", True)


@pytest.mark.parametrize(("days", "state"), [(61, "green"), (62, "green"), (63, "yellow")])
def test_l2_green_that_rests_on_a_report_of_more_than_62_days_becomes_yellow(days, state):
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40")
    light = one("progress", facts, as_of=MAY + dt.timedelta(days=days))
    assert (light.state, f"最近的月报已是 {days} 天前" in str(light.reason)) == (state, days > 62)
    behind = one("progress", drawn("2021-01", plan=PLAN, reported=". . . . 5"), as_of=MAY + dt.timedelta(days=days))
    assert (behind.state, "天前" in str(behind.reason)) == ("red", False)


@pytest.mark.parametrize(
    ("reported", "running", "state"),
    [
        ("0 10 20 29 39", 2, "red"),
        ("0 10 20 29 39", 3, "yellow"),
        ("0 10 19 29 39", 3, "red"),
        ("0 10 20 30 39", 1, "red"),
        ("0 10 20 30 39", 0, "yellow"),
        ("0 9 20 29 39", 3, "yellow"),
    ],
)
def test_l3_so_many_yellow_months_running_make_red(reported, running, state):
    rules = replace(SETS["escalating"], progress_running=running)
    light = one("progress", drawn("2021-01", plan=PLAN, reported=reported), rules=rules)
    assert (light.state, "个月未达到" in str(light.reason)) == (state, state == "red")


# --- L-4, L-5, L-7 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid", "state", "said"),
    [(4000, "green", "资金不超前"), (4001, "green", "资金超前"), (5500, "green", "超前 15"), (5501, "red", "超前 15")],
)
def test_l4_fifteen_points_ahead_are_green_and_a_hundredth_more_is_red(paid, state, said):
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40")
    light = one("payment", facts, LightFacts(paid, 10_000))
    assert (light.state, said in str(light.reason)) == (state, True)


def test_l4_nothing_paid_is_something_and_no_payment_or_report_is_grey():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40")
    assert one("payment", facts, LightFacts(0, 10_000)).state == "green"
    assert one("payment", facts, LightFacts(None, 10_000)).state == "grey"
    assert one("payment", drawn("2021-01", plan=PLAN), LightFacts(5, 10_000)).state == "grey"


@pytest.mark.parametrize(
    ("as_of", "exempt"),
    [("2021-05-30", False), ("2021-05-31", True), ("2021-06-30", True), ("2021-07-01", False)],
)
def test_l5_an_exemption_counts_from_its_first_to_its_last_day(as_of, exempt):
    own = Exempted("progress", "汛期", "示例", iso("2021-05-31"), iso("2021-06-30"))
    facts = drawn("2021-01", plan=PLAN, reported="0 10 10 10 10")
    light = one("progress", facts, LightFacts(exemptions=(own,)), as_of=iso(as_of))
    assert (light.state == "exempt") == exempt


def test_l5_red_and_yellow_are_exempted_and_green_or_grey_are_not():
    own = tuple(Exempted(key, "x", "y", MAY, MAY) for key in ("start", "progress", "payment", "entry"))
    for reported, state in (("9", "exempt"), ("30", "exempt"), ("40", "green")):
        light = one("progress", drawn("2021-01", plan=PLAN, reported=f". . . . {reported}"), LightFacts(exemptions=own))
        assert light.state == state
    assert one("payment", drawn("2021-01"), LightFacts(exemptions=own)).state == "grey"


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2021-03-01", "green"),
        ("2021-03-10", "green"),
        ("2021-03-11", "yellow"),
        ("2021-04-10", "yellow"),
        ("2021-04-11", "red"),
    ],
)
def test_l7_more_than_a_month_is_yellow_and_more_than_two_red(as_of, state):
    seen = (Observation(iso("2021-02-28"), {}, 10.0, None, True, False, False, "手续未齐"),)
    light = one("entry", ProjectFacts(None, (), seen, {}, {}), as_of=iso(as_of), started="2021-02-10")
    assert light.state == state
    assert "原因: 手续未齐" in str(light.reason)
    assert f"{(iso(as_of) - iso('2021-02-10')).days} 天后仍未入统" in str(light.reason)


def test_l6_the_worst_counts_and_grey_only_where_nothing_else_does():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40")
    made = project_lights(facts, LightFacts(), iso("2021-01-10"), None, MAY, RuleSet())
    assert made.worst == "green"
    nothing = project_lights(ProjectFacts(None, (), (), {}, {}), LightFacts(), None, None, MAY, RuleSet())
    assert nothing.worst == "grey"


# --- L-5, L-8: what may be typed ----------------------------------------------------------------------------


def test_l8_each_figure_is_taken_at_its_bounds_and_refused_beside_them():
    usual = to_entry(figures_of(RuleSet()))
    assert read(usual)[1] == {}
    bounds = {
        "progress_running": (0, 12),
        "start_yellow": (1, 24),
        "start_red": (1, 24),
        "money_ahead": (0, 100),
        "entry_yellow": (0, 24),
        "entry_red": (0, 24),
        "behind_days": (1, 365),
        "stale_days": (15, 365),
        "early_days": (1, 365),
        "kept_from": (50, 97),
        "risk_from": (3, 97),
        "fresh_days": (31, 365),
        "silent_days": (31, 365),
        "silent_months": (1, 12),
        "report_day": (1, 28),
        "works_days": (1, 365),
        "stop_days": (1, 1095),
        "leap_points": (1, 100),
        "tally_yellow": (0, 100),
        "tally_red": (0, 100),
        "progress_yellow": (0, 100),
        "progress_red": (0, 100),
    }
    assert bounds.keys() == FIGURES.keys()
    for name, (low, high) in bounds.items():
        alone = {name: usual[name] for name in FIGURES} | {"progress_kind": "gap"}
        for value in (low - 1, high + 1):
            wrong = read(alone | {name: str(value)})[1]
            assert f"{low} 到 {high}" in str(wrong[name]), name
        for value in (low, high):
            wrong = read(alone | {name: str(value)})[1]
            assert "到" not in str(wrong.get(name, "")), (name, value)


def test_l8_days_and_months_are_whole_and_points_may_have_two_decimals():
    usual = to_entry(figures_of(RuleSet()))
    for name, whole in (("behind_days", True), ("start_yellow", True), ("money_ahead", False), ("tally_red", False)):
        assert (name in read(usual | {name: "10.5"})[1]) == whole
    assert "money_ahead" in read(usual | {"money_ahead": "10.555"})[1]
    assert read(usual | {"behind_days": "30.0"})[0]["behind_days"] == 30
    assert "behind_days" in read(usual | {"behind_days": "x"})[1]
    assert "progress_kind" in read(usual | {"progress_kind": "x"})[1]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"start_yellow": "3", "start_red": "3"}, set()),
        ({"start_yellow": "4", "start_red": "3"}, {"start_red"}),
        ({"entry_yellow": "2", "entry_red": "2"}, set()),
        ({"entry_yellow": "3", "entry_red": "2"}, {"entry_red"}),
        ({"tally_red": "80", "tally_yellow": "80"}, set()),
        ({"tally_red": "81", "tally_yellow": "80"}, {"tally_yellow"}),
        ({"risk_from": "80", "kept_from": "80"}, set()),
        ({"risk_from": "80.01", "kept_from": "80"}, {"kept_from"}),
        ({"fresh_days": "90", "silent_days": "90"}, set()),
        ({"fresh_days": "91", "silent_days": "90"}, {"silent_days"}),
        ({"progress_yellow": "30", "progress_red": "30"}, set()),
        ({"progress_yellow": "31", "progress_red": "30"}, {"progress_red"}),
        ({"progress_kind": "ratio", "progress_yellow": "60", "progress_red": "60"}, set()),
        ({"progress_kind": "ratio", "progress_yellow": "60", "progress_red": "61"}, {"progress_red"}),
        ({"progress_kind": "ratio", "progress_yellow": "80", "progress_red": "60"}, set()),
    ],
)
def test_l8_red_may_not_be_milder_or_earlier_than_yellow(changes, wrong):
    assert set(read(to_entry(figures_of(RuleSet())) | changes)[1]) == wrong


def test_l9_a_programme_s_own_choice_comes_before_the_general_one():
    book = RuleBook({"gap": RuleSet("gap-2"), "ratio": RuleSet("ratio-1")}, {None: "ratio", 7: "gap"})
    assert [book.of(one).name for one in (7, 8, None)] == ["gap-2", "ratio-1", "ratio-1"]
    assert RuleBook({"gap": RuleSet("gap-2")}, {7: "gone"}).of(7).name == "gap-2"
    assert RuleBook().of(7) == RuleSet()
    assert book.with_choice(8, "gap").of(8).name == "gap-2"
    assert book.with_set("gap", RuleSet("gap-3")).of(7).name == "gap-3"
    assert rule_set("x", 3, {"name": "y", "early_days": 9, "unheard": 1}) == RuleSet("x-3", early_days=9)
    assert "连续 2 个月" in str(progress_words(SETS["escalating"]))
    assert "连续" not in str(progress_words(SETS["gap"]))
    assert "个百分点起黄灯" in str(progress_words(SETS["gap"]))
    assert "低于序时进度的 80%" in str(progress_words(SETS["ratio"]))


def exemption(**changes: str) -> set[str]:
    entry = {"light": "progress", "reason": "汛期", "requested_by": "单位", "until": "2021-06-30"} | changes
    return set(check_exemption(entry, MAY)[1])


@pytest.mark.parametrize(
    ("until", "taken"),
    [
        ("2021-05-30", False),
        ("2021-05-31", True),
        ("2022-05-31", True),
        ("2022-06-02", False),
        ("x", False),
        ("", False),
    ],
)
def test_l5_an_exemption_ends_from_today_to_within_a_year(until, taken):
    assert ("until" not in exemption(until=until)) == taken


def test_l5_an_exemption_names_light_reason_and_asker():
    assert exemption() == set()
    assert exemption(light="x", reason=" ", requested_by=" ") == {"light", "reason", "requested_by"}
    assert [exemption(requested_by="单" * count) for count in (120, 121)] == [set(), {"requested_by"}]
    assert [exemption(reason="因" * count) for count in (1000, 1001)] == [set(), {"reason"}]
    assert check_reason(" 因 ") == ("因", {})


# --- L-10: renewal ------------------------------------------------------------------------------------------


def test_l10_what_waits_is_told_from_the_versions_of_the_rows():
    book = RuleBook({"gap": RuleSet("gap-2"), "ratio": RuleSet("ratio-1")}, {7: "ratio"})
    stored = [
        Stands("project", None, "gap-1", 5),
        Stands("project", None, "gap-2", 2),
        Stands("project", 7, "ratio-1", 9),
        Stands("promise", 8, "gap-1", 3),
        Stands("promise", 8, "gap-2", 4),
    ]
    made = outstanding(stored, book, {"gap": "通用", "ratio": "比例"})
    assert (made.projects, made.promises, made.versions) == (5, 3, ["gap-1"])
    assert (made.total, made.done, len(made.lines)) == (7, 2, 1)
    assert "还有 5 个项目和 3 条项目群承诺的判断" in str(made.lines[0].words)
    only = outstanding(stored[:2], book, {"gap": "通用"})
    assert "还有 5 个项目的判断" in str(only.lines[0].words)
    promises = outstanding([stored[1], stored[3]], book, {"gap": "通用"})
    assert "还有 3 条项目群承诺的判断" in str(promises.lines[0].words)
    assert outstanding(stored[1:3], book, {}).lines == ()


def test_l10_steps_hold_at_most_so_many_projects_and_every_programme_once():
    members = {1: [1, 2], 2: [3], 3: [], 4: [4, 5, 6, 7], 5: [8, 9, 10]}
    made = list(steps(members, [11, 12, 13, 14], 3))
    assert made == [
        RebuildStep((), (3,)),
        RebuildStep((), (4,)),
        RebuildStep((4, 5, 6), ()),
        RebuildStep((7,), ()),
        RebuildStep((1, 2, 3), (1, 2)),
        RebuildStep((8, 9, 10), (5,)),
        RebuildStep((11, 12, 13), ()),
        RebuildStep((14,), ()),
    ]
    assert list(steps({}, [], 3)) == []
    assert list(steps({1: [1]}, [], 1)) == [RebuildStep((1,), (1,))]
    rest = left(members, [11, 12], [RebuildStep((1, 3, 11), (2, 3))])
    assert rest == ({1: [2], 4: [4, 5, 6, 7], 5: [8, 9, 10]}, [12])


# --- from what is stored ------------------------------------------------------------------------------------


def report(number, month, approved, percent=10.0, project=1):
    first = iso(f"{month}-01")
    return StoredReport(number, project, first, first.replace(day=28), iso(approved), percent, 5, False, None, "")


def event(on, effect="", gate=None, stage=None, percent=None):
    return StoredEvent(1, iso(on), gate, stage, percent, effect, "day", False)


def raw(**values):
    empty = {"projects": [1], "stages": {}, "plans": {}, "reports": {}, "progress": {}, "events": {}, "gates": {}}
    return Raw(**(empty | values))


def test_s20_a_report_counts_from_the_day_it_was_approved_with_its_newest_revision():
    own = {1: [report(1, "2021-04", "2021-05-05", 10.0), report(2, "2021-04", "2021-05-20", 12.0)]}
    seen = {
        day: assemble(raw(reports=own), iso(day)) for day in ("2021-05-04", "2021-05-05", "2021-05-19", "2021-05-20")
    }
    assert [[one.overall for one in facts[1].observations] for facts, _ in seen.values()] == [
        [],
        [10.0],
        [10.0],
        [12.0],
    ]
    assert [newest[1].id if newest else None for _, newest in seen.values()] == [None, 1, 1, 2]


def test_s20_events_and_gates_count_from_their_day_and_the_register_stands_above_a_notice():
    made = raw(
        events={
            1: [event("2021-05-31", gate="in_use", stage="structure", percent=None), event("2021-05-01", gate="start")]
        },
        gates={1: [("start", iso("2021-05-10"), False)]},
    )
    assert assemble(made, iso("2021-04-30"))[0][1].gates == {}
    assert assemble(made, iso("2021-05-01"))[0][1].gates == {"start": GateFact(iso("2021-05-01"))}
    assert assemble(made, iso("2021-05-10"))[0][1].gates == {"start": GateFact(iso("2021-05-10"))}
    last = assemble(made, MAY)[0][1]
    assert set(last.gates) == {"start", "in_use"}
    assert [(one.stages, one.is_report) for one in last.observations] == [({"structure": 0.0}, False)]
    assert assemble(made, iso("2021-05-30"))[0][1].observations == ()


@pytest.mark.parametrize(
    ("newest_first", "spans"),
    [
        (["2021-03-01 resume", "2021-02-01 stop"], [("2021-02-01", "2021-03-01")]),
        (["2021-02-01 stop"], [("2021-02-01", None)]),
        (["2021-02-01 resume"], []),
        (["2021-02-10 stop", "2021-02-01 stop"], [("2021-02-01", None)]),
        (["2021-04-01 resume", "2021-03-01 resume", "2021-02-01 stop"], [("2021-02-01", "2021-03-01")]),
        (
            ["2021-04-01 stop", "2021-03-01 resume", "2021-02-01 stop"],
            [("2021-02-01", "2021-03-01"), ("2021-04-01", None)],
        ),
    ],
)
def test_s14_works_stand_still_from_a_stop_to_the_next_resumption(newest_first, spans):
    events = [event(*line.split()) for line in newest_first]
    assert suspensions(events) == [(iso(begun), until and iso(until)) for begun, until in spans]


def test_s14_stages_and_gates_move_with_the_plan():
    stages = (StagePlan("a", 1, iso("2021-01-01"), iso("2021-06-01")), StagePlan("b", 1))
    facts = replace(drawn("2021-01", plan=PLAN, gate_plans={"in_use": iso("2021-12-01")}), stages=stages)
    made = with_stops(facts, [(iso("2021-03-01"), iso("2021-03-31"))], MAY)
    assert made.stages[0] == StagePlan("a", 1, iso("2021-01-01"), iso("2021-07-01"))
    assert made.stages[1] == StagePlan("b", 1)
    assert (made.gate_plans["in_use"], made.curve.finish) == (iso("2021-12-31"), iso("2021-12-30"))
    assert made.as_planned == facts.curve
    planless = with_stops(replace(facts, curve=None), [(iso("2020-03-01"), iso("2020-03-31"))], MAY)
    assert (planless.curve, planless.pauses.days) == (None, 30)


def test_a_plan_s_curve_is_made_of_what_is_planned_on_the_day():
    points = [
        PlanPoint(1, 1, 0.0, None, iso("2021-01-01"), None, True),
        PlanPoint(1, 2, 100.0, None, iso("2021-12-31"), None, False),
    ]
    made = assemble(raw(plans={1: points}), MAY)[0][1]
    assert (made.curve.kind, made.plan_is_sample, made.as_planned) == ("start_finish", True, None)
    stopped = assemble(raw(plans={1: points}, events={1: [event("2021-05-01", "stop")]}), MAY)[0][1]
    assert (stopped.pauses.days, stopped.curve.finish) == (30, iso("2022-01-30"))


# --- status rows --------------------------------------------------------------------------------------------


def known(**values):
    facts = {1: drawn("2021-01", plan=PLAN, reported="0 10 20 30 33.337"), 2: ProjectFacts(None, (), (), {}, {})}
    projects = [ProjectRef(1, "370831", 7), ProjectRef(2, "370831", None)]
    empty = {"projects": projects, "facts": facts, "newest": {}, "targets": [], "tallies": {}, "findings": {1: 3}}
    return Assessed(**(empty | values))


def ref(number, project, programme, measure="progress_pct", threshold=50.0, due="2021-12-31", quantifier="project"):
    return TargetRef(
        number, project, programme, TargetFacts(f"t{number}", measure, quantifier, threshold, iso(due), "must")
    )


def test_s25_a_row_says_where_a_project_stands_cut_to_hundredths():
    made, targets = rows(known(), MAY)
    assert [(one.project_id, one.percent, one.plan_kind, one.finding_count) for one in made] == [
        (1, 33.33, "monthly_plan", 3),
        (2, None, "none", 0),
    ]
    assert targets == []
    assert (made[0].plan_percent, made[0].target_id, made[0].report_id, made[0].light) == (40.0, None, None, "red")
    assert rows(known(), dt.date(2021, 6, 15))[0][0].plan_percent == 45.0
    assert rows(known(), dt.date(2021, 6, 1))[0][0].plan_percent == 40.33  # a thirtieth of ten points
    assert (made[1].plan_percent, made[1].plan_start, made[1].plan_finish) == (None, None, None)


def test_only_what_was_asked_for_has_rows_and_a_programme_counts_all_its_members():
    promise = ref(5, None, 7, "start", 1.0, "2021-12-31", "count")
    begun = replace(known().facts[1], gates={"start": GateFact(iso("2021-02-01"))})
    made, targets = rows(known(targets=[promise], asked={2}, facts={**known().facts, 1: begun}), MAY)
    assert [one.project_id for one in made] == [2]
    assert [(one.target_id, one.current, one.met_on) for one in targets] == [(5, 1, iso("2021-02-01"))]
    share = replace(promise, facts=replace(promise.facts, quantifier="share", threshold=100.0))
    assert rows(known(targets=[share], facts={**known().facts, 1: begun}), MAY)[1][0].current == 10_000


def test_the_worst_promise_is_named_and_amounts_are_kept_in_their_own_unit():
    own = [ref(3, 1, None), ref(4, 1, None, due="2021-06-30"), ref(9, 6, None)]
    made, targets = rows(known(targets=own), MAY)
    assert (made[0].target_id, made[0].state) == (4, targets[1].state)
    assert [(one.target_id, one.current) for one in targets] == [(3, 3333), (4, 3333)]
    money = ref(3, 1, None, "investment", 900.0)
    facts = ProjectFacts(None, (), (Observation(MAY, {}, 10.0, 700),), {}, {})
    assert rows(known(targets=[money], facts={**known().facts, 1: facts}), MAY)[1][0].current == 700


def test_l1_the_earliest_promised_start_stands_in_for_a_plan():
    own = [ref(3, 2, None, "start", None, "2021-04-30"), ref(4, 2, None, "start", None, "2021-02-28"), ref(5, 2, None)]
    assert known(targets=own).starts == {2: iso("2021-02-28")}
    made, _ = rows(known(targets=own), MAY)
    assert made[1].lights[0] == "r"
    assert rows(known(), MAY)[0][1].lights[0] == "-"
