"""Rules S-16 to S-18: the reference class, its residuals, and what they must not do."""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import replace

import pytest

from projects.verdicts.facts.curve import PlanCurve, from_dated_percents
from projects.verdicts.forecast.backtest import replay
from projects.verdicts.forecast.extract import FILE, packaged_reference, read_reference
from projects.verdicts.forecast.forecast import look_ahead
from projects.verdicts.forecast.own import packed, with_own
from projects.verdicts.forecast.reference import Finished, Member, Reference, crossing, member_of, members_of
from projects.verdicts.forecast.residuals import LEVELS, WAY, lowest, pooled
from projects.verdicts.track_record.scores import track_record

START = dt.date(2021, 1, 1)


def day(number: float) -> dt.date:
    return START + dt.timedelta(days=round(number))


QUARTERS = from_dated_percents([(day(0), 0.0), (day(90), 25.0), (day(180), 50.0), (day(270), 75.0), (day(360), 100.0)])


def drawn(key: str, pace: float, *, noise: random.Random | None = None) -> Finished:
    """A project that needs `pace` times as long as planned, reported every thirty days, perhaps with some wobble."""
    wobble = [0.0] + [noise.gauss(0, 4) if noise else 0.0 for _ in range(100)]
    total = 360 * pace
    reports, best = [], 0.0
    for index in range(1, int(total // 30)):
        best = max(best, min(99.0, 100 * index * 30 / total + wobble[index]))
        reports.append((day(index * 30), best))
    return Finished(key, QUARTERS, tuple(reports), day(total))


def class_of(*paces: float) -> Reference:
    return Reference(tuple(member_of(drawn(f"p{index}", pace)) for index, pace in enumerate(paces)), "drawn")


def test_a_project_that_went_as_planned_leaves_hardly_a_residual():
    member = member_of(drawn("even", 1.0))
    assert max(map(abs, member.way)) < 0.02
    assert max(map(abs, member.finish)) < 0.2  # the tail is expected longer than its 18 days
    assert member.step == 25, "its plan is dated by quarters"


def test_a_project_that_took_longer_leaves_residuals_above_nought():
    assert min(member_of(drawn("slow", 1.5)).way) > 0.2
    assert max(member_of(drawn("fast", 0.8)).way) < 0


def test_every_project_weighs_the_same_however_often_it_was_reported_on():
    often, once = Member("often", (0.2,) * 99, ()), Member("once", (-0.1,), ())
    table = pooled([often.way, once.way], WAY)
    assert table[0] == pytest.approx(-0.1)
    assert table[-1] == pytest.approx(0.2)
    assert table[len(LEVELS) // 3] < 0.15, "a hundred reports of one project would hide the other"


def test_no_residual_is_so_low_that_progress_could_worsen_a_forecast():
    assert min(pooled([(-2.0, -1.0, 0.0)], WAY)) == lowest(0.0, WAY) == pytest.approx(-0.2)
    assert lowest(0.5, WAY) > lowest(0.1, WAY) > lowest(0.0, WAY), "the more the class drifts, the more of it fades"
    assert lowest(0.5, WAY, 0.5) < lowest(0.5, WAY), "of a larger class less is taken off"
    assert pooled([], WAY) == [0.0] * len(LEVELS)


def test_leaving_a_project_out_removes_it_and_nothing_else():
    whole = packaged_reference()
    keys = {member.key for member in whole.members}
    assert len(keys) == 14
    less = whole.without("C2013-04")
    assert {member.key for member in less.members} == keys - {"C2013-04"}
    assert whole.without("unheard") == whole


def test_own_finished_projects_blend_in_as_they_come():
    """S-18: each counts like one project of the packaged class; unfinished ones without residuals don't."""
    whole = packaged_reference()
    assert whole.blended([]) is whole
    blended = whole.blended([drawn(f"own{index}", 2.0) for index in range(14)])
    assert blended.name == "DSLIB-14+14"
    assert len({member.key for member in blended.members}) == 28
    stand_days = [next(iter(replay(drawn("new", 1.0), one)))[0].p50 for one in (whole, blended)]
    assert stand_days[0] < stand_days[1], "slow projects of one's own make forecasts later"


def test_the_packaged_file_names_its_source_and_holds_no_dates():
    text = FILE.read_text(encoding="utf-8")
    assert "Batselier & Vanhoucke" in text
    assert not re.search(r"[12][09]\d\d-\d\d-\d\d", text)
    assert read_reference(FILE) == packaged_reference()


def test_a_percent_is_crossed_between_reports():
    reports = [(day(30), 10.0), (day(60), 30.0)]
    assert crossing(reports, day(0), day(90), 20.0) == day(45).toordinal()
    assert crossing(reports, day(0), day(90), 5.0) == day(15).toordinal()
    assert crossing(reports, day(0), day(90), 100.0) == day(90).toordinal()


# --- coarse plans (S-18) ----------------------------------------------------------------------------------------------


def full(count: int) -> PlanCurve:
    """An S-shaped plan over 400 days with so many dated points on the way."""
    points = [
        (day(400 * index / (count + 1)), 100 * (3 * u**2 - 2 * u**3))
        for index in range(count + 2)
        for u in [index / (count + 1)]
    ]
    return PlanCurve(tuple(points), "dated_percentages")


@pytest.mark.parametrize(("count", "step"), [(0, 100), (2, 25), (3, 25), (9, 10), (30, 5)])
def test_s18_a_plan_is_as_coarse_as_its_longest_stretch_without_a_dated_point(count: int, step: int):
    assert full(count).step == step


def test_s18_many_percents_planned_within_a_few_days_do_not_make_a_plan_coarse():
    steep = PlanCurve(
        (
            *full(30).points[:15],
            *((day(400 * u / 31), 100 * (3 * (u / 31) ** 2 - 2 * (u / 31) ** 3)) for u in range(16, 32)),
        ),
        "x",
    )
    assert steep.step == 5


def test_s18_what_a_project_teaches_of_coarser_plans_is_measured_on_its_plan_with_fewer_points():
    fine = replace(drawn("a", 1.3), curve=full(30))
    members = members_of(fine)
    assert [member.step for member in members] == [5, 10, 25, 100]
    assert members[3] == member_of(
        replace(fine, curve=PlanCurve((fine.curve.points[0], fine.curve.points[-1]), "start_finish"))
    )
    assert [member.step for member in members_of(drawn("b", 1.3))] == [25, 100], (
        "what a coarse plan would have said in detail nobody knows"
    )


def test_s18_the_range_of_a_coarse_plan_is_wider():
    """The packaged class, asked about one plan with all its points, with quarters, and with start and finish only."""
    curve = from_dated_percents([(day(360 * level / 100), float(level)) for level in range(0, 101, 5)])
    spans = [
        look_ahead(one, [(day(180), 50.0)], day(180), packaged_reference()).finish
        for one in (curve, curve.coarser(25), curve.coarser(100))
    ]
    widths = [(span.p90 - span.p10).days for span in spans]
    assert widths[0] * 1.2 < widths[1] < widths[2]


def test_s18_a_class_without_plans_so_coarse_answers_from_the_next_coarser_ones_else_from_the_coarsest():
    one = Reference((Member("a", (0.1,), (0.1,), 10), Member("b", (0.9,), (0.9,), 100)), "two")
    at = [
        look_ahead(plan, [(day(180), 50.0)], day(180), one).reached(60).p50
        for plan in (full(30), full(9), full(3), full(0))
    ]
    assert at[0] < at[2]
    alone = Reference((one.members[0],), "one")
    assert (
        look_ahead(full(0), [(day(180), 50.0)], day(180), alone).reached(75).p50
        > look_ahead(full(0), [(day(180), 50.0)], day(180), Reference((), "")).reached(75).p50
    )


def test_what_a_version_stores_comes_back_and_older_versions_count_as_quarters():
    own = members_of(drawn("own", 1.4))
    assert with_own(packaged_reference(), packed(own)) == packaged_reference().joined(own)
    older = [{key: value for key, value in row.items() if key != "step"} for row in packed(own[:1])]
    assert with_own(packaged_reference(), older) == packaged_reference().joined(own[:1])


# --- calibration, with a negative control -----------------------------------------------------------------------------


def coverage(reference: Reference, projects: list[Finished]) -> float:
    finishes = [finish for project in projects for finish, _ in replay(project, reference)]
    return track_record(finishes, []).coverage["all"]


def test_ranges_of_projects_like_the_class_cover_about_four_in_five():
    dice = random.Random(7)
    paces = [dice.lognormvariate(0.1, 0.2) for _ in range(160)]
    made = [drawn(f"p{index}", pace, noise=dice) for index, pace in enumerate(paces)]
    known, new = made[:80], made[80:]
    fitted = Reference(tuple(map(member_of, known)), "drawn")
    assert 70 <= coverage(fitted, new) <= 90
    biased = Reference(
        tuple(
            Member(one.key, tuple(z + 0.6 for z in one.way), tuple(z + 0.6 for z in one.finish))
            for one in fitted.members
        ),
        "biased",
    )
    assert coverage(biased, new) < 50, "the check would not notice a class that is wrong"
    narrow = Reference(
        tuple(
            Member(one.key, tuple(z / 8 for z in one.way), tuple(z / 8 for z in one.finish)) for one in fitted.members
        ),
        "narrow",
    )
    assert coverage(narrow, new) < 50
