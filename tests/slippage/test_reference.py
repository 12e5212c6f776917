"""Rules S-16 to S-18: the reference class, its residuals, and what they must not do."""

from __future__ import annotations

import datetime as dt
import random
import re

import pytest

from projects.slippage.backtest import replay
from projects.slippage.curve import from_dated_percents
from projects.slippage.extract import FILE, packaged_reference, read_reference
from projects.slippage.reference import LEVELS, WAY, Finished, Member, Reference, crossing, lowest, member_of, pooled
from projects.slippage.track_record import track_record

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
    assert pooled([], WAY) == [0.0] * len(LEVELS)


def test_leaving_a_project_out_removes_it_and_nothing_else():
    whole = packaged_reference()
    assert len(whole.members) == 14
    less = whole.without(whole.members[3].key)
    assert len(less.members) == 13
    assert whole.without("unheard") == whole


def test_own_finished_projects_blend_in_as_they_come():
    """S-18: each counts like one project of the packaged class; unfinished ones without residuals don't."""
    whole = packaged_reference()
    assert whole.blended([]) is whole
    blended = whole.blended([drawn(f"own{index}", 2.0) for index in range(14)])
    assert blended.name == "DSLIB-14+14"
    assert len(blended.members) == 28
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


# --- calibration, with a negative control -------------------------------------------------------------------------------------------


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
    biased = Reference(tuple(Member(one.key, tuple(z + 0.6 for z in one.way), tuple(z + 0.6 for z in one.finish)) for one in fitted.members), "biased")
    assert coverage(biased, new) < 50, "the check would not notice a class that is wrong"
    narrow = Reference(tuple(Member(one.key, tuple(z / 8 for z in one.way), tuple(z / 8 for z in one.finish)) for one in fitted.members), "narrow")
    assert coverage(narrow, new) < 50
