"""Writes of ledgers: a file kept and previewed, its columns and rows decided, taken over in steps. Rules LG-8 and LG-9
of docs/rules/ledger.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import require
from projects.core.text import N_
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.ladder.operations import take_over
from projects.money.ledger.operations import lock_money
from projects.people.accounts.tables import Unit
from projects.portfolio.ledger import extract, plan
from projects.portfolio.ledger.columns import choices as field_choices
from projects.portfolio.ledger.columns import signature
from projects.portfolio.ledger.fields import CARD, SOURCE, YEAR
from projects.portfolio.ledger.kept import packed
from projects.portfolio.ledger.plan import Item
from projects.portfolio.ledger.queries import (
    SHELF,
    WRITING,
    Opened,
    Shown,
    facts_of,
    remembered,
    tables_of,
)
from projects.portfolio.ledger.tables import LedgerItem, LedgerLayout, LedgerUpload
from projects.portfolio.posting.steps import BUSY, over, posting_of, stepped
from projects.portfolio.uploads.operations import keep
from projects.portfolio.uploads.queries import open_upload
from projects.register.cards.operations import (
    ProjectValues,
    add_project,
    change_project,
    write_card,
    write_years,
)
from projects.register.cards.queries import years_of
from projects.register.documents.operations import add_clause
from projects.register.documents.tables import Clause
from projects.register.projects.operations import hold_projects
from projects.register.projects.tables import Project
from projects.register.promises.checks import PromiseValues, basis_of, complaints
from projects.register.promises.operations import add_promise
from projects.register.units.operations import UnitValues, add_unit
from projects.works.schedule.checks import PlanChange, ProjectPlan
from projects.works.schedule.operations import save_plan
from projects.works.schedule.queries import plan_of

STEP = 15  # projects of one transaction
CLAUSE = "项目台账"  # the locator of the clause that promises of a ledger stand in
BASICS = ("name", "code", "category", "place", "unit", "note")
DAYS = ("plan_start", "plan_finish")
_KINDS = (
    ("卫生健康委", "commission"),
    ("卫健委", "commission"),
    ("疾病预防", "public_health"),
    ("疾控", "public_health"),
    ("妇幼", "public_health"),
    ("急救", "public_health"),
    ("血站", "public_health"),
    ("卫生院", "primary"),
    ("社区", "primary"),
    ("医院", "hospital"),
    ("公司", "builder"),
)


def preview(acting: Acting, file: Opened) -> LedgerUpload:
    """Keep a file with what is known of its headings."""
    return keep(acting, SHELF, file.sent, remembered(file.tables))


def assign(acting: Acting, upload_id: int, version: int, sheets: Sequence[str], chosen: Mapping[str, str]) -> None:
    """Say what columns are, by `sheet number:column`; remembered for the next file with these headings."""
    upload = open_upload(acting.actor, SHELF, upload_id, version)
    known = field_choices()
    columns: dict[str, dict[str, str]] = {name: dict(own) for name, own in upload.columns.items()}
    for where, key in chosen.items():
        number, _, place = where.partition(":")
        if number.isdigit() and int(number) < len(sheets) and place.isdigit() and (key in known or "." in key):
            columns.setdefault(sheets[int(number)], {})[place] = key
    upload.columns = columns
    tables, _ = tables_of(extract.unpacked(upload.parsed), upload.options)
    for table in tables:
        if own := columns.get(table.sheet.name):
            db.session.merge(LedgerLayout(signature=signature(table.columns), columns=own, at=acting.now))
    db.session.flush()


@dataclass(frozen=True)
class Ready:
    """What is left to post, in order, for the version it was seen in; how many are posted, and how many are left out
    (to be decided, or not possible).
    """

    upload_id: int
    version: int
    items: tuple[Item, ...]
    done: int
    left_out: int
    resumed: bool = False

    @classmethod
    def of(cls, seen: Shown, *, leave: bool, resumed: bool = False) -> Ready:
        """ConflictError where some can't be posted yet, and the person did not say to `leave` them, or where it is
        being posted, unless that is `resumed`.
        """
        if posting_of(seen.upload.counts) and not resumed:
            raise ConflictError(BUSY)
        counts = seen.counts
        left_out = counts[plan.ASK] + counts[plan.BAD]
        if left_out and not leave:
            said = {"count": left_out}
            raise ConflictError(N_("还有 %(count)s 个项目待确认或不能读入: 请先处理, 或勾选“先入库其余的”"), **said)
        if not seen.ready:
            raise ConflictError(N_("没有要入库的项目"))
        items = sorted(seen.ready, key=lambda item: (item.project is None, item.project or 0))
        return cls(seen.upload.id, seen.upload.version, tuple(items), len(seen.done), left_out, resumed)

    @property
    def is_last(self) -> bool:
        """Whether the next transaction writes the last of it."""
        return len(self.items) <= STEP

    def after(self, upload: LedgerUpload) -> Ready:
        """What is left once the next step is posted."""
        return replace(self, version=upload.version, items=self.items[STEP:], done=self.done + len(self.items[:STEP]))


def post(acting: Acting, seen: Ready) -> LedgerUpload:
    """Write the next step, all of it or nothing; with the last one the upload is posted. InvalidError by cell."""
    lock_money()
    upload = open_upload(acting.actor, SHELF, seen.upload_id, seen.version, during=seen.resumed)
    step = seen.items[:STEP]
    clause = _clause(acting, upload) if any(item.promises for item in step) else None
    ids = [item.project for item in step if item.project is not None]
    hold_projects(ids)
    before = facts_of(ids)
    _check_unchanged(step, before)
    made: list[tuple[Item, int]] = []
    units = _units(acting, step)
    for item in step:
        try:
            made.append((item, _write(acting, upload, item, units, clause)))
        except InvalidError as problem:
            raise _at_cell(problem, item) from None
    after = facts_of([key for _, key in made])
    for item, key in made:
        own = LedgerItem(upload_id=upload.id, row_key=item.key[:120], project_id=key, is_new=item.project is None)
        own.before, own.after = packed(before.get(key, {})), packed(after[key])
        own.months = [month.to_json() for month in item.months]
        db.session.add(own)
    done = seen.done + len(step)
    months = upload.counts.get("months", 0) + sum(len(item.months) for item in step)
    states = upload.counts | {"posted": done, "months": months, "left_out": seen.left_out}
    for state in (plan.NEW, plan.CHANGED):
        states[state] = upload.counts.get(state, 0) + sum(item.state == state for item in step)
    upload.counts = over(states, []) if seen.is_last else stepped(states, acting.now)
    if seen.is_last:
        upload.state, upload.posted_at = "posted", acting.now
        upload.months = "waiting" if months else ""
    db.session.flush()
    changes = {"filename": [upload.filename] * 2, "rows": [seen.done, done], "sha256": [None, upload.sha256]}
    record(acting.actor, acting.now, Tag.LEDGER_TAKEN_OVER, upload, changes=changes)
    return upload


def _check_unchanged(items: Sequence[Item], stored: Mapping[int, Mapping[str, Any]]) -> None:
    """ConflictError where somebody changed, since it was read, what an item would change."""
    for item in items:
        own = stored.get(item.project or 0, {})
        if any(own.get(change.key) != change.old for change in item.changes):
            raise ConflictError(N_("“%(name)s”刚被他人改过, 请刷新后再看"), name=item.name)


def _at_cell(problem: InvalidError, item: Item) -> InvalidError:
    """Complaints by field as complaints by cell."""
    names = {"national_code": "code", "place_code": "place", "unit_id": "unit", "start": "plan_start"}
    names |= {"finish": "plan_finish", "wording": "promise", "due": "promise_due", "threshold": "promise"}
    names |= {name: key for key, name in CARD.items()}
    cells = item.rows[0].cells
    return InvalidError(
        {
            f"{item.rows[0].sheet}!{cells.get(names.get(name, name), item.rows[0].number)}": text
            for name, text in problem.fields.items()
        }
    )


def units_named(names: Iterable[str]) -> dict[str, int]:
    """The units of these names."""
    rows = db.session.execute(select(Unit.name, Unit.id).where(Unit.name.in_(list(names))))
    return {name: key for name, key in rows}  # noqa: C416 - typed


def _units(acting: Acting, items: Sequence[Item]) -> dict[str, int]:
    """The units that rows name; those nobody entered yet are, in the place of their first project."""
    wanted = {name: str(item.facts["place"]) for item in reversed(items) if (name := item.facts.get("unit"))}
    found = units_named(wanted)
    for name, place in wanted.items():
        if name not in found:
            kind = next((kind for word, kind in _KINDS if word in name), "other")
            found[name] = add_unit(acting, UnitValues(name, "", kind, place)).id
    return found


def _write(acting: Acting, upload: LedgerUpload, item: Item, units: Mapping[str, int], clause: Clause | None) -> int:
    """Store one project; its id."""
    reason = f"{CLAUSE}: {upload.filename}"
    if item.project is None:
        values = _values(item.facts | {"category": plan.category(item)}, units)
        document = upload.options.get("document")
        values = replace(values, document_id=int(document) if document else None)
        card = {CARD[key]: value for key, value in item.facts.items() if key in CARD}
        project = add_project(acting, values, card)
        new = item.facts
    else:
        project = db.session.get_one(Project, item.project)
        require(acting.actor, WRITING, project.id)
        new = {change.key: change.new for change in item.changes}
        correct(acting, project, new, units)
    dates(acting, project, {key: new[key] for key in DAYS if key in new}, reason)
    years(acting, project, new)
    sums = {key.removeprefix(SOURCE): value for key, value in new.items() if key.startswith(SOURCE)}
    if sums:
        take_over(acting, project.id, sums, reason)
    for promise in item.promises if clause else ():
        values_of = PromiseValues(
            measure=promise.measure,
            threshold=promise.threshold,
            due=promise.due,
            commitment=promise.commitment,
            basis=basis_of(promise.measure, "project"),
            clause_id=clause.id if clause else None,
            wording=promise.wording,
        )
        if "threshold" in complaints(values_of, None, of_programme=False):
            values_of = replace(values_of, measure="unspecified", threshold=None)  # a measure without its figure
        add_promise(acting, project, values_of)
    return project.id


def _values(facts: Mapping[str, Any], units: Mapping[str, int]) -> ProjectValues:
    return ProjectValues(
        name=str(facts["name"]),
        place_code=str(facts["place"]),
        category=str(facts.get("category", "other")),
        national_code=str(facts.get("code", "")),
        unit_id=units.get(str(facts.get("unit", ""))),
        note=str(facts.get("note", "")),
    )


def correct(acting: Acting, project: Project, new: Mapping[str, Any], units: Mapping[str, int]) -> None:
    """Change what a project is called and where it belongs, and its card; None takes a value away."""
    if any(key in new for key in BASICS):
        stored = {
            "name": project.name,
            "code": project.national_code,
            "category": project.category,
            "place": project.place_code,
            "note": project.note,
        }
        told = {key: value for key, value in (stored | {**new}).items() if value is not None}
        values = replace(_values(told, units), document_id=project.document_id)
        if "unit" not in new:
            values = replace(values, unit_id=project.unit_id)
        change_project(acting, project.id, project.version, values)
    if card := {CARD[key]: value for key, value in new.items() if key in CARD}:
        write_card(acting, project, card)


def years(acting: Acting, project: Project, new: Mapping[str, Any]) -> None:
    """Change what is planned for years; None takes a value away, the rest stays."""
    told = {key.removeprefix(YEAR): value for key, value in new.items() if key.startswith(YEAR)}
    if not told:
        return
    stored = years_of(project.id)
    plans: dict[int, tuple[int | None, str]] = {}
    for year in sorted({int(key.partition(".")[0]) for key in told}):
        fen, content = stored.get(year, (None, ""))
        fen, content = told.get(f"{year}.amount", fen), told.get(f"{year}.content", content)
        plans[year] = fen, content or ""
    write_years(acting, project, plans)


def dates(acting: Acting, project: Project, days: Mapping[str, Any], reason: str) -> None:
    """Change the planned start and finish of a project, and leave the rest of its plan."""
    if not days:
        return
    old = plan_of(project.id)
    new = {**old.days, **{key.removeprefix("plan_"): day for key, day in days.items()}}
    save_plan(acting, (project.id, project.version), PlanChange(ProjectPlan(new, old.floors), reason[:500]))


def _clause(acting: Acting, upload: LedgerUpload) -> Clause | None:
    """The clause of the chosen document that promises of ledgers stand in."""
    if not (key := upload.options.get("document")):
        return None
    own = (Clause.document_id == int(key), Clause.locator == CLAUSE)
    if db.session.scalar(select(Clause.id).where(*own)) is None:
        add_clause(acting, int(key), CLAUSE, upload.filename[:200])
    found = select(Clause).where(*own).options(joinedload(Clause.document)).execution_options(populate_existing=True)
    return db.session.scalar(found)
