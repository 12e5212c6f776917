"""Have the works begun, are they done, and what did the newest report say? One home for each; verdicts, lights, charts
and the track record ask here.

Rules S-7 and S-12 of docs/rules/slippage.md, L-1 of docs/rules/lights.md. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from projects.core.vocabulary import GATE_MEASURES
from projects.verdicts.facts.facts import DatedFigure, GateFact, Observation

DONE = 100.0
# S-7: gates that can only be passed once every work stage is done, and the promises that they fulfil.
DONE_GATES = ("works_complete", "completion_acceptance", "in_use", "full_operation")
DONE_MEASURES = frozenset(measure for measure, gate in GATE_MEASURES.items() if gate in DONE_GATES)
BEFORE_WORKS = "preparation"  # the one stage that moves before the works begin
REPORT = "report"  # a gate's precision: proven by progress in a report, on whose day it counts


class Filed(Protocol):
    """An approved revision of a month's report."""

    @property
    def month(self) -> dt.date:
        """The month it speaks of."""

    @property
    def approved_on(self) -> dt.date:
        """The day from which it counts (S-20)."""


FiledT = TypeVar("FiledT", bound=Filed)


def newest_revisions(filed: Iterable[FiledT], as_of: dt.date) -> dict[dt.date, FiledT]:
    """S-20: of each month the newest revision approved by a day; `filed` with later revisions of a month behind earlier
    ones.
    """
    return {one.month: one for one in filed if one.approved_on <= as_of}


def is_done(percent: float | None) -> bool:
    """Whether a percent says that all is done."""
    return percent is not None and percent >= DONE


def reports_in(seen: Iterable[Observation]) -> list[Observation]:
    """The reports among what is known, which alone speak of the whole."""
    return [one for one in seen if one.overall is not None]


def overall_in(seen: Iterable[Observation]) -> list[DatedFigure]:
    """The overall percents among what is known."""
    return [DatedFigure(one.on, one.overall, one.is_sample) for one in seen if one.overall is not None]


def latest_overall(seen: Sequence[Observation]) -> DatedFigure | None:
    """The newest overall percent, None where there is none."""
    newest = next((one for one in reversed(seen) if one.overall is not None), None)
    return None if newest is None else overall_in([newest])[0]


def done_by_gate(gates: Mapping[str, GateFact]) -> GateFact | None:
    """S-7: the first of the gates passed that prove every stage done."""
    return min((gates[key] for key in DONE_GATES if key in gates), key=lambda gate: gate.on, default=None)


def done_by_report(reported: Sequence[DatedFigure]) -> DatedFigure | None:
    """S-7: the report that brought the whole to 100 %, where no later one took it back."""
    below = next((index for index in reversed(range(len(reported))) if reported[index].value < DONE), -1)
    return reported[below + 1] if below + 1 < len(reported) else None


def done_on(gates: Mapping[str, GateFact], reported: Sequence[DatedFigure]) -> dt.date | None:
    """S-12: the day on which the works were done, by a gate, else by the reports; None while they are not."""
    done = done_by_gate(gates) or done_by_report(reported)
    return done.on if done else None


def begun(gates: Mapping[str, GateFact], seen: Iterable[Observation]) -> GateFact | None:
    """S-7, L-1: the start as recorded, else proven by the first progress on any stage but the preparation."""
    return gates.get("start") or next(
        (
            GateFact(one.on, REPORT, one.is_sample)
            for one in seen
            if any(percent > 0 for key, percent in one.stages.items() if key != BEFORE_WORKS)
        ),
        None,
    )
