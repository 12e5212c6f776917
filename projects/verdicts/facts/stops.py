"""A project whose works stood still: its plan moves by as long as they did, its promises stay (S-14). Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from projects.verdicts.facts.curve import StagePlan, suspended
from projects.verdicts.facts.facts import ProjectFacts
from projects.verdicts.facts.pauses import Pauses, Spans


def with_stops(facts: ProjectFacts, spans: Spans, as_of: dt.date, expected_on: dt.date | None = None) -> ProjectFacts:
    """`facts` with the plan as it stands after the suspensions (from, until; None: still standing) known on a day;
    before the plan begins nothing is lost.

    Works that stand still do so until the day on which they are expected to go on, where that is not past.
    """
    pauses = Pauses.of(spans, as_of, facts.curve.start if facts.curve else dt.date.min, expected_on)
    stages = tuple(
        StagePlan(one.key, one.weight, _moved(pauses, one.start), _moved(pauses, one.finish)) for one in facts.stages
    )
    gate_plans = {key: pauses.moved(day) for key, day in facts.gate_plans.items()}
    curve = suspended(facts.curve, pauses.spans, pauses.resumes_on or as_of) if facts.curve else None
    return replace(
        facts,
        curve=curve,
        as_planned=facts.curve,
        stages=stages,
        gate_plans=gate_plans,
        stops=tuple(spans),
        pauses=pauses,
    )


def _moved(pauses: Pauses, day: dt.date | None) -> dt.date | None:
    return pauses.moved(day) if day else None
