"""Rules G-1 to G-14 on drawn tables: each row is one project's gates, and what must be found as of a day.

A gate is written `start=2021-03-01`, `start=2021-03` where only the month is known, `energy~理由` where it is waived,
`+start=…` where only a published event tells of it. A finding is written `G-1 broken`.
"""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.core.month import month_end, parse_day, parse_month
from projects.works.gates.extract import template
from projects.works.gates.findings import GateRecord, count, findings

BEFORE_START = "construction_permit=2021-01-05 eia=2020-06-01 energy=2020-06-01"
BEFORE_USE = "planning_verification=2021-05-01 fire_acceptance=2021-05-20 environmental_acceptance=2021-05-25"


def drawn(line):
    gates = {}
    for word in line.split():
        registered = not word.startswith("+")
        key, _, day = word.removeprefix("+").partition("=")
        if "~" in key:
            key, _, reason = key.partition("~")
            gates[key] = GateRecord(None, waived_reason=reason, registered=registered)
        elif len(day) == 7:
            gates[key] = GateRecord(month_end(parse_month(day)), "month", registered=registered)
        else:
            gates[key] = GateRecord(parse_day(day), registered=registered)
    return gates


def found(line, as_of):
    return [
        f"{one.rule} {one.kind}"
        for one in findings(template(), drawn(line), parse_day(as_of))
        if one.kind != "countdown"
    ]


EDGES = [
    # what is recorded, what the edges find on 2021-11-30 (clocks left out below)
    (f"{BEFORE_START} start=2021-03-01", []),
    (
        "construction_permit=2021-03-01 eia=2020-06-01 energy=2020-06-01 start=2021-03-01",
        [],
    ),  # on the same day is not before
    ("construction_permit=2021-03-02 eia=2020-06-01 energy=2020-06-01 start=2021-03-01", ["G-1 broken"]),
    ("eia=2020-06-01 energy=2020-06-01 start=2021-03-01", ["G-1 missing"]),
    ("construction_permit=2021-01-05 energy=2020-06-01 start=2021-03-01", ["G-2 missing"]),
    ("construction_permit=2021-01-05 eia=2021-04-01 energy=2020-06-01 start=2021-03-01", ["G-2 broken"]),
    ("construction_permit=2021-01-05 eia=2020-06-01 start=2021-03-01", ["G-3 missing"]),
    ("start=2021-03-01", ["G-1 missing", "G-2 missing", "G-3 missing"]),
    (
        "construction_permit~限额以下 eia=2020-06-01 energy=2020-06-01 start=2021-03-01",
        ["G-1 missing"],
    ),  # a reason is no permit
    ("completion_acceptance=2021-11-20", ["G-4 missing"]),
    ("planning_verification=2021-11-21 completion_acceptance=2021-11-20", ["G-4 broken"]),
    ("planning_verification=2021-11-19 completion_acceptance=2021-11-20", []),
    (f"{BEFORE_USE} completion_acceptance=2021-11-20 in_use=2021-11-25", []),
    (f"{BEFORE_USE} completion_acceptance=2021-11-20 in_use=2021-11-15", ["G-5 broken"]),
    ("in_use=2021-11-25", ["G-5 missing", "G-6 missing", "G-7 missing"]),
    (
        (
            "completion_acceptance=2021-11-20 planning_verification=2021-11-01 environmental_acceptance=2021-11-01 "
            "in_use=2021-11-25"
        ),
        ["G-6 missing"],
    ),
    (
        (
            "completion_acceptance=2021-11-20 planning_verification=2021-11-01 fire_acceptance=2021-11-01 "
            "in_use=2021-11-25"
        ),
        ["G-7 missing"],
    ),
    ("annual_plan=2021-02-01", ["G-8 missing"]),
    ("annual_plan=2021-02-01 feasibility=2021-01-01", []),  # either of the two is enough
    ("annual_plan=2021-02-01 design_estimate=2021-01-01", []),
    ("annual_plan=2021-02-01 feasibility=2021-03-01 design_estimate=2021-01-01", []),
    ("annual_plan=2021-02-01 feasibility=2021-03-01 design_estimate=2021-04-01", ["G-8 broken"]),
    ("annual_plan=2021-02-01 feasibility~并入项目建议书 proposal=2021-01-10", []),  # 建议书代可研, Art. 13
    (
        "annual_plan=2021-02-01 feasibility~并入项目建议书 proposal=2021-03-10",
        ["G-8 missing"],
    ),  # merged into what came later
    ("annual_plan=2021-02-01 feasibility~并入项目建议书", ["G-8 missing"]),
    (
        "annual_plan=2021-02-01 design_estimate~小项目 proposal=2021-01-10",
        ["G-8 missing"],
    ),  # no law merges the estimate
    # only what is broken whatever the day was is broken
    ("construction_permit=2021-03-20 eia=2020-06-01 energy=2020-06-01 start=2021-03", []),
    ("construction_permit=2021-04-01 eia=2020-06-01 energy=2020-06-01 start=2021-03", ["G-1 broken"]),
    ("construction_permit=2021-03 eia=2020-06-01 energy=2020-06-01 start=2021-03-05", []),
    # the register can't lack what it was never asked to hold
    ("+start=2021-03", ["G-1 notice", "G-2 notice", "G-3 notice"]),
    ("+start=2021-03-01 construction_permit=2021-03-02 eia=2020-06-01 energy=2020-06-01", ["G-1 broken"]),
]


