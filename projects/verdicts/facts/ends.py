"""A project that will not be built, or that was put away: what came after it was dropped is no progress, and no report
is expected of it any more (S-27). Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from projects.core.month import month_end
from projects.register.projects.ends import End, ended_since
from projects.verdicts.facts.facts import DataVerdict, ProjectFacts, WorksVerdict


def with_ends(facts: ProjectFacts, ends: Iterable[End], as_of: dt.date) -> ProjectFacts:
    """`facts` of a project as it was dropped or archived on a day: of one that was dropped without what came later. The
    report of the month in which it was dropped still counts.
    """
    known = tuple(ends)
    dropped_on, archived_on = (ended_since(known, kind, as_of) for kind in ("dropped", "archived"))
    if dropped_on:
        last = month_end(dropped_on)
        seen = tuple(one for one in facts.observations if one.on <= (last if one.is_report else dropped_on))
        gates = {key: gate for key, gate in facts.gates.items() if gate.on <= dropped_on}
        facts = replace(facts, observations=seen, gates=gates)
    return replace(facts, dropped_on=dropped_on, archived_on=archived_on)


def as_ended(
    facts: ProjectFacts, works: WorksVerdict, data: DataVerdict, as_of: dt.date
) -> tuple[WorksVerdict, DataVerdict]:
    """The answers about works and data of a project that was dropped or archived: dropped works are neither on plan nor
    behind it, and where nothing further is expected nothing falls silent.
    """
    if facts.dropped_on:
        works = WorksVerdict("dropped", (as_of - facts.dropped_on).days)
    return works, DataVerdict("ended", data.since, data.age)
