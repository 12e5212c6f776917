"""One home a fact: begun, done, the newest report, a gate in register and press, a milestone.

Rules S-7, S-12, S-20, L-1, G-6; each promise with a broken variant.
"""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest
from charts import drawn, promise

import projects
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import assess_project
from projects.verdicts.facts import works
from projects.verdicts.facts.assembly import StoredEvent, StoredReport, gates_passed, suspensions
from projects.verdicts.facts.facts import DatedFigure, GateFact, Observation
from projects.verdicts.facts.milestones import attained, ends_of, fulfilled
from projects.verdicts.facts.works import DONE_GATES, DONE_MEASURES, begun, done_on, newest_revisions

DAY = dt.date
PLAN = "0 25 50 75 100"  # 2021-01 … 2021-05
AFTER = DAY(2021, 8, 1)
ROOT = Path(projects.__file__).parent


def whole(gate: str):
    """A project at 90 % whose only completion gate is `gate`, three months after its planned finish."""
    facts = drawn("2021-01", plan=PLAN, reported="0 25 50 90", gates={gate: DAY(2021, 5, 10)})
    return facts, assess_project(facts, {}, AFTER)


@pytest.mark.parametrize("gate", DONE_GATES)
def test_s12_any_gate_that_needs_all_works_done_finishes_the_project(gate: str):
    facts, made = whole(gate)
    assert (made.actual_finish, made.forecast_finish) == (DAY(2021, 5, 10), None)
    assert (made.works.state, made.works.days) == ("finished", -21)
    measure = next(one for one in DONE_MEASURES if works.GATE_MEASURES[one] == gate)
    assert assess(promise(measure, None, "2021-05-31"), facts, AFTER).state == "met_early"


def test_s12_with_a_gate_forgotten_the_project_is_unfinished_while_its_promise_is_met(monkeypatch: pytest.MonkeyPatch):
    """The negative control: as it was for 整体运营 while the project's finish named three gates of its own."""
    monkeypatch.setattr(works, "DONE_GATES", DONE_GATES[:3])
    facts, made = whole("full_operation")
    assert (made.actual_finish, made.works.state) == (None, "ahead")
    assert assess(promise("full_operation", None, "2021-05-31"), facts, AFTER).state == "met_early"


def test_the_gates_that_end_the_works_are_listed_once():
    """Two of them side by side in another file are a copy that will forget one."""
    copies = [
        path
        for path in ROOT.rglob("*.py")
        if path.name != "vocabulary.py" and "samples" not in path.parts and _names_two(path)
    ]
    assert [path.relative_to(ROOT).as_posix() for path in copies] == ["verdicts/facts/works.py"]


def _names_two(path: Path) -> bool:
    """Whether a tuple, list or set of this file names both 投入使用 and another of the gates or their measures."""
    keys = {"works_complete", "completion_acceptance", "complete", "accept", "full_operation"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            words = {one.value for one in node.elts if isinstance(one, ast.Constant)}
            if "in_use" in words and words & keys:
                return True
    return False


def test_s12_a_report_of_all_done_counts_until_one_takes_it_back():
    def points(*values: float) -> list[DatedFigure]:
        return [DatedFigure(DAY(2021, month, 1), value) for month, value in enumerate(values, 1)]

    assert done_on({}, points(50, 100, 100)) == DAY(2021, 2, 1)
    assert done_on({}, points(50, 100, 90)) is None
    assert done_on({}, points(100, 90, 100)) == DAY(2021, 3, 1)
    assert done_on({}, []) is None
    assert done_on({"in_use": GateFact(DAY(2021, 6, 1))}, points(50, 100)) == DAY(2021, 6, 1)


@pytest.mark.parametrize("stage", ["foundation", "structure", "mep", "fit_out", "external"])
def test_s7_progress_on_any_stage_but_the_preparation_proves_the_start(stage: str):
    """A renovation has neither foundation nor structure: its lights said started, its promise said overdue."""
    seen = (Observation(DAY(2021, 2, 28), {"preparation": 100.0}), Observation(DAY(2021, 3, 31), {stage: 1.0}))
    assert begun({}, seen[:1]) is None
    assert begun({}, seen) == GateFact(DAY(2021, 3, 31), "report")
    assert begun({"start": GateFact(DAY(2021, 3, 5))}, seen) == GateFact(DAY(2021, 3, 5))


def event(day: DAY, **more: object) -> StoredEvent:
    told = {"gate_key": None, "stage_key": None, "percent": None, "effect": "", "precision": "day", "is_sample": False}
    return StoredEvent(project_id=1, happened_on=day, **told | more)


def test_the_register_stands_above_a_press_notice_and_of_several_notices_the_earliest_counts():
    events = [event(DAY(2021, 6, 1), gate_key="in_use"), event(DAY(2021, 5, 1), gate_key="in_use", precision="month")]
    assert gates_passed(events, [], AFTER) == {"in_use": GateFact(DAY(2021, 5, 1), "month")}
    assert gates_passed(events, [("in_use", DAY(2021, 7, 1), False)], AFTER) == {"in_use": GateFact(DAY(2021, 7, 1))}
    late = [("in_use", DAY(2021, 9, 1), False)]
    assert gates_passed(events, late, AFTER)["in_use"].on == DAY(2021, 5, 1)


def report(month: int, revision: int, approved: DAY) -> StoredReport:
    on = DAY(2021, month, 28)
    return StoredReport(revision, 1, DAY(2021, month, 1), on, approved, 10.0 * revision, None, False, None, "")


def test_s20_of_each_month_the_newest_revision_approved_by_then_counts():
    filed = [report(1, 1, DAY(2021, 2, 5)), report(1, 2, DAY(2021, 4, 1)), report(2, 3, DAY(2021, 3, 5))]
    assert [one.id for one in newest_revisions(filed, DAY(2021, 3, 31)).values()] == [1, 3]
    assert [one.id for one in newest_revisions(filed, DAY(2021, 4, 1)).values()] == [2, 3]
    assert newest_revisions(filed, DAY(2021, 2, 4)) == {}


def test_s14_works_that_stopped_and_went_on_within_a_day_go_on():
    """Newest first, as they are read; the other way round they stood still for good."""
    stop, resume = event(DAY(2021, 5, 1), effect="stop"), event(DAY(2021, 5, 1), effect="resume")
    assert suspensions([resume, stop]) == [(DAY(2021, 5, 1), DAY(2021, 5, 1))]
    assert suspensions([stop, resume]) == [(DAY(2021, 5, 1), None)]


def test_g6_a_milestone_is_reached_as_recorded_else_by_gate_or_end_else_by_the_first_report_that_came_to_it():
    recorded, gate, crossed, first = (DAY(2021, month, 1) for month in (3, 4, 5, 2))
    assert attained(recorded, gate, crossed, first, AFTER) == (True, recorded)
    assert attained(recorded, gate, crossed, first, DAY(2021, 2, 28)) == (True, gate)
    assert attained(None, None, crossed, first, AFTER) == (True, crossed)
    assert attained(None, None, first, first, AFTER) == (True, None)
    assert attained(None, None, None, first, AFTER) == (False, None)
    ends = ends_of(recorded, None)
    assert [fulfilled(percent, None, ends) for percent in (0.0, 50.0, 100.0, None)] == [recorded, None, None, None]
    assert fulfilled(None, gate, ends) == gate