@pytest.mark.parametrize(("line", "expected"), EDGES)
def test_hard_edges(line, expected):
    edges = {edge.rule for edge in template().edges}
    assert [one for one in found(line, "2021-11-30") if one.split()[0] in edges] == expected


def test_negative_control_every_edge_is_drawn_kept_and_broken():
    for edge in template().edges:
        outcomes = {
            any(one.startswith(f"{edge.rule} ") for one in expected)
            for line, expected in EDGES
            if f"{edge.gate}=" in line
        }
        assert outcomes == {True, False}, edge.rule


CLOCKS = [
    # rule, what is recorded, as of, kind found (None: silent), due
    ("G-9", "construction_permit=2021-08-31", "2021-11-30", "countdown", "2021-11-30"),
    (
        "G-9",
        "construction_permit=2021-08-30",
        "2021-12-01",
        "notice",
        "2021-11-30",
    ),  # within the two extensions: ask for their papers
    ("G-9", "construction_permit=2021-03-01", "2021-12-01", "notice", "2021-06-01"),
    ("G-9", "construction_permit=2021-03-01", "2021-12-02", "overdue", "2021-06-01"),
    ("G-9", "construction_permit=2021-03-01 start=2021-06-01", "2021-12-02", None, None),
    ("G-9", "construction_permit=2021-03-01 start=2021-06-02", "2021-12-02", "notice", "2021-06-01"),
    ("G-9", "construction_permit=2021-03-01 start=2021-12-01", "2021-12-02", "notice", "2021-06-01"),
    ("G-9", "construction_permit=2021-03-01 start=2021-12-02", "2021-12-02", "late", "2021-06-01"),
    (
        "G-9",
        "construction_permit=2021-03-01 start=2021-12",
        "2021-12-31",
        "notice",
        "2021-06-01",
    ),  # it may have been the 1st
    ("G-10", "eia=2016-11-30", "2021-11-30", "countdown", "2021-11-30"),
    ("G-10", "eia=2016-11-29", "2021-11-30", "overdue", "2021-11-29"),
    ("G-10", "eia=2016-02-29 start=2021-03-01", "2021-11-30", "late", "2021-02-28"),
    ("G-10", "eia=2016-02-29 start=2021-02-28", "2021-11-30", None, None),
    ("G-11", "completion_acceptance=2021-11-15", "2021-11-30", "countdown", "2021-11-30"),
    ("G-11", "completion_acceptance=2021-11-14", "2021-11-30", "overdue", "2021-11-29"),
    ("G-11", "completion_acceptance=2021-11-01 filing=2021-11-16", "2021-11-30", None, None),
    ("G-11", "completion_acceptance=2021-11-01 filing=2021-11-17", "2021-11-30", "late", "2021-11-16"),
    ("G-12", "completion_acceptance=2021-08-31", "2021-11-30", "countdown", "2021-11-30"),
    ("G-12", "completion_acceptance=2021-08-31", "2021-12-01", "overdue", "2021-11-30"),
    ("G-12", "completion_acceptance=2021-08-31 final_account=2022-06-30", "2022-07-01", "late", "2021-11-30"),
    ("G-13", "site_opinion=2018-11-29", "2021-11-30", "notice", "2021-11-29"),
    ("G-13", "site_opinion=2018-11-29 land_permit=2021-11-30", "2021-11-30", "notice", "2021-11-29"),
    ("G-14", "feasibility=2019-11-30", "2021-11-30", "countdown", "2021-11-30"),
    ("G-14", "feasibility=2019-11-29", "2021-11-30", "notice", "2021-11-29"),
]


@pytest.mark.parametrize(("rule", "line", "as_of", "kind", "due"), CLOCKS)
def test_clocks(rule, line, as_of, kind, due):
    here = [one for one in findings(template(), drawn(line), parse_day(as_of)) if one.rule == rule]
    assert [one.kind for one in here] == ([kind] if kind else [])
    assert all(one.due == parse_day(due) for one in here)


