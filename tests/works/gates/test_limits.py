"""Gates at the limit itself, a day before and a day after: rules G-1 to G-14, from docs/rules/gates.md."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.core.text import Text
from projects.works.gates.extract import template
from projects.works.gates.findings import GateFinding, GateRecord, count, findings
from projects.works.gates.sheet import GateEntry, GateRow, known, rows
from projects.works.gates.template import Clock, Edge, GateSpec, Law, Template

FAR = dt.date(2021, 11, 30)


def iso(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def found(rule: str, as_of: str = "2021-11-30", **gates: str | GateRecord) -> GateFinding | None:
    known = {key: GateRecord(iso(day)) if isinstance(day, str) else day for key, day in gates.items()}
    return next((one for one in findings(template(), known, iso(as_of)) if one.rule == rule), None)


def said(one: GateFinding | None) -> tuple[str, str] | None:
    return None if one is None else (one.kind, str(one.text))


def month(day: str) -> GateRecord:
    return GateRecord(iso(day), "month")


# --- what counts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "counts"),
    [("broken", 1), ("missing", 1), ("late", 1), ("overdue", 1), ("countdown", 0), ("notice", 0)],
)
def test_broken_missing_late_and_overdue_count_and_no_other_kind(kind: str, counts: int):
    one = GateFinding("G-9", "许可证有效期", kind, "start", Text("x"))
    assert count([one]) == counts
    assert GateRow(template().gates[0], "open", GateEntry(), None, None, (), (one, one)).finding_count == 2 * counts


# --- days known to the month or the year --------------------------------------------------------------------


def test_a_day_known_to_the_month_or_year_may_have_been_its_first():
    assert GateRecord(iso("2021-03-31")).earliest == iso("2021-03-31")
    assert month("2021-03-31").earliest == iso("2021-03-01")
    assert GateRecord(iso("2021-12-31"), "year").earliest == iso("2021-01-01")
    assert GateRecord().earliest is None


def test_g1_a_permit_known_to_the_month_is_late_only_if_its_first_day_is():
    assert found("G-1", start="2021-03-01", construction_permit=month("2021-03-31")) is None
    assert said(found("G-1", start="2021-02-28", construction_permit=month("2021-03-31"))) == (
        "broken",
        "开工 (2021-02-28) 早于施工许可 (2021-03), 违反《建筑法》第 7 条",
    )
    year = GateRecord(iso("2021-12-31"), "year")
    end = "2021-12-31"
    assert found("G-1", end, start="2021-01-01", construction_permit=year) is None
    assert "早于施工许可 (2021)," in str(found("G-1", end, start="2020-12-31", construction_permit=year).text)


def test_g1_a_start_known_to_the_month_may_have_been_its_last_day():
    assert found("G-1", start=month("2021-03-31"), construction_permit="2021-03-31") is None
    assert found("G-1", start=month("2021-03-31"), construction_permit="2021-04-01").kind == "broken"


def test_g1_the_permit_of_the_very_day_is_in_time_and_one_of_the_next_is_not():
    assert found("G-1", start="2021-03-01", construction_permit="2021-03-01") is None
    one = found("G-1", start="2021-03-01", construction_permit="2021-03-02")
    assert (one.kind, one.on, one.other_on) == ("broken", iso("2021-03-01"), iso("2021-03-02"))


def test_a_gate_is_known_from_its_day_on():
    assert found("G-1", "2021-03-01", start="2021-03-01").kind == "missing"
    assert found("G-1", "2021-02-28", start="2021-03-01") is None


# --- merging, waivers, what only an event tells -------------------------------------------------------------


def waived(reason="并入项目建议书") -> GateRecord:
    return GateRecord(None, waived_reason=reason)


def test_g8_a_merged_study_passed_on_the_day_of_the_proposal():
    plan = "2021-02-01"
    assert found("G-8", annual_plan=plan, feasibility=waived(), proposal=plan) is None
    late = found("G-8", annual_plan=plan, feasibility=waived(), proposal="2021-02-02")
    assert (late.kind, "但项目建议书当时也没有批复" in str(late.text)) == ("missing", True)
    alone = found("G-8", annual_plan=plan, feasibility=waived())
    assert "登记为并入项目建议书" in str(alone.text)
    unwaived = found("G-8", annual_plan=plan, feasibility=GateRecord(), proposal="2021-01-10")
    assert (unwaived.kind, "的记录" in str(unwaived.text)) == ("missing", True)


def test_any_other_waiver_is_shown_and_the_finding_with_it():
    one = found("G-3", start="2021-03-01", energy=waived("规模小"))
    assert (one.kind, "登记为不办" in str(one.text), "并入" in str(one.text)) == ("missing", True, False)
    bare = found("G-3", start="2021-03-01")
    assert (bare.kind, "登记为不办" in str(bare.text)) == ("missing", False)
    assert bare.text.params["need"] == Text("节能审查")


def test_g8_needs_either_of_two_and_names_both():
    one = found("G-8", annual_plan="2021-02-01")
    assert "可行性研究" in str(one.text)
    assert "或" in str(one.text)
    both = found("G-8", annual_plan="2021-02-01", feasibility="2021-04-01", design_estimate="2021-03-01")
    assert (both.kind, both.other_on) == ("broken", iso("2021-03-01"))
    assert "(2021-03-01)" in str(both.text)
    one_waived = found("G-8", annual_plan="2021-02-01", feasibility=waived(), design_estimate="2021-03-01")
    assert one_waived.kind == "broken"


def test_a_gate_that_only_an_event_tells_of_gives_a_reminder():
    event = GateRecord(iso("2021-03-01"), registered=False)
    one = found("G-1", start=event)
    assert (one.kind, "见于公开报道" in str(one.text)) == ("notice", True)
    assert found("G-1", start="2021-03-01").kind == "missing"
    assert found("G-1", start=event, construction_permit="2021-03-02").kind == "broken"


def test_g8_the_merged_one_of_two_waived_is_named_whichever_stands_first():
    gates = (GateSpec("p", "建议书", "P"), GateSpec("a", "甲", "A"), GateSpec("b", "乙", "B", merged_into="p"))
    for needs in (("a", "b"), ("b", "a")):
        made = Template((*gates, GateSpec("plan", "计划", "L")), (Edge("G-8", "x", "plan", needs, Law("x", 1)),))
        known = {"plan": GateRecord(FAR), "a": waived("规模小"), "b": waived()}
        (one,) = findings(made, known, FAR)
        assert "登记为并入建议书, 但建议书当时也没有批复" in str(one.text)


# --- clocks -------------------------------------------------------------------------------------------------

PERMIT = {"construction_permit": "2021-03-01"}


@pytest.mark.parametrize(
    ("as_of", "kind", "said"),
    [
        ("2021-05-31", "countdown", "还有 1 天"),
        ("2021-06-01", "countdown", "还有 0 天"),
        ("2021-06-02", "notice", "期限 2021-06-01 已过 1 天: 须有延期批准, 最长到 2021-12-01"),
        ("2021-11-30", "notice", "已过 182 天: 须有延期批准"),
        ("2021-12-01", "notice", "已过 183 天: 须有延期批准"),
        ("2021-12-02", "overdue", "最后期限 2021-12-01 已过 1 天, 仍没有记录"),
    ],
)
def test_g9_three_months_and_two_extensions_day_by_day(as_of: str, kind: str, said: str):
    one = found("G-9", as_of, **PERMIT)
    assert (one.kind, said in str(one.text), one.due) == (kind, True, iso("2021-06-01"))


@pytest.mark.parametrize(
    ("start", "kind", "said"),
    [
        ("2021-06-01", None, ""),
        ("2021-06-02", "notice", "开工 (2021-06-02) 晚于 2021-06-01 1 天: 须有延期批准, 请核对"),
        ("2021-12-01", "notice", "晚于 2021-06-01 183 天"),
        ("2021-12-02", "late", "开工 (2021-12-02) 晚于最后期限 2021-12-01 1 天"),
    ],
)
def test_g9_a_start_on_the_last_day_is_in_time(start: str, kind: str | None, said: str):
    one = found("G-9", "2021-12-31", start=start, **PERMIT)
    assert (one and one.kind) == kind
    assert said in str(one.text if one else "")


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [
        ("G-10", {"eia": "2016-11-29"}, "2021-11-29"),
        ("G-11", {"completion_acceptance": "2021-11-01"}, "2021-11-16"),
        ("G-12", {"completion_acceptance": "2021-08-31"}, "2021-11-30"),
    ],
)
def test_g10_g11_g12_are_overdue_from_the_day_after_the_last(rule: str, first: dict[str, str], last: str):
    day = iso(last)
    on_it, after = (found(rule, str(one), **first) for one in (day, day + dt.timedelta(days=1)))
    assert (on_it.kind, after.kind) == ("countdown", "overdue")
    assert f"最后期限 {last} 已过 1 天" in str(after.text)


def test_g11_filed_a_day_late_is_late_by_a_day_and_in_time_on_the_last():
    assert found("G-11", completion_acceptance="2021-11-01", filing="2021-11-16") is None
    one = found("G-11", completion_acceptance="2021-11-01", filing="2021-11-17")
    assert (one.kind, "晚于最后期限 2021-11-16 1 天" in str(one.text)) == ("late", True)
    assert found("G-11", completion_acceptance="2021-11-01", filing=month("2021-11-30")) is None


@pytest.mark.parametrize(
    ("rule", "first", "last", "until"),
    [
        ("G-13", {"site_opinion": "2018-11-29"}, "2021-11-29", "land_permit"),
        ("G-14", {"feasibility": "2019-11-29"}, "2021-11-29", "start"),
    ],
)
def test_g13_g14_only_remind_of_the_paper(rule: str, first: dict[str, str], last: str, until: str):
    day, after = iso(last), iso(last) + dt.timedelta(days=1)
    assert found(rule, last, **first).kind == "countdown"
    open_one = found(rule, str(after), **first)
    assert (open_one.kind, f"通常有效期到 {last}, 已过 1 天" in str(open_one.text)) == ("notice", True)
    assert found(rule, str(after), **first, **{until: str(day)}) is None
    done = found(rule, str(after), **first, **{until: str(after)})
    assert (done.kind, f"({after}) 超过通常有效期 1 天" in str(done.text)) == ("notice", True)


def test_a_clock_knows_its_law_where_there_is_one_and_has_no_extension_unless_said():
    assert found("G-10", eia="2016-11-29").law == Text(
        "《%(law)s》第 %(article)s 条", {"law": Text("环境影响评价法"), "article": 24}
    )
    clock = Clock("G-99", "x", "a", "b", months=3)
    assert clock.due(iso("2021-08-31")) == clock.latest(iso("2021-08-31")) == iso("2021-11-30")
    longer = Clock("G-99", "x", "a", "b", days=15, extension_months=2, extensions=2)
    assert (longer.due(iso("2021-01-01")), longer.latest(iso("2021-01-01"))) == (iso("2021-01-16"), iso("2021-05-16"))
    assert Clock("G-99", "x", "a", "b", months=3, extension_months=2).latest(iso("2021-01-01")) == iso("2021-04-01")
    assert Clock("G-99", "x", "a", "b", months=3, extensions=2).latest(iso("2021-01-01")) == iso("2021-04-01")


# --- the page -----------------------------------------------------------------------------------------------

TWO = Template(
    (GateSpec("a", "甲", "A"), GateSpec("b", "乙", "B", ("a",)), GateSpec("c", "丙", "C", ("a", "b"))),
    (Edge("G-1", "乱序", "b", ("a",), Law("建筑法", 7)),),
)


def test_a_gate_is_passed_waived_or_open_and_waits_for_what_is_open_before_it():
    made = rows(TWO, {"a": GateEntry(waived_reason="不需要", version=3)}, {}, {"c": FAR}, FAR)
    assert [(one.state, one.version, one.planned_on) for one in made] == [
        ("waived", 3, None),
        ("open", None, None),
        ("open", None, FAR),
    ]
    assert [[str(text) for text in one.awaits] for one in made] == [[], [], ["乙"]]
    nothing = rows(TWO, {}, {}, {}, FAR)
    assert [[str(text) for text in one.awaits] for one in nothing] == [[], ["甲"], ["甲", "乙"]]
    passed = rows(TWO, {"c": GateEntry(FAR, version=1)}, {}, {}, FAR)
    assert (passed[2].state, passed[2].awaits) == ("passed", ())


def test_a_finding_stands_at_the_gate_it_speaks_of():
    made = rows(TWO, {"b": GateEntry(FAR, version=1)}, {}, {}, FAR)
    assert [[one.kind for one in row.findings] for row in made] == [[], ["missing"], []]
    event = rows(TWO, {}, {"b": GateEntry(FAR, source="报道")}, {}, FAR)
    assert [one.kind for one in event[1].findings] == ["notice"]


@pytest.mark.parametrize(("days", "is_known"), [(-1, False), (0, True), (1, True)])
def test_a_gate_event_or_waiver_is_known_from_its_day_on(days: int, is_known: bool):
    as_of = FAR + dt.timedelta(days=days)
    passed, waiver = GateEntry(FAR, version=1), GateEntry(waived_reason="并入", waived_on=FAR, version=1)
    event = GateEntry(FAR, source="报道")
    assert known({"a": passed}, {}, as_of) == ({"a": passed} if is_known else {})
    assert known({"a": waiver}, {}, as_of) == ({"a": waiver} if is_known else {})
    assert known({}, {"a": event}, as_of) == ({"a": event} if is_known else {})


def test_the_register_stands_above_an_event_and_an_event_above_a_waiver():
    passed, event = GateEntry(FAR, version=1), GateEntry(FAR, source="报道")
    waiver = GateEntry(waived_reason="并入", version=1)
    assert known({"a": passed}, {"a": event}, FAR) == {"a": passed}
    assert known({"a": waiver}, {"a": event}, FAR) == {"a": event}
    assert known({"a": waiver}, {}, FAR) == {"a": waiver}
    assert known({"a": GateEntry(version=1)}, {"b": GateEntry(source="报道")}, FAR) == {}
    planned = GateEntry(FAR + dt.timedelta(days=9), version=1)
    assert known({"a": planned}, {"a": event}, FAR) == {"a": event}


def test_days_over_the_plan_are_told_where_both_days_are_known_to_the_day():
    def over(entry: GateEntry, planned: dt.date | None) -> int | None:
        return GateRow(TWO.gates[0], "passed", entry, 1, planned, (), ()).overdue_days

    assert over(GateEntry(FAR), FAR) == 0
    assert over(GateEntry(FAR), FAR - dt.timedelta(days=3)) == 3
    assert over(GateEntry(FAR), FAR + dt.timedelta(days=3)) == -3
    assert over(GateEntry(FAR, "month"), FAR) is None
    assert over(GateEntry(FAR), None) is None
    assert over(GateEntry(), FAR) is None


def test_a_record_says_whether_the_register_holds_it():
    assert GateEntry(FAR, version=0).record == GateRecord(FAR)
    assert GateEntry(FAR, source="报道").record == GateRecord(FAR, registered=False)


# --- the template -------------------------------------------------------------------------------------------


def test_a_template_with_a_clock_of_days_or_of_months_alone_is_whole():
    gates = (GateSpec("a", "甲", "A"), GateSpec("b", "乙", "B", ("a",)))
    for length in ({"days": 1}, {"months": 1}):
        Template(gates, (), (Clock("G-9", "x", "a", "b", **length),))
    with pytest.raises(ValueError, match=r"a clock without a length: G-9$"):
        Template(gates, (), (Clock("G-9", "x", "a", "b"), Clock("G-10", "x", "a", "b", days=1)))
    with pytest.raises(ValueError, match=r"an edge without needs: G-2$"):
        Template(gates, (Edge("G-1", "x", "b", ("a",), Law("x", 1)), Edge("G-2", "x", "b", (), Law("x", 1))))
    with pytest.raises(ValueError, match=r"named twice: a$"):
        Template((*gates, GateSpec("a", "甲", "A")))
    with pytest.raises(ValueError, match=r"listed before what it follows: a$"):
        Template((GateSpec("a", "甲", "A", ("b",)), GateSpec("b", "乙", "B")))
    with pytest.raises(ValueError, match=r"used twice: G-1$"):
        Template(gates, tuple(Edge(rule, "x", "b", ("a",), Law("x", 1)) for rule in ("G-1", "G-1", "G-2")))
