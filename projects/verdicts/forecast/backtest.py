"""Forecasting projects as if each status day were today: nothing but the plan, what was reported by then, and the
reference class without the project.

Pure. Serves `projects backtest` and the portfolio's own track record.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Iterator

from projects.verdicts.forecast.forecast import Forecast, look_ahead
from projects.verdicts.forecast.reference import Finished, Reference
from projects.verdicts.track_record.scores import FinishForecast, TargetForecast

TARGETS = (25.0, 50.0, 75.0)


def replay(project: Finished, reference: Reference) -> Iterator[tuple[FinishForecast, list[TargetForecast]]]:
    """The forecasts made at each status day with something done and something left.

    `reference` must not hold the project itself.
    """
    curve = project.curve
    for day, percent in project.reports:
        if not 0 < percent < 99.9 or day <= curve.start or day >= project.finish:
            continue
        ahead = look_ahead(curve, project.reports, day, reference)
        if ahead is not None:
            yield finish_row(project, ahead), target_rows(project, ahead)


def finish_row(project: Finished, ahead: Forecast) -> FinishForecast:
    """A forecast of the finish beside earned schedule's own (S-4) and what came."""
    curve, stand, span = project.curve, ahead.stand, ahead.finish
    worked = ahead.curve
    plain = dt.date.fromordinal(
        math.ceil(stand.at + worked.finish.toordinal() - worked.earned(stand.percent)) + ahead.pauses.lost(ahead.as_of)
    )
    actual = None if project.finish == dt.date.max else project.finish
    return FinishForecast(
        project.key, ahead.as_of, stand.percent, curve.start, curve.finish, span.p10, span.p50, span.p90, plain, actual
    )


def target_rows(project: Finished, ahead: Forecast) -> list[TargetForecast]:
    """The probability that each planned 25, 50 and 75 % still ahead is reached on its planned day, beside what came."""
    found = []
    for level in TARGETS:
        due = project.curve.day_at(level)
        if ahead.stand.percent < level and due > ahead.as_of:
            lead = (due - ahead.as_of).days / ahead.stand.duration
            chance = ahead.probability(level, due)
            found.append(
                TargetForecast(project.key, ahead.as_of, level, due, chance, lead, was_reached(project, level, due))
            )
    return found


def was_reached(project: Finished, level: float, due: dt.date) -> bool | None:
    """Whether a percent was reached by a day, by straight lines between what was reported; None where that
    isn't known.
    """
    if due >= project.finish:
        return True
    points = [point for point in project.reports if point[0] < project.finish]
    if project.finish != dt.date.max:
        points.append((project.finish, 100.0))
    after = bisect_right([day for day, _ in points], due)
    if after == 0 or (after == len(points) and points[-1][0] < due):
        return None
    (left, low), (right, high) = points[after - 1], points[min(after, len(points) - 1)]
    share = (due - left).days / (right - left).days if right > left else 0.0
    return low + (high - low) * share >= level