def test_a_finding_names_the_rule_the_two_days_the_law_and_the_breach():
    (one,) = [
        one
        for one in findings(template(), drawn("construction_permit=2021-06-01 start=2021-03-01"), dt.date(2021, 11, 30))
        if one.rule == "G-1"
    ]
    assert (one.name, one.on, one.other_on, str(one.law)) == (
        "未批先建",
        dt.date(2021, 3, 1),
        dt.date(2021, 6, 1),
        "《建筑法》第 7 条",
    )
    assert str(one.text) == "开工 (2021-03-01) 早于施工许可 (2021-06-01), 违反《建筑法》第 7 条"


@pytest.mark.parametrize(
    ("rule", "line", "as_of", "law"),
    [
        ("G-2", "start=2026-08-14", "2026-11-30", "《环境影响评价法》第 25 条"),
        ("G-2", "start=2026-08-15", "2026-11-30", "《生态环境法典》第 107 条"),
        ("G-2", "start=2026-08", "2026-11-30", "《环境影响评价法》第 25 条"),  # its first day
        ("G-2", "eia=2026-09-01 start=2026-08-20", "2026-11-30", "《生态环境法典》第 107 条"),
        ("G-10", "eia=2021-01-01", "2026-08-14", "《环境影响评价法》第 24 条"),
        ("G-10", "eia=2021-01-01", "2026-08-15", "《生态环境法典》第 106 条"),
        ("G-10", "eia=2021-01-01 start=2026-03-01", "2026-11-30", "《环境影响评价法》第 24 条"),
        ("G-12", "completion_acceptance=2026-01-01", "2026-11-30",
         "《基本建设项目竣工财务决算管理暂行办法》(财建〔2016〕503号) 第 2 条, 据转载"),
    ],
)  # fmt: skip
def test_a_finding_cites_the_law_of_its_day_and_how_it_was_read(rule, line, as_of, law):
    (one,) = [one for one in findings(template(), drawn(line), parse_day(as_of)) if one.rule == rule]
    assert str(one.law) == law
    assert rule != "G-2" or law in str(one.text)


def test_what_is_known_only_to_the_month_is_spoken_as_the_month():
    (one,) = [one for one in findings(template(), drawn("+start=2021-03"), dt.date(2021, 11, 30)) if one.rule == "G-1"]
    assert str(one.text).startswith("开工 (2021-03) 见于公开报道")


@pytest.mark.parametrize(
    ("line", "counted"),
    [
        ("start=2021-03-01", 3),
        ("+start=2021-03-01", 0),
        ("site_opinion=2010-01-01", 0),
        ("completion_acceptance=2021-01-01", 3),
    ],
)
def test_countdowns_and_reminders_are_not_counted(line, counted):
    assert count(findings(template(), drawn(line), dt.date(2021, 11, 30))) == counted


def test_a_gate_of_the_future_is_not_known_yet():
    assert found("start=2021-12-01", "2021-11-30") == []
    assert found("start=2021-03-01 construction_permit=2021-12-01", "2021-11-30")[0] == "G-1 missing"
    assert found("start=2021-03-01 construction_permit=2021-12-01", "2021-12-01")[0] == "G-1 broken"


DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2025, 12, 31))
RECORDS = st.one_of(
    st.builds(GateRecord, DAYS, st.sampled_from(["day", "month", "year"]), registered=st.booleans()),
    st.builds(GateRecord, waived_reason=st.just("并入")),
)


@given(st.dictionaries(st.sampled_from([gate.key for gate in template().gates]), RECORDS), DAYS)
def test_whatever_is_recorded_can_be_judged_and_said(gates, as_of):
    for one in findings(template(), gates, as_of):
        assert str(one.text)
        assert one.text.to_json()


@given(st.dictionaries(st.sampled_from([gate.key for gate in template().gates]), st.builds(GateRecord, DAYS)), DAYS)
def test_the_hard_edges_agree_with_a_plain_reading_of_the_days(gates, as_of):
    day = {key: record.on for key, record in gates.items() if record.on <= as_of}

    def kept(gate, *needs):
        return gate not in day or any(need in day and day[need] <= day[gate] for need in needs)

    expected = {
        rule
        for rule, gate, needs in [
            ("G-1", "start", ["construction_permit"]),
            ("G-2", "start", ["eia"]),
            ("G-3", "start", ["energy"]),
            ("G-4", "completion_acceptance", ["planning_verification"]),
            ("G-5", "in_use", ["completion_acceptance"]),
            ("G-6", "in_use", ["fire_acceptance"]),
            ("G-7", "in_use", ["environmental_acceptance"]),
            ("G-8", "annual_plan", ["feasibility", "design_estimate"]),
        ]
        if not kept(gate, *needs)
    }
    assert {
        one.rule for one in findings(template(), gates, as_of) if one.rule in {edge.rule for edge in template().edges}
    } == expected
