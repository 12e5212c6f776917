"""How a project stood at each month's end, as it was known then.

Pure: the same rules as of an earlier day (docs/rules/slippage.md, As of a day).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from projects.core.month import add_months, month_end, month_of
from projects.pictures.curves.facts import Moment
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import assess_project
from projects.verdicts.facts.assembly import Raw, assemble
from projects.verdicts.facts.facts import ProjectFacts, RuleBook, RuleSet, TargetFacts, Verdict
from projects.verdicts.forecast.reference import Reference

MOST_MONTHS = 60
Laws = Callable[[dt.date], tuple[RuleBook, Reference]]


def month_ends(first: dt.date, as_of: dt.date) -> list[dt.date]:
    """Each month's end from the month of `first` on, at most MOST_MONTHS of them, and the day itself."""
    start = max(month_of(first), add_months(as_of, -MOST_MONTHS))
    found = []
    while month_end(start) < as_of:
        found.append(month_end(start))
        start = add_months(start, 1)
    return [*found, as_of]


def moments(
    raw: Raw, project_id: int, programme_id: int | None, targets: Sequence[TargetFacts], as_of: dt.date, laws: Laws
) -> tuple[Moment, ...]:
    """How the promises and the plan's own finish stood at each month's end since the first report was approved."""
    approved = [one.approved_on for one in raw.reports.get(project_id, ())]
    if not approved:
        return ()
    return tuple(_moments(raw, project_id, programme_id, targets, month_ends(min(approved), as_of), laws))


def _moments(
    raw: Raw,
    project_id: int,
    programme_id: int | None,
    targets: Sequence[TargetFacts],
    days: Sequence[dt.date],
    laws: Laws,
) -> Iterator[Moment]:
    for day in days:
        book, reference = laws(day)
        rules = book.of(programme_id)
        facts = assemble(raw, day, reference)[0][project_id]
        slips: dict[str, int] = {}
        chances: dict[str, float] = {}
        for target in targets:
            _note(target.key, assess(target, facts, day, rules), target.due, slips, chances)
        _finish(facts, day, rules, slips, chances)
        yield Moment(day, slips, chances)


def _note(key: str, verdict: Verdict, due: dt.date | None, slips: dict[str, int], chances: dict[str, float]) -> None:
    if verdict.slip_days is not None:
        slips[key] = verdict.slip_days
    if verdict.met_by and due:
        chances[key] = 100.0 if verdict.met_by <= due else 0.0
    elif verdict.probability is not None and due:
        chances[key] = verdict.probability


def _finish(
    facts: ProjectFacts, day: dt.date, rules: RuleSet, slips: dict[str, int], chances: dict[str, float]
) -> None:
    """The plan's own finish stands under the empty key."""
    if facts.curve is None:
        return
    whole = assess_project(facts, {}, day, rules)
    slip = whole.finish_slip(facts.curve.finish)
    if slip is not None:
        slips[""] = slip
    if whole.actual_finish:
        chances[""] = 100.0 if whole.actual_finish <= facts.curve.finish else 0.0
    elif whole.finish_chance is not None:
        chances[""] = whole.finish_chance
