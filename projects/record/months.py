"""The forecasts of closed months made again: each sees what was approved by the end of its month, with the newest revisions up to then. Rule S-19. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from projects.core.month import month_end, month_of
from projects.slippage.backtest import finish_row, target_rows
from projects.slippage.curve import PlanCurve, suspended
from projects.slippage.forecast import look_ahead
from projects.slippage.reference import Finished, Reference
from projects.slippage.track_record import FinishForecast, TargetForecast

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
    """A project: its plan since each day it changed, suspensions (from, until), approved reports in order of approval and revision, its finish and when that was known."""

    key: str
    curves: tuple[tuple[dt.date, PlanCurve | None], ...]
    stops: tuple[tuple[dt.date, dt.date | None], ...]
    filed: tuple[Filed, ...]
    finish: dt.date | None
    known_on: dt.date | None
    is_sample: bool

    def seen(self, on: dt.date) -> tuple[tuple[dt.date, float], ...]:
        """The reports (day, percent) as they stood on a day."""
        newest = {one.month: (one.data_on, one.percent) for one in self.filed if one.approved_on <= on}
        return tuple(sorted(newest.values()))

    def planned(self, on: dt.date) -> PlanCurve | None:
        """The plan as it stood on a day, moved by the suspensions; None where there was none."""
        curve = next((curve for since, curve in reversed(self.curves) if since <= on), None)
        return curve and suspended(curve, self.stops, on)

    def finished(self, on: dt.date) -> Finished | None:
        """The project as known on a day; its finish is the latest date there is while it isn't known. None where nothing was planned."""
        curve = self.planned(on)
        done = self.finish if self.finish and self.known_on and self.known_on <= on else dt.date.max
        return Finished(self.key, curve, self.seen(on), done) if curve else None


def closed_before(day: dt.date) -> dt.date:
    """The last day of the last closed month."""
    return month_of(day) - dt.timedelta(days=1)


def finished_projects(histories: Iterable[History], known: dt.date, most: int) -> list[Finished]:
    """The newest finished projects of the portfolio that are no samples, for the reference class."""
    done = [one.finished(known) for one in histories if not one.is_sample]
    known_ends = [one for one in done if one and one.finish != dt.date.max]
    return sorted(known_ends, key=lambda one: (one.finish, one.key), reverse=True)[:most]


def replay_months(
    histories: Sequence[History], reference: Callable[[dt.date], Reference], known: dt.date, most: int = MOST
) -> Iterator[tuple[FinishForecast, list[TargetForecast]]]:
    """The forecasts of all closed months with a new report, beside what is known of their outcome at the end of the last one."""
    due = [(one, end) for one in histories for end in _ends(one, known)]
    step = max(1, math.ceil(len(due) / most))
    outcomes = {id(one): one.finished(known) for one in histories}
    for history, end in due[::step]:
        outcome, curve = outcomes[id(history)], history.planned(end)
        ahead = look_ahead(curve, history.seen(end), end, reference(end)) if curve else None
        if ahead and outcome and 0 < ahead.stand.percent < 99.9 and ahead.curve.start < end < outcome.finish:
            yield finish_row(outcome, ahead), target_rows(outcome, ahead)


def _ends(history: History, known: dt.date) -> list[dt.date]:
    """The ends of the closed months in which something was approved."""
    return [end for end in sorted({month_end(one.approved_on) for one in history.filed}) if end <= known]
