"""The track record at its limits: stages, leads, bins and closed months. Rule S-19 of docs/rules/slippage.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from projects.verdicts.facts.curve import PlanCurve
from projects.verdicts.forecast.backtest import replay, target_rows, was_reached
from projects.verdicts.forecast.forecast import look_ahead
from projects.verdicts.forecast.reference import Finished, Reference
from projects.verdicts.track_record.months import Filed, History, closed_before, finished_projects, replay_months
from projects.verdicts.track_record.page import RecordPage, figures
from projects.verdicts.track_record.scores import (
    FinishForecast,
    TargetForecast,
    per_project,
    reliability,
    track_record,
)

START = dt.date(2021, 1, 1)
NOTHING = Reference((), "none")


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


LINE = PlanCurve(((day(0), 0.0), (day(100), 100.0)), "start_finish")


def finish(percent: float = 10.0, actual: int | None = 200, project: str = "a", **days: int) -> FinishForecast:
    own = {"planned": 100, "p10": 90, "p50": 150, "p90": 210, "plain": 180} | days
    return FinishForecast(
        project, day(10), percent, day(0), *(day(own[name]) for name in own), None if actual is None else day(actual)
    )


def target(chance: float, lead: float = 0.05, met: bool | None = True, project: str = "a") -> TargetForecast:
    return TargetForecast(project, day(10), 50.0, day(20), chance, lead, met)


@pytest.mark.parametrize(
    ("percent", "stage"),
    [(29.99, "early"), (30.0, "mid"), (69.99, "mid"), (70.0, "late"), (99.0, "late")],
)
def test_s19_early_is_below_thirty_percent_and_late_from_seventy_on(percent: float, stage: str):
    record = track_record([finish(percent)], [])
    assert set(record.error) == {stage, "all"}
    assert record.error["all"] == 25  # fifty days of two hundred
    assert (record.plain_error["all"], record.plan_error["all"]) == (10, 50)
    assert record.width == pytest.approx(1.2)


@pytest.mark.parametrize(("actual", "covered"), [(89, 0), (90, 100), (210, 100), (211, 0)])
def test_s19_the_finish_lies_within_p10_to_p90_on_its_very_days(actual: int, covered: float):
    assert track_record([finish(actual=actual)], []).coverage["all"] == covered


def test_s19_what_has_not_come_or_came_on_the_first_day_is_not_scored():
    record = track_record([finish(actual=None), finish(actual=0), finish(actual=1)], [])
    assert (record.finishes, record.finished) == (1, 1)
    assert track_record([], []).width is None
    assert track_record([finish(planned=0)], []).width == 120


@pytest.mark.parametrize(
    ("lead", "part"),
    [
        (0.0, None),
        (0.0999, "<10%"),
        (0.1, "10-25%"),
        (0.2499, "10-25%"),
        (0.25, "25-60%"),
        (0.6, "25-60%"),
        (0.6001, None),
    ],
)
def test_s19_leads_below_a_tenth_a_quarter_and_up_to_six_tenths(lead: float, part: str | None):
    record = track_record([], [target(0.8, lead)])
    assert set(record.brier) == ({part} if part else set())
    assert record.targets == (1 if part else 0)


def test_s19_the_brier_score_is_the_mean_square_of_what_was_missed():
    said = track_record([], [target(0.8), target(0.6, met=False), target(0.5, met=None)])
    assert said.brier["<10%"] == pytest.approx((0.04 + 0.36) / 2)
    assert said.base["<10%"] == pytest.approx(0.25)
    assert (said.targets, said.projects) == (2, 1)
    by_project = track_record([], [target(1.0), target(1.0), target(0.0, project="b")])
    assert by_project.brier["<10%"] == pytest.approx(0.5)


@pytest.mark.parametrize(("chance", "low"), [(0.0, 0.0), (0.0999, 0.0), (0.1, 0.1), (0.95, 0.9), (1.0, 0.9)])
def test_s19_reliability_stands_in_ten_bins(chance: float, low: float):
    (one,) = reliability([target(chance)])
    assert (one.low, one.high, one.count, one.said, one.came) == (low, pytest.approx(low + 0.1), 1, chance, 1)


def test_s19_every_project_weighs_the_same():
    assert per_project([("a", 1.0), ("a", 3.0), ("b", 6.0)]) == 4
    assert per_project([]) is None


# --- replay -------------------------------------------------------------------------------------------------


def project(*reports: tuple[int, float], done: int | None = 120) -> Finished:
    return Finished(
        "a", LINE, tuple((day(at), percent) for at, percent in reports), dt.date.max if done is None else day(done)
    )


@pytest.mark.parametrize(
    ("at", "percent", "replayed"),
    [
        (0, 5.0, False),
        (1, 5.0, True),
        (50, 0.0, False),
        (50, 0.01, True),
        (50, 99.89, True),
        (50, 99.9, False),
        (119, 50.0, True),
        (120, 50.0, False),
    ],
)
def test_s19_a_status_day_with_something_done_and_something_left_is_replayed(at: int, percent: float, replayed: bool):
    assert len(list(replay(project((at, percent)), NOTHING))) == int(replayed)


def test_s19_earned_schedule_s_own_forecast_stands_beside():
    ((finished, targets),) = replay(project((50, 40.0)), NOTHING)
    assert finished.plain == day(110)
    assert (finished.planned, finished.actual) == (day(100), day(120))
    assert [(one.percent, one.due, one.lead) for one in targets] == [(75.0, day(75), 0.25)]
    ((open_one, _),) = replay(project((50, 40.0), done=None), NOTHING)
    assert open_one.actual is None


@pytest.mark.parametrize(
    ("at", "percent", "levels"), [(24, 24.0, [25, 50, 75]), (25, 24.0, [50, 75]), (24, 25.0, [50, 75]), (74, 75.0, [])]
)
def test_s19_planned_quarters_still_ahead_are_asked_for(at: int, percent: float, levels: list[int]):
    own = project((at, percent))
    ahead = look_ahead(LINE, own.reports, day(at), NOTHING)
    assert [one.percent for one in target_rows(own, ahead)] == levels


@pytest.mark.parametrize(
    ("level", "due", "reached"),
    [
        (50.0, 120, True),
        (50.0, 121, True),
        (100.0, 119, False),
        (20.0, 10, None),
        (20.0, 20, True),
        (20.1, 20, False),
        (30.0, 30, True),
        (30.1, 30, False),
        (40.0, 40, True),
    ],
)
def test_s19_whether_a_percent_was_reached_by_straight_lines(level: float, due: int, reached: bool | None):
    assert was_reached(project((20, 20.0), (40, 40.0)), level, day(due)) is reached


def test_s19_beyond_the_last_report_of_an_open_project_nothing_is_known():
    own = project((20, 20.0), (40, 40.0), done=None)
    assert [was_reached(own, 40.0, day(at)) for at in (39, 40, 41)] == [False, True, None]
    assert was_reached(own, 39.0, day(39)) is True


# --- closed months ------------------------------------------------------------------------------------------


def filed(approved: str, month: str, percent: float) -> Filed:
    first = dt.date.fromisoformat(f"{month}-01")
    return Filed(dt.date.fromisoformat(approved), first, first.replace(day=28), percent)


YEAR = PlanCurve(((dt.date(2021, 1, 1), 0.0), (dt.date(2021, 12, 31), 100.0)), "start_finish")


def history(*reports: Filed, finish: str | None = None, known: str | None = None, **values) -> History:
    own = {"key": "a", "curves": ((dt.date.min, YEAR),), "stops": (), "is_sample": False}
    days = [value and dt.date.fromisoformat(value) for value in (finish, known)]
    return History(filed=reports, finish=days[0], known_on=days[1], **(own | values))


def test_s19_a_month_is_closed_before_the_next_begins():
    assert closed_before(dt.date(2021, 12, 1)) == dt.date(2021, 11, 30)
    assert closed_before(dt.date(2021, 11, 30)) == dt.date(2021, 10, 31)


@pytest.mark.parametrize(
    ("on", "percents"),
    [("2021-05-04", []), ("2021-05-05", [10.0]), ("2021-05-20", [12.0]), ("2021-06-05", [12.0, 30.0])],
)
def test_s19_reports_are_seen_from_their_approval_with_their_newest_revision(on: str, percents: list[float]):
    own = history(
        filed("2021-05-05", "2021-04", 10.0), filed("2021-05-20", "2021-04", 12.0), filed("2021-06-05", "2021-05", 30.0)
    )
    assert [percent for _, percent in own.seen(dt.date.fromisoformat(on))] == percents


def test_s19_a_finish_is_known_from_its_day_of_knowing_and_teaches_in_days_of_work():
    own = history(
        filed("2021-05-05", "2021-04", 30.0),
        finish="2022-02-01",
        known="2022-02-05",
        stops=((dt.date(2021, 6, 1), dt.date(2021, 7, 1)),),
    )
    assert own.finished(dt.date(2022, 2, 4)).finish == dt.date.max
    assert own.finished(dt.date(2022, 2, 5)).finish == dt.date(2022, 2, 1)
    assert own.worked(dt.date(2022, 2, 4)) is None
    assert own.worked(dt.date(2022, 2, 5)).finish == dt.date(2022, 1, 2)
    assert own.planned(dt.date(2022, 2, 5)).finish == dt.date(2022, 1, 30)
    planless = replace(own, curves=((dt.date(2021, 3, 1), YEAR),))
    assert planless.as_planned(dt.date(2021, 2, 28)) is None
    assert planless.as_planned(dt.date(2021, 3, 1)) == YEAR
    assert planless.finished(dt.date(2021, 2, 28)) is None
    assert planless.ahead(dt.date(2021, 2, 28), NOTHING) is None


def test_s18_the_newest_finished_projects_that_are_no_samples():
    done = [
        history(filed("2021-05-05", "2021-04", 30.0), finish=f"2022-0{n}-01", known="2022-06-01", key=str(n))
        for n in (1, 2, 3)
    ]
    sample = replace(done[2], is_sample=True, key="s")
    found = finished_projects([*done, sample], dt.date(2022, 6, 1), 2)
    assert [one.key for one in found] == ["3", "2"]
    assert finished_projects(done, dt.date(2022, 5, 31), 2) == []


def test_s19_closed_months_with_a_new_report_are_replayed_and_of_too_many_every_second():
    own = history(*(filed(f"2021-{month + 1:02}-05", f"2021-{month:02}", 8.0 * month) for month in range(1, 7)))

    def months(known: str, most: int = 4000) -> list[int]:
        return [one.on.month for one, _ in replay_months([own], lambda _: NOTHING, dt.date.fromisoformat(known), most)]

    assert months("2021-07-31") == [2, 3, 4, 5, 6, 7]
    assert months("2021-07-30") == [2, 3, 4, 5, 6]
    assert months("2021-07-31", 6) == [2, 3, 4, 5, 6, 7]
    assert months("2021-07-31", 5) == [2, 4, 6]
    assert months("2021-07-31", 2) == [2, 5]
    late = history(
        filed("2021-02-05", "2021-01", 99.9), filed("2021-03-05", "2021-02", 0.0), filed("2021-04-05", "2021-03", 99.8)
    )
    assert [one.on.month for one, _ in replay_months([late], lambda _: NOTHING, dt.date(2021, 12, 31))] == [4]


def test_s19_a_page_says_whose_figures_it_goes_by():
    few, many = (track_record([finish(project=str(n)) for n in range(count)], []) for count in (9, 10))
    empty = track_record([], [])
    page = RecordPage(day(0), few, 1, 1, 1, False, many, "x")
    assert (page.is_thin, replace(page, own=many).is_thin) == (True, False)
    assert "真实完工项目" in str(page.summary())
    assert "本单位已完工项目" in str(replace(page, own=many).summary())
    assert list(replace(page, own=empty).records) == ["real"]
    assert list(replace(page, own=track_record([], [target(0.5)])).records) == ["own", "real"]
    shown = {
        (one.group, one.what, one.part): one.value
        for one in figures(replace(page, own=track_record([finish()], [target(0.8)])))
    }
    assert shown["本单位项目", "80% 区间宽度 (占计划工期)", "全部"] == pytest.approx(120)
    assert shown["本单位项目", "平均推算概率", "80%–90%"] == pytest.approx(80)
    assert shown["本单位项目", "实际达到比例", "80%–90%"] == 100
    assert shown["本单位项目", "推算次数", "80%–90%"] == 1
    assert ("真实完工项目", "平均推算概率", "80%–90%") not in shown
