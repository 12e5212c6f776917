"""The catalogue's YAML files (projects/data) as frozen facts; whatever can't be true is a ValueError that names file and entry.

Layout: places.yaml, stages.yaml, and plans/<slug>.yaml with document, clauses, units, programmes and projects; targets and events stand under their
programme or project. Thresholds are written in percent, in 万元 for investment, as a number for counts, and come out in the units of `Target.threshold`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from projects.config import DATA
from projects.core import vocabulary as vocab
from projects.core.money import parse_fen
from projects.core.month import month_end, parse_day, parse_month
from projects.samples.plans.facts import (
    Catalogue,
    DocumentFact,
    EventFact,
    PlaceFact,
    Plan,
    ProgrammeFact,
    ProjectFact,
    TargetFact,
    TemplateStage,
    UnitFact,
)

Value = TypeVar("Value")


class _Entry:
    """One mapping of a file. Takes fields by name, so that a misspelt or left-over field is noticed at `done`."""

    def __init__(self, where: str, fields: Any) -> None:
        if not isinstance(fields, dict):
            raise ValueError(f"{where}: expected fields, found {fields!r}")  # noqa: TRY004 - a wrong file, not a wrong call
        name = fields.get("slug") or fields.get("code") or fields.get("name") or fields.get("key") or fields.get("locator") or fields.get("on")
        self.where = f"{where} [{name}]" if name else where
        self._left = dict(fields)

    def fail(self, problem: str) -> ValueError:
        return ValueError(f"{self.where}: {problem}")

    def text(self, field: str) -> str:
        value = self.maybe(field)
        if value is None:
            raise self.fail(f"{field} is missing")
        return value

    def maybe(self, field: str) -> str | None:
        value = self._left.pop(field, "")
        if not isinstance(value, str):
            raise self.fail(f"{field} is not a plain value: {value!r}")
        return value or None

    def one_of(self, field: str, known: Mapping[str, object] | Sequence[str], default: str | None = None) -> str:
        value = self.maybe(field) or default or ""
        if value not in known:
            raise self.fail(f"unknown {field} {value!r}")
        return value

    def known(self, field: str, known: Mapping[str, object] | Sequence[str]) -> str | None:
        """A field that may be left out, but must be known where it is given."""
        return self.one_of(field, known) if field in self._left else None

    def read(self, field: str, reader: Callable[[str], Value]) -> Value | None:
        value = self.maybe(field)
        try:
            return None if value is None else reader(value)
        except (ValueError, ArithmeticError) as error:
            raise self.fail(f"bad {field} {value!r}") from error

    def one(self, field: str) -> _Entry:
        return _Entry(f"{self.where} {field}", self._left.pop(field, None))

    def list(self, field: str) -> Iterator[_Entry]:
        entries = self._left.pop(field, None) or []
        if not isinstance(entries, list):
            raise self.fail(f"{field} is not a list")
        return (_Entry(f"{self.where} {field}".rstrip(), entry) for entry in entries)

    def done(self) -> None:
        if self._left:
            raise self.fail(f"unknown field {', '.join(sorted(self._left))}")


def read_catalogue(folder: Path | None = None) -> Catalogue:
    """The facts under `folder` (default: the shipped ones); ValueError naming file and entry where they can't be true."""
    folder = folder or DATA
    stages = tuple(_stages(folder))
    places = tuple(_places(folder))
    codes = {place.code: place for place in places}
    stage_keys = [stage.key for stage in stages]
    files = sorted((folder / "plans").glob("*.yaml"))
    plans = tuple(_plan(path, codes, stage_keys) for path in files)
    for kind in ("programmes", "projects", "targets"):
        _unique(f"plans: {kind}", [fact.slug for plan in plans for fact in getattr(plan, kind)])
    _unique("plans: units", [unit.name for plan in plans for unit in plan.units])
    return Catalogue(places, stages, plans)


@cache
def stage_template() -> tuple[TemplateStage, ...]:
    """The shipped template of work stages, in order."""
    return tuple(_stages(DATA))


def _load(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - this loader builds nothing but strings
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path.name}: can't be read: {error}") from error


def _unique(where: str, keys: Sequence[str]) -> None:
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"{where}: named twice: {', '.join(twice)}")


def _rows(folder: Path, name: str) -> Iterator[_Entry]:
    return _Entry(name, {"": _load(folder / name)}).list("")


def _places(folder: Path) -> Iterator[PlaceFact]:
    seen: list[str] = []
    for entry in _rows(folder, "places.yaml"):
        place = PlaceFact(entry.text("code"), entry.text("name"), entry.known("parent", seen))
        if not (len(place.code) == 6 and place.code.isascii() and place.code.isdigit()):
            raise entry.fail("a code has six digits")
        entry.done()
        seen.append(place.code)
        yield place
    _unique("places.yaml", seen)


