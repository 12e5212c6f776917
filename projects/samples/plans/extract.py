"""The catalogue's YAML files (projects/data) as frozen facts; whatever can't be true is a ValueError that names file
and entry.

Layout: places.tsv, stages.yaml, and plans/<slug>.yaml with document, clauses, units, programmes and projects; targets
and events stand under their programme or project. Thresholds are written in percent, in 万元 for investment, as a
number for counts, and come out in the units of `Target.threshold`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from projects.config import DATA
from projects.core import vocabulary as vocab
from projects.core.addresses import addresses, is_official
from projects.core.gazetteer.extract import parent_of, shipped_places
from projects.core.money import parse_fen
from projects.core.month import month_end, parse_day, parse_month
from projects.core.places import upper
from projects.samples.plans.facts import (
    Catalogue,
    DocumentFact,
    EventFact,
    PlaceFact,
    PlanFacts,
    ProgrammeFact,
    ProjectFact,
    TargetFact,
    UnitFact,
)
from projects.sheets.entries.extract import FactEntry, Value, load_file, refuse_twice
from projects.works.schedule.extract import read_stages


def read_catalogue(folder: Path | None = None) -> Catalogue:
    """The facts under `folder` (default: the shipped ones); ValueError naming file and entry where they can't
    be true.
    """
    folder = folder or DATA
    stages = tuple(read_stages(folder))
    codes = shipped_places(folder)
    stage_keys = [stage.key for stage in stages]
    files = sorted((folder / "plans").glob("*.yaml"))
    plans = tuple(_plan(path, codes, stage_keys) for path in files)
    for kind in ("programmes", "projects", "targets"):
        refuse_twice(f"plans: {kind}", [fact.slug for plan in plans for fact in getattr(plan, kind)])
    refuse_twice("plans: units", [unit.name for plan in plans for unit in plan.units])
    return Catalogue(tuple(_places(plans, codes)), stages, plans)


def _placed(plan: PlanFacts) -> Iterator[DocumentFact | UnitFact | ProgrammeFact | ProjectFact]:
    yield plan.document
    yield from plan.units
    yield from plan.programmes
    yield from plan.projects


def _places(plans: Iterable[PlanFacts], known: dict[str, str]) -> Iterator[PlaceFact]:
    """The places that the plans speak of, and those around them."""
    named = {one.place for plan in plans for one in _placed(plan)}
    for code in sorted(named | {above for one in named for above in upper(one) if above in known}):
        yield PlaceFact(code, known[code], parent_of(code, known))


def _plan(path: Path, places: Mapping[str, object], stages: Sequence[str]) -> PlanFacts:
    top = FactEntry(f"plans/{path.name}", load_file(path))
    document = _document(path.stem, top.one("document"), places)
    headings = [(entry.text("locator"), _finished(entry, entry.text("heading"))) for entry in top.list("clauses")]
    clauses = dict(headings)
    refuse_twice(f"{top.where} clauses", [locator for locator, _ in headings])
    units = tuple(
        _finished(entry, UnitFact(entry.text("name"), entry.one_of("place", places))) for entry in top.list("units")
    )
    names = [unit.name for unit in units]
    programmes: list[ProgrammeFact] = []
    projects: list[ProjectFact] = []
    targets: list[TargetFact] = []
    events: list[EventFact] = []
    for entry in top.list("programmes"):
        programme = ProgrammeFact(
            entry.text("slug"), entry.text("name"), entry.one_of("place", places), entry.maybe("note") or ""
        )
        programmes.append(programme)
        targets += [_target(child, clauses, programme=programme.slug) for child in entry.list("targets")]
        entry.done()
    slugs = [programme.slug for programme in programmes]
    for entry in top.list("projects"):
        project = ProjectFact(
            entry.text("slug"), entry.text("name"), entry.one_of("category", vocab.CATEGORIES),
            entry.known("unit", names),
            entry.one_of("place", places), entry.known("programme", slugs), entry.maybe("note") or "",
        )  # fmt: skip
        projects.append(project)
        targets += [_target(child, clauses, project=project.slug) for child in entry.list("targets")]
        events += [_event(child, project.slug, stages) for child in entry.list("events")]
        entry.done()
    top.done()
    numbered = tuple(replace(target, position=position) for position, target in enumerate(targets, 1))
    return PlanFacts(document, clauses, units, tuple(programmes), tuple(projects), numbered, tuple(events))


def _document(slug: str, entry: FactEntry, places: Mapping[str, object]) -> DocumentFact:
    year = entry.read("year", int)
    if year is None:
        raise entry.fail("year is missing")
    return _finished(entry, DocumentFact(
        slug, entry.text("title"), entry.maybe("number"), entry.text("issuer"), entry.one_of("place", places),
        entry.read("issued_on", parse_day), year,
        entry.text("source"),
    ))  # fmt: skip


def _finished(entry: FactEntry, value: Value) -> Value:
    entry.done()
    return value


def _target(
    entry: FactEntry, clauses: Mapping[str, str], *, project: str | None = None, programme: str | None = None
) -> TargetFact:
    measure = entry.one_of("measure", vocab.MEASURES)
    quantifier = entry.one_of("quantifier", vocab.QUANTIFIERS, "project")
    if (quantifier == "project") != (project is not None):
        raise entry.fail(f"quantifier {quantifier!r} does not fit its subject")
    needs = quantifier != "project" or measure in {"structure_pct", "progress_pct", "investment"}
    threshold = entry.read("threshold", lambda text: _threshold(text, measure, quantifier))
    if (threshold is not None) != needs:
        raise entry.fail("threshold is missing" if needs else f"{measure!r} takes no threshold")
    return _finished(entry, TargetFact(
        entry.text("slug"), project, programme, entry.one_of("clause", clauses), measure, quantifier, threshold,
        entry.read("due", parse_day),
        entry.one_of("commitment", vocab.COMMITMENTS), entry.one_of("basis", vocab.BASES, "stated"),
        entry.text("wording"), entry.maybe("note") or "", 0,
    ))  # fmt: skip


def _threshold(text: str, measure: str, quantifier: str) -> int:
    if quantifier == "count":
        return int(text)
    if quantifier == "project" and measure == "investment":
        return parse_fen(text, "万元")
    return _hundredths(text)


def _hundredths(text: str) -> int:
    percent = float(text)
    if not 0 <= percent <= 100:
        raise ValueError(text)
    return round(percent * 100)


def _event(entry: FactEntry, project: str, stages: Sequence[str]) -> EventFact:
    when = entry.read("on", _when)
    if when is None:
        raise entry.fail("on is missing")
    stage = entry.known("stage", stages)
    percent = entry.read("percent", _hundredths)
    if (stage is None) != (percent is None):
        raise entry.fail("a stage and its percent go together")
    gate = entry.known("gate", list(vocab.GATE_MEASURES.values()))
    text, source = entry.text("text"), _source(entry)
    return _finished(
        entry, EventFact(project, *when, text, gate, stage, None if percent is None else percent / 100, source)
    )


def _source(entry: FactEntry) -> str:
    """Where a fact was read: `source`, or `press` where no official publication of it is known."""
    press = entry.maybe("press")
    source = press or entry.text("source")
    if any(is_official(page) == bool(press) for page in addresses(source)):
        raise entry.fail(f"{source}: pages of state bodies are a source, all others are press")
    return source


def _when(text: str) -> tuple[dt.date, str]:
    match len(text):
        case 4:
            return dt.date(int(text), 12, 31), "year"
        case 7:
            return month_end(parse_month(text)), "month"
        case _:
            return parse_day(text), "day"
