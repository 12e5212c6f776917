"""A project whose works stood still: its plan moves by as long as they did, its promises stay (S-14). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from projects.slippage.curve import suspended
from projects.slippage.facts import ProjectFacts

Spans = Sequence[tuple[dt.date, dt.date | None]]


def with_stops(facts: ProjectFacts, spans: Spans, as_of: dt.date) -> ProjectFacts:
    """`facts` with the plan as it stands after the suspensions (from, until; None: still standing) known on a day."""
    stages = tuple(replace(one, start=moved(one.start, spans, as_of), finish=moved(one.finish, spans, as_of)) for one in facts.stages)
    gate_plans = {key: moved(day, spans, as_of) or day for key, day in facts.gate_plans.items()}
    curve = suspended(facts.curve, spans, as_of) if facts.curve else None
    return replace(facts, curve=curve, stages=stages, gate_plans=gate_plans, stops=tuple(spans))


def moved(day: dt.date | None, spans: Spans, as_of: dt.date) -> dt.date | None:
    """A planned day after the suspensions that began before it."""
    for begun, until in sorted(spans, key=lambda span: span[0]):
        last = min(until or as_of, as_of)
        if day is not None and begun < day and begun < last:
            day += last - begun
    return day
