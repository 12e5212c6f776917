"""Reads what a project's charts are made from: one load for every month, a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from projects.core.permissions import Actor
from projects.core.text import Text
from projects.core.vocabulary import MEASURES, SEVERITY
from projects.pictures.curves.facts import ChartPage, CurveSubject
from projects.pictures.curves.progress import flags_of, s_curve
from projects.portfolio.forecast import figures
from projects.portfolio.forecast.answer import answer
from projects.portfolio.forecast.history import moments
from projects.portfolio.projects.rows import TargetRow
from projects.portfolio.promises.queries import Wanted, promises
from projects.register.projects.queries import project_by_slug
from projects.verdicts.assess.programme import assess_project
from projects.verdicts.assess.words import amount
from projects.verdicts.facts.assembly import assemble
from projects.verdicts.facts.facts import RuleBook
from projects.verdicts.forecast.reference import Reference
from projects.verdicts.lights.queries import in_force_until
from projects.verdicts.status.queries import stored_facts


def chart_page(actor: Actor, slug: str, as_of: dt.date, asked: dt.date | None = None) -> ChartPage:
    """A project's charts as of a day, with what is expected on the day `asked` for; NotFoundError outside the asker's
    scope.
    """
    project = project_by_slug(actor, slug)
    rows = [row for row in promises(actor, as_of, Wanted([project.id])) if row.project_slug == slug]
    raw, laws = stored_facts([project.id], as_of, known=[project.id]), in_force_until(as_of)
    facts = assemble(raw, as_of, laws(as_of).reference)[0][project.id]
    rules = laws(as_of).book.of(project.programme_id)

    def law(day: dt.date) -> tuple[RuleBook, Reference]:
        return laws(day).book, laws(day).reference

    dated = [row for row in rows if row.due]
    seen = moments(raw, project.id, project.programme_id, [row.facts for row in dated], as_of, law)
    flags = flags_of([(row.facts, row.wording) for row in dated], facts.stages)
    whole = assess_project(facts, {}, as_of, rules)
    curve = s_curve(project.name, facts, flags, as_of, rules)
    chosen = figures.subjects(facts, [CurveSubject(row.slug, _label(row)) for row in dated], seen)
    slip = figures.slip_chart(project.name, chosen, seen, as_of, is_sample=curve.is_sample)
    chance = figures.chance_chart(project.name, chosen, seen, as_of, is_sample=curve.is_sample)
    kind = facts.curve.kind if facts.curve else "none"
    return ChartPage(
        name=project.name,
        slug=slug,
        project_id=project.id,
        figures=(curve, slip, chance),
        plan_kind=kind,
        stops=facts.stops,
        is_sample=curve.is_sample,
        state=worst_of(row.state for row in rows),
        works=whole.works,
        data=whole.data,
        answer=answer(facts, flags, as_of, asked, rules),
    )


def worst_of(states: Iterable[str]) -> str:
    """The worst of some promises that is dated or kept; undated where there is none (S-12)."""
    return min((state for state in states if state != "undated"), key=SEVERITY.__getitem__, default="undated")


def _label(row: TargetRow) -> Text:
    """What is promised and by when."""
    facts = row.facts
    what = Text(MEASURES[row.measure])
    if facts.threshold is not None:
        what = Text("%(what)s ≥ %(amount)s", {"what": what, "amount": amount(facts, facts.threshold)})
    return Text("%(what)s, %(due)s", {"what": what, "due": row.due})
