"""What a report would do to the project's promises, before it is filed: verdicts with and without it. Stores
nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from projects.core.month import month_of
from projects.verdicts.assess.assess import RULES, assess
from projects.verdicts.facts.facts import Observation, ProjectFacts, RuleSet, TargetFacts, Verdict
from projects.works.reports.content import Content, ReportedStage, overall_percent


@dataclass(frozen=True)
class PreviewChange:
    """The verdict on one promise as it stands, and with the report."""

    target: TargetFacts
    wording: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class ReportPreview:
    """The whole's percent before, with the report, and as planned for the day; and every promise's change."""

    on: dt.date
    overall_before: float | None
    overall: float
    planned: float | None
    investment_added: int | None
    changes: tuple[PreviewChange, ...]


def with_report(facts: ProjectFacts, month: dt.date, seen: Observation) -> ProjectFacts:
    """`facts` as if `seen` were the approved report of `month`, in place of one that is approved already."""
    others = [one for one in facts.observations if not (one.is_report and month_of(one.on) == month)]
    return replace(facts, observations=tuple(sorted([*others, seen], key=lambda one: one.on)))


def preview(
    targets: Sequence[tuple[TargetFacts, str]],
    facts: ProjectFacts,
    stages: Sequence[ReportedStage],
    content: Content,
    before: Content | None,
    days: Mapping[str, dt.date],
    rules: RuleSet = RULES,
) -> ReportPreview:
    """The effect of `content`, filed for `days["month"]` with figures of `days["data_on"]`, on each (target, wording)
    as of `days["as_of"]`.
    """
    overall = overall_percent(stages, content.percents)
    seen = Observation(days["data_on"], dict(content.percents), overall, content.investment_fen)
    filed = with_report(facts, days["month"], seen)
    as_of = days["as_of"]
    changes = tuple(
        PreviewChange(target, wording, assess(target, facts, as_of, rules), assess(target, filed, as_of, rules))
        for target, wording in targets
    )
    added = None
    if before and before.investment_fen is not None and content.investment_fen is not None:
        added = content.investment_fen - before.investment_fen
    planned = facts.curve.planned(days["data_on"]) if facts.curve else None
    return ReportPreview(
        days["data_on"],
        overall_percent(stages, before.percents) if before and before.percents else None,
        overall,
        planned,
        added,
        changes,
    )
