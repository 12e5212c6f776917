"""The forecasts of closed months made again: each sees what was approved by the end of its month, with the newest
revisions up to then. Rule S-19. Pure.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from projects.core.month import month_end, month_of
from projects.verdicts.facts.curve import PlanCurve, suspended
from projects.verdicts.facts.pauses import Pauses
from projects.verdicts.facts.works import newest_revisions
from projects.verdicts.forecast.backtest import finish_row, target_rows
from projects.verdicts.forecast.forecast import Forecast, look_ahead
from projects.verdicts.forecast.reference import Finished, Reference
from projects.verdicts.track_record.scores import FinishForecast, TargetForecast

MOST = 4000  # forecasts a page replays; of more, every second or third month is taken


@dataclass(frozen=True)
class Filed:
    """An approved revision of a month's report: what it says, and since when it is known."""

    approved_on: dt.date
    month: dt.date
    data_on: dt.date
    percent: float


@dataclass(frozen=True)
class History:
    """A project: its plan since each day it changed, suspensions (from, until), approved reports in order of approval
    and revision, its finish and when that was known.
    """

    key: str
    curves: tuple[tuple[dt.date, PlanCurve | None], ...]
    stops: tuple[tuple[dt.date, dt.date | None], ...]
    filed: tuple[Filed, ...]
    finish: dt.date | None
    known_on: dt.date | None
    is_sample: bool

    def seen(self, on: dt.date) -> tuple[tuple[dt.date, float], ...]:
        """The reports (day, percent) as they stood on a day."""
        return tuple(sorted((one.data_on, one.percent) for one in newest_revisions(self.filed, on).values()))

    def as_planned(self, on: dt.date) -> PlanCurve | None:
        """The plan as it stood on a day, before suspensions moved it; None where there was none."""
        return next((curve for since, curve in reversed(self.curves) if since <= on), None)

    def planned(self, on: dt.date) -> PlanCurve | None:
        """The plan as it stood on a day, moved by the suspensions; None where there was none."""
        curve = self.as_planned(on)
        return curve and suspended(curve, self.stops, on)

    def ahead(self, on: dt.date, reference: Reference) -> Forecast | None:
        """The forecast that was made on a day; None without plan or report by then."""
        curve = self.as_planned(on)
        return (
            look_ahead(curve, self.seen(on), on, reference, Pauses.of(self.stops, on, curve.start)) if curve else None
        )

    def finished(self, on: dt.date) -> Finished | None:
        """The project as known on a day; its finish is the latest date there is while it isn't known.

        None where nothing was planned.
        """
        curve = self.planned(on)
        done = self.finish if self.finish and self.known_on and self.known_on <= on else dt.date.max
        return Finished(self.key, curve, self.seen(on), done) if curve else None

    def worked(self, on: dt.date) -> Finished | None:
        """The project as known on a day, in days of work: what it teaches others; None while it isn't finished, and
        where nothing was planned.
        """
        curve, done = self.as_planned(on), self.finished(on)
        if curve is None or done is None or done.finish == dt.date.max:
            return None
        pauses = Pauses.of(self.stops, on, curve.start)
        return Finished(
            self.key,
            curve,
            tuple((pauses.worked(day), percent) for day, percent in done.reports),
            pauses.worked(done.finish),
        )


def closed_before(day: dt.date) -> dt.date:
    """The last day of the last closed month."""
    return month_of(day) - dt.timedelta(days=1)


def finished_projects(histories: Iterable[History], known: dt.date, most: int) -> list[Finished]:
    """The newest finished projects of the portfolio that are no samples, for the reference class."""
    done = [one.worked(known) for one in histories if not one.is_sample]
    return sorted([one for one in done if one], key=lambda one: (one.finish, one.key), reverse=True)[:most]


def replay_months(
    histories: Sequence[History], reference: Callable[[dt.date], Reference], known: dt.date, most: int = MOST
) -> Iterator[tuple[FinishForecast, list[TargetForecast]]]:
    """The forecasts of all closed months with a new report, beside what is known of their outcome at the end of the
    last one.
    """
    due = [(one, end) for one in histories for end in _ends(one, known)]
    step = max(1, math.ceil(len(due) / most))
    outcomes = {id(one): one.finished(known) for one in histories}
    for history, end in due[::step]:
        outcome, ahead = outcomes[id(history)], history.ahead(end, reference(end))
        if ahead and outcome and 0 < ahead.stand.percent < 99.9 and ahead.curve.start < end < outcome.finish:
            yield finish_row(outcome, ahead), target_rows(outcome, ahead)


def _ends(history: History, known: dt.date) -> list[dt.date]:
    """The ends of the closed months in which something was approved."""
    return [end for end in sorted({month_end(one.approved_on) for one in history.filed}) if end <= known]