def _stages(folder: Path) -> Iterator[TemplateStage]:
    total, keys = 0.0, []
    for entry in _rows(folder, "stages.yaml"):
        stage = TemplateStage(entry.text("key"), entry.read("weight", float) or 0.0, entry.text("zh"), entry.text("en"))
        entry.done()
        total += stage.weight
        keys.append(stage.key)
        yield stage
    _unique("stages.yaml", keys)
    if abs(total - 100) > 0.005:
        raise ValueError(f"stages.yaml: weights sum to {total:g}, not 100")


def _plan(path: Path, places: Mapping[str, object], stages: Sequence[str]) -> Plan:
    top = _Entry(f"plans/{path.name}", _load(path))
    document = _document(path.stem, top.one("document"), places)
    headings = [(entry.text("locator"), _finished(entry, entry.text("heading"))) for entry in top.list("clauses")]
    clauses = dict(headings)
    _unique(f"{top.where} clauses", [locator for locator, _ in headings])
    units = tuple(_finished(entry, UnitFact(entry.text("name"), entry.one_of("place", places))) for entry in top.list("units"))
    names = [unit.name for unit in units]
    programmes: list[ProgrammeFact] = []
    projects: list[ProjectFact] = []
    targets: list[TargetFact] = []
    events: list[EventFact] = []
    for entry in top.list("programmes"):
        programme = ProgrammeFact(entry.text("slug"), entry.text("name"), entry.one_of("place", places), entry.maybe("note") or "")
        programmes.append(programme)
        targets += [_target(child, clauses, programme=programme.slug) for child in entry.list("targets")]
        entry.done()
    slugs = [programme.slug for programme in programmes]
    for entry in top.list("projects"):
        project = ProjectFact(
            entry.text("slug"), entry.text("name"), entry.one_of("category", vocab.CATEGORIES), entry.known("unit", names),
            entry.one_of("place", places), entry.known("programme", slugs), entry.maybe("note") or "",
        )  # fmt: skip
        projects.append(project)
        targets += [_target(child, clauses, project=project.slug) for child in entry.list("targets")]
        events += [_event(child, project.slug, stages) for child in entry.list("events")]
        entry.done()
    top.done()
    numbered = tuple(replace(target, position=position) for position, target in enumerate(targets, 1))
    return Plan(document, clauses, units, tuple(programmes), tuple(projects), numbered, tuple(events))


def _document(slug: str, entry: _Entry, places: Mapping[str, object]) -> DocumentFact:
    year = entry.read("year", int)
    if year is None:
        raise entry.fail("year is missing")
    return _finished(entry, DocumentFact(
        slug, entry.text("title"), entry.maybe("number"), entry.text("issuer"), entry.one_of("place", places), entry.read("issued_on", parse_day), year,
        entry.text("source"),
    ))  # fmt: skip


def _finished(entry: _Entry, value: Value) -> Value:
    entry.done()
    return value


def _target(entry: _Entry, clauses: Mapping[str, str], *, project: str | None = None, programme: str | None = None) -> TargetFact:
    measure = entry.one_of("measure", vocab.MEASURES)
    quantifier = entry.one_of("quantifier", vocab.QUANTIFIERS, "project")
    if (quantifier == "project") != (project is not None):
        raise entry.fail(f"quantifier {quantifier!r} does not fit its subject")
    needs = quantifier != "project" or measure in {"structure_pct", "progress_pct", "investment"}
    threshold = entry.read("threshold", lambda text: _threshold(text, measure, quantifier))
    if (threshold is not None) != needs:
        raise entry.fail("threshold is missing" if needs else f"{measure!r} takes no threshold")
    return _finished(entry, TargetFact(
        entry.text("slug"), project, programme, entry.one_of("clause", clauses), measure, quantifier, threshold, entry.read("due", parse_day),
        entry.one_of("commitment", vocab.COMMITMENTS), entry.one_of("basis", vocab.BASES, "stated"), entry.text("wording"), entry.maybe("note") or "", 0,
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


def _event(entry: _Entry, project: str, stages: Sequence[str]) -> EventFact:
    when = entry.read("on", _when)
    if when is None:
        raise entry.fail("on is missing")
    stage = entry.known("stage", stages)
    percent = entry.read("percent", _hundredths)
    if (stage is None) != (percent is None):
        raise entry.fail("a stage and its percent go together")
    gate = entry.known("gate", list(vocab.GATE_MEASURES.values()))
    text, source = entry.text("text"), entry.text("source")
    return _finished(entry, EventFact(project, *when, text, gate, stage, None if percent is None else percent / 100, source))


def _when(text: str) -> tuple[dt.date, str]:
    match len(text):
        case 4:
            return dt.date(int(text), 12, 31), "year"
        case 7:
            return month_end(parse_month(text)), "month"
        case _:
            return parse_day(text), "day"
