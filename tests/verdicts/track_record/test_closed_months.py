"""Closed months made again, and their scores, at the limit itself. Rule S-19 of docs/rules/slippage.md."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from lots import QUARTERS, day
from pins import pinned

from projects.verdicts.facts.curve import PlanCurve, from_dated_percents
from projects.verdicts.forecast.reference import Reference
from projects.verdicts.track_record.months import Filed, History, finished_projects, replay_months
from projects.verdicts.track_record.scores import Ended, FinishForecast, TargetForecast, reliability, track_record

NOTHING = Reference((), "none")
LINE = PlanCurve(((day(0), 0.0), (day(364), 100.0)), "start_finish")
LATER = dt.date(2023, 12, 31)


def filed(month: int, percent: float, *, approved: dt.date | None = None) -> Filed:
    first = dt.date(2021, month, 1)
    return Filed(approved or first.replace(day=28), first, first.replace(day=25), percent)


def history(*reports: Filed, **values) -> History:
    own = {
        "key": "a", "curves": ((dt.date.min, LINE),), "stops": (), "finish": None, "known_on": None, "is_sample": False,
    }  # fmt: skip
    return History(filed=reports, **(own | values))


def months(*histories: History, known: dt.date = LATER, most: int = 4000) -> list[str]:
    return [str(one.on) for one, _ in replay_months(histories, lambda _: NOTHING, known, most)]


@pytest.mark.parametrize(
    ("percent", "replayed"), [(0.0, False), (0.01, True), (0.5, True), (99.89, True), (99.9, False), (100.0, False)]
)
def test_s19_a_month_with_something_done_and_something_left_is_replayed(percent: float, replayed: bool):
    assert months(history(filed(3, percent))) == (["2021-03-31"] if replayed else [])


@pytest.mark.parametrize(("start", "replayed"), [(30, True), (31, False), (32, False)])
def test_s19_a_month_that_ends_after_the_plan_s_start_is_replayed(start: int, replayed: bool):
    plan = PlanCurve(((dt.date(2021, 3, 1) + dt.timedelta(days=start - 1), 0.0), (day(364), 100.0)), "start_finish")
    assert bool(months(history(filed(3, 5.0), curves=((dt.date.min, plan),)))) == replayed


@pytest.mark.parametrize(("finish", "replayed"), [("2021-03-30", False), ("2021-03-31", False), ("2021-04-01", True)])
def test_s19_a_month_that_ends_before_the_finish_is_replayed(finish: str, replayed: bool):
    done = dt.date.fromisoformat(finish)
    assert bool(months(history(filed(3, 5.0), finish=done, known_on=done))) == replayed


def test_s19_a_month_is_replayed_once_it_is_closed_and_once_however_many_reports_it_approved():
    twice = history(filed(3, 5.0), filed(2, 4.0, approved=dt.date(2021, 3, 1)))
    assert months(twice, known=dt.date(2021, 3, 31)) == ["2021-03-31"]
    assert months(twice, known=dt.date(2021, 3, 30)) == []
    assert months(history(filed(3, 5.0), curves=())) == []


@pytest.mark.parametrize(("count", "replayed"), [(3999, 3999), (4000, 4000), (4001, 2001), (8000, 4000), (8001, 2667)])
def test_s19_a_page_replays_at_most_4000_forecasts(count: int, replayed: int):
    asked = []
    planless = history(filed(3, 5.0), curves=())
    assert list(replay_months([planless] * count, lambda on: asked.append(on) or NOTHING, LATER)) == []
    assert len(asked) == replayed


def test_s18_a_finish_teaches_from_the_day_it_was_known_the_newest_first():
    def done(key: str, finish: int, known: int, **values) -> History:
        return history(filed(3, 50.0), key=key, finish=day(finish), known_on=day(known), **values)

    some = [done("b", 300, 310), done("a", 300, 310), done("c", 301, 320), done("s", 305, 305, is_sample=True)]
    assert [one.key for one in finished_projects(some, day(310), 9)] == ["b", "a"]
    assert [one.key for one in finished_projects(some, day(309), 9)] == []
    assert [one.key for one in finished_projects(some, day(320), 2)] == ["c", "b"]
    assert finished_projects([done("d", 300, 310, curves=())], day(400), 9) == []
    assert finished_projects([history(filed(3, 50.0), finish=day(300))], day(400), 9) == []


# --- scores -----------------------------------------------------------------------------------------------------------


def forecast(percent: float = 10.0, **days: int) -> FinishForecast:
    own = {"planned": 100, "p10": 90, "p50": 150, "p90": 210, "plain": 180, "actual": 200} | days
    return FinishForecast("a", day(10), percent, day(0), *(day(own[name]) for name in own))


@pytest.mark.parametrize(
    ("percent", "stage"),
    [(0.0, "early"), (0.5, "early"), (70.0, "late"), (99.99, "late"), (100.0, None), (100.5, None)],
)
def test_s19_stages_begin_at_nought_and_end_before_all_is_done(percent: float, stage: str | None):
    assert set(track_record([forecast(percent)], []).coverage) == {"all", *([stage] if stage else [])}


def test_s19_error_is_a_percent_of_the_actual_duration_either_way():
    made = Ended(forecast(), day(200))
    assert [made.off(day(at)) for at in (190, 200, 210)] == [5, 0, 5]
    assert made.width == 1.2
    assert track_record([forecast(actual=1)], []).error["all"] == 14_900


def test_s19_the_base_rate_is_that_of_what_was_scored():
    said = [TargetForecast("a", day(1), 50.0, day(9), 0.5, 0.05, met) for met in (True, True, True, False, None)]
    made = track_record([], said)
    assert made.base["<10%"] == pytest.approx(0.75 * 0.25)
    assert (made.targets, made.projects, made.finishes) == (4, 1, 0)
    assert track_record([], []).base == {}
    assert [one.count for one in reliability(said, 2)] == [5]


def test_s19_closed_months_drawn_by_lot():
    lot = random.Random(61)
    plans = (LINE, from_dated_percents(QUARTERS), None)
    histories = []
    for number in range(30):
        percent, reports = 0.0, []
        for month in range(1, lot.choice((3, 6, 10))):
            percent = min(100.0, percent + lot.choice((0, 5, 10, 20)))
            approved = dt.date(2021, month, 28) + dt.timedelta(days=lot.choice((0, 5, 40)))
            reports.append(filed(month, percent, approved=approved))
        reports.sort(key=lambda one: one.approved_on)
        finish = lot.choice((None, day(240), day(333), day(400)))
        begun = day(30 * lot.randrange(1, 9))
        stops = lot.choice(((), (), ((begun, lot.choice((None, begun + dt.timedelta(days=30)))),)))
        curves = tuple((since, lot.choice(plans)) for since in (dt.date.min, day(100))[: lot.choice((1, 1, 2))])
        known = finish and finish + dt.timedelta(days=20)
        histories.append(history(*reports, key=f"p{number}", curves=curves, stops=stops, finish=finish, known_on=known))
    made = list(replay_months(histories, lambda _: NOTHING, dt.date(2022, 1, 31), 100))
    answers = [
        f"{one.project} {one.on} {one.percent:g} {one.planned} {one.p10} {one.p50} {one.p90} {one.plain} {one.actual} "
        + " ".join(f"{each.percent:g} {each.due} {each.probability:.4f} {each.was_met}" for each in targets)
        for one, targets in made
    ]
    answers += [
        f"{one.key} {one.finish} {[(str(on), percent) for on, percent in one.reports]} {one.curve.finish}"
        for one in finished_projects(histories, dt.date(2022, 1, 31), 12)
    ]
    record = track_record([one for one, _ in made], [each for _, targets in made for each in targets])
    for name in ("error", "plain_error", "plan_error", "coverage", "brier", "base"):
        answers.append(f"{name} " + " ".join(f"{key} {value:.4f}" for key, value in getattr(record, name).items()))
    answers.append(f"{record.finishes} {record.finished} {record.targets} {record.projects} {record.width:.4f}")
    answers += [f"{one.low:g} {one.high:g} {one.count} {one.said:.4f} {one.came:.4f}" for one in record.bins]
    pinned("verdicts_track_record", answers)
