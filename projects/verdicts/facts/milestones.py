"""When a milestone of a plan was reached. Rule GA-6 of docs/rules/gantt.md; the project's page and every Gantt ask
here. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from projects.verdicts.facts.facts import DatedFigure
from projects.verdicts.facts.works import DONE


class Attained(NamedTuple):
    """Whether a milestone is reached, and on which day; None where nobody recorded it."""

    is_done: bool
    on: dt.date | None


def attained(
    recorded: dt.date | None, fulfilled: dt.date | None, crossed: dt.date | None, first: dt.date | None, as_of: dt.date
) -> Attained:
    """A milestone as of a day, by its `recorded` day, else the day that `fulfilled` it (its gate's; for 0 % and 100 %
    the project's start and finish), else that of the first report that came to its percent (`crossed`).

    What the project's `first` report found done was done on an unknown day before.
    """
    day = recorded if recorded and recorded <= as_of else fulfilled
    if day or crossed is None:
        return Attained(day is not None, day)
    return Attained(is_done=True, on=None if crossed == first else crossed)


def fulfilled(
    percent: float | None,
    gate_on: dt.date | None,
    ends: Mapping[float | None, dt.date | None],
) -> dt.date | None:
    """The day of a milestone's gate, else of the end of the project (`ends` by their percent) that it stands for."""
    return gate_on or ends.get(percent)


def first_at(percent: float | None, reported: Iterable[DatedFigure]) -> dt.date | None:
    """The day of the first report that came to a percent on the way; the Gantt asks the database for the same."""
    if percent is None or not 0 < percent < DONE:
        return None
    return next((one.on for one in reported if one.value >= percent), None)


def ends_of(start: dt.date | None, finish: dt.date | None) -> dict[float | None, dt.date | None]:
    """The days of a project's own ends by their percent."""
    return {0.0: start, DONE: finish}
