"""Reads for ledgers of projects: a file opened, what is there of what it names, what taking it over would do; within
the asker's places.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from projects.core.bulk import uncollected
from projects.core.errors import ConflictError, InvalidError
from projects.core.gazetteer.queries import place_names
from projects.core.month import month_of, parse_month
from projects.core.permissions import Actor, covers, places_for, projects_for, require
from projects.core.places import upper
from projects.core.tables import Place
from projects.core.text import N_, Text
from projects.extensions import db
from projects.money.imports.plan import LONGEST_PLACE
from projects.money.imports.reading import SheetRows
from projects.money.ladder.tables import FundingComposition
from projects.money.ledger.queries import chunks
from projects.money.matching.names import canonical
from projects.money.recognised.queries import places_near
from projects.people.accounts.tables import Unit
from projects.people.requests.queries import two_person
from projects.portfolio.ledger import extract, plan
from projects.portfolio.ledger.columns import assigned, signature
from projects.portfolio.ledger.fields import CARD, SOURCE, YEAR
from projects.portfolio.ledger.layout import Table, find
from projects.portfolio.ledger.measures import Promise
from projects.portfolio.ledger.plan import Identity, Item, Setting
from projects.portfolio.ledger.rows import by_words, read
from projects.portfolio.ledger.sheet import values_of
from projects.portfolio.ledger.tables import LedgerItem, LedgerLayout, LedgerUpload
from projects.portfolio.taken.queries import settled
from projects.portfolio.uploads.operations import Sent
from projects.portfolio.uploads.queries import POSTED, Shelf, upload_of
from projects.register.cards.queries import plans_of
from projects.register.cards.tables import ProjectCard
from projects.register.documents.queries import documents_near, plan_documents
from projects.register.documents.tables import PlanDocument
from projects.register.projects.tables import Project
from projects.register.promises.tables import Target
from projects.statements import held, rows_of
from projects.works.reports.tables import MonthlyReport
from projects.works.schedule.queries import field_of
from projects.works.schedule.tables import Milestone

WRITING = "project.import"
SHELF = Shelf("", WRITING, is_shared=True)
MOST_ROWS = 5_000  # of one upload: its pages read all of them
KIND = "approved_estimate"  # as which the sums of a ledger are taken


@dataclass(frozen=True)
class Opened:
    """A file that was read, to be kept, and its tables."""

    sent: Sent
    tables: list[Table]


@dataclass(frozen=True)
class Shown:
    """An upload with its tables (each with its columns as they are assigned), sheets that hold none and why, and what
    taking it over would do.
    """

    upload: LedgerUpload
    tables: list[Table]
    unread: list[tuple[str, Text]]
    items: list[Item]
    done: frozenset[str]

    @property
    def counts(self) -> dict[str, int]:
        """How many projects of each state, but those that are posted."""
        return plan.counts(item for item in self.items if item.key not in self.done)

    @property
    def ready(self) -> list[Item]:
        """The projects that posting writes."""
        states = {plan.NEW, plan.CHANGED}
        return [item for item in self.items if item.state in states and item.key not in self.done]


def opened(actor: Actor, filename: str, content: bytes, options: dict[str, Any]) -> Opened:
    """Read a file, outside this process; InvalidError where it can't be read or holds no list of projects."""
    require(actor, WRITING)
    _check(actor, options)
    parsed = extract.opened(content)
    with uncollected():
        tables, unread = tables_of(extract.unpacked(parsed), options)
    if (count := sum(len(table.rows) for table in tables)) > MOST_ROWS:
        said = {"count": count, "most": MOST_ROWS}
        raise InvalidError({"file": Text(N_("有 %(count)s 行项目, 一次最多 %(most)s 行: 请按地区分成几个文件"), said)})
    if not tables:
        whole = [Text(N_("%(sheet)s: %(why)s"), {"sheet": sheet, "why": why}) for sheet, why in unread]
        raise InvalidError({"file": whole[0] if whole else Text(N_("文件里没有内容"))})
    return Opened(Sent(filename, content, parsed, options), tables)


def _check(actor: Actor, options: Mapping[str, Any]) -> None:
    place = options.get("place") or None
    if place is not None and db.session.get(Place, place) is None:
        raise InvalidError({"place": Text(N_("没有地区 %(code)s"), {"code": str(place)[:12]})})
    if not covers(places_for(actor, WRITING), place):
        raise InvalidError({"place": Text(N_("请选择您负责的地区"))})
    try:
        if options.get("month"):
            parse_month(str(options["month"]))
    except ValueError:
        raise InvalidError({"month": Text(N_("请写成 2021-10 的样子"))}) from None
    if options.get("document") and int(options["document"]) not in {one.id for one in documents(actor)}:
        raise InvalidError({"document": Text(N_("请从列表中选择"))})


def documents(actor: Actor) -> list[PlanDocument]:
    """The plan documents that promises of a ledger may stand in."""
    reach = places_for(actor, "document.write")
    return [one for one in plan_documents(actor) if documents_near(reach, one.place_code)]


def tables_of(sheets: Iterable[SheetRows], options: Mapping[str, Any]) -> tuple[list[Table], list[tuple[str, Text]]]:
    """The ledgers in a file's sheets, and the sheets that hold none with the reason."""
    tables, unread = [], []
    year = int(str(options["month"])[:4]) if options.get("month") else None
    for sheet in sheets:
        if sheet.is_hidden:
            unread.append((sheet.name, Text(N_("它是隐藏的"))))
            continue
        if not any(row for row in sheet.rows):
            continue
        found = find(sheet, year)
        if isinstance(found, Text):
            unread.append((sheet.name, found))
        else:
            found.columns = by_words(found, found.columns)
            tables.append(found)
    return tables, unread


def remembered(tables: Iterable[Table]) -> dict[str, dict[str, str]]:
    """What was said before of the columns of such headings, by sheet."""
    signs = {table.sheet.name: signature(table.columns) for table in tables}
    own = LedgerLayout
    rows = db.session.execute(select(own.signature, own.columns).where(own.signature.in_(signs.values())))
    kept = {row.signature: row.columns for row in rows}
    return {sheet: kept[sign] for sheet, sign in signs.items() if sign in kept}


def shown(actor: Actor, upload_id: int, latest: dt.date) -> Shown:
    """An upload and what posting it would do; `latest` is the day by which months are over."""
    upload = upload_of(actor, SHELF, upload_id, with_sheets=True)
    with uncollected():
        tables, unread = tables_of(extract.unpacked(upload.parsed), upload.options)
        for table in tables:
            table.columns = assigned(table.columns, upload.columns.get(table.sheet.name, {}))
        done = frozenset(db.session.scalars(select(LedgerItem.row_key).where(LedgerItem.upload_id == upload_id)))
        items = planned(actor, tables, upload.options, upload.choices, latest) if upload.state == "previewed" else []
    return Shown(upload, tables, unread, items, done)


def ready(actor: Actor, upload_id: int, latest: dt.date) -> Shown:
    """What posting writes; ConflictError where that is over."""
    found = shown(actor, upload_id, latest)
    if found.upload.state != "previewed":
        raise ConflictError(POSTED)
    return found


def planned(
    actor: Actor,
    tables: Iterable[Table],
    options: Mapping[str, Any],
    choices: Mapping[str, str],
    latest: dt.date,
) -> list[Item]:
    """What taking these tables over would do now."""
    unit = options.get("unit") or None
    rows = [row for table in tables for row in read(table, table.columns, unit)]
    setting = _setting(actor, options, latest)
    items = plan.gathered(rows, setting)
    plan.matched(items, identities(actor), choices, setting)
    _refuse_codes(actor, items)
    ids = {item.project for item in items if item.project is not None}
    plan.compared(items, facts_of(ids), reported(ids), settled(ids), changing="sums" in two_person())
    return items


def _setting(actor: Actor, options: Mapping[str, Any], latest: dt.date) -> Setting:
    place = options.get("place") or None
    month = parse_month(str(options["month"])) if options.get("month") else None
    reach = places_for(actor, WRITING)
    return Setting(
        place=place,
        month=month,
        year=month.year if month else None,
        has_document=bool(options.get("document")),
        latest=month_of(latest),
        covers=lambda code: covers(reach, code),
        place_of=_place_of(actor, place),
        plain=extract.simplified,
        sound=extract.sounded,
        names=place_names(),
    )


def _place_of(actor: Actor, place: str | None) -> Callable[[str, str, str], str | None]:
    places, near = places_near(actor, place)

    def found(said: str, unit: str, name: str) -> str | None:
        bare = extract.simplified(said).replace(" ", "")
        for one in (bare, canonical(bare)):
            if one and one in places:
                return places[one]
        for text in (unit, name):
            plain = extract.simplified(text)
            for length in range(min(len(plain), LONGEST_PLACE), 2, -1):
                if code := near.get(plain[:length]):
                    return code
        return None

    return found


def _refuse_codes(actor: Actor, items: Iterable[Item]) -> None:
    """A code may be that of a project outside of the asker's places: it is taken, and no more is said."""
    codes = {code: item for item in items if (code := item.facts.get("code")) and item.project is None}
    own = projects_for(actor, WRITING)
    if own is None:
        return
    for part in chunks(codes):
        for code in db.session.scalars(select(Project.national_code).where(Project.national_code.in_(part))):
            codes[code].refuse("code", Text(N_("已有项目用这个代码")))


# --- what is there ----------------------------------------------------------------------------------------------------


def identities(actor: Actor) -> list[Identity]:
    """By what the projects of the asker's places are known; one statement."""
    own = Project
    statement = (
        select(own.id, own.slug, own.name, own.national_code, Unit.name, own.place_code)
        .outerjoin(Unit, Unit.id == own.unit_id)
        .where(held(own.id, projects_for(actor, WRITING)))
        .order_by(own.id)
    )
    return [
        Identity(key, slug, name, code or "", unit or "", place)
        for key, slug, name, code, unit, place in db.session.execute(statement)
    ]


def facts_of(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What a ledger may say of these projects, as it is stored; six statements a thousand. What is not has no key."""
    found: dict[int, dict[str, Any]] = {}
    for part in chunks(sorted(ids)):
        _basics(part, found)
        _cards(part, found)
        _years(part, found)
        _plans(part, found)
        _sums(part, found)
        _targets(part, found)
    return {key: {name: value for name, value in one.items() if value not in ("", None)} for key, one in found.items()}


def _basics(ids: Collection[int], found: dict[int, dict[str, Any]]) -> None:
    own = Project
    columns = (own.id, own.name, own.national_code, own.category, own.place_code, own.note, Unit.name)
    statement = select(*columns).outerjoin(Unit, Unit.id == own.unit_id).where(own.id.in_(ids))
    for key, name, code, category, place, note, unit in db.session.execute(statement):
        found[key] = {"name": name, "code": code, "category": category, "place": place, "note": note, "unit": unit}


def _cards(ids: Collection[int], found: dict[int, dict[str, Any]]) -> None:
    for card in db.session.scalars(select(ProjectCard).where(ProjectCard.project_id.in_(ids))):
        found[card.project_id] |= {key: getattr(card, field) for key, field in CARD.items()}


def _years(ids: Collection[int], found: dict[int, dict[str, Any]]) -> None:
    for key, year, fen, content in plans_of(ids):
        found[key] |= {f"{YEAR}{year}.amount": fen, f"{YEAR}{year}.content": content}


def _plans(ids: Collection[int], found: dict[int, dict[str, Any]]) -> None:
    for one in db.session.scalars(
        select(Milestone).where(Milestone.project_id.in_(ids), Milestone.percent.in_((0, 100)))
    ):
        if (field := field_of(one)) in {"start", "finish"}:
            found[one.project_id][f"plan_{field}"] = one.plan_on


def _sums(ids: Collection[int], found: dict[int, dict[str, Any]]) -> None:
    own = FundingComposition
    statement = select(own.project_id, own.source, own.amount_fen).where(own.project_id.in_(ids))
    for key, source, fen in db.session.execute(statement.where(own.estimate_kind == KIND)):
        found[key][f"{SOURCE}{source}"] = fen


def _targets(ids: Collection[int], found: dict[int, dict[str, Any]]) -> None:
    own = Target
    statement = select(own).where(own.project_id.in_(ids), own.superseded_by_id.is_(None), own.ended_on.is_(None))
    told: dict[int, list[Promise]] = defaultdict(list)
    for one in db.session.scalars(statement.order_by(own.position, own.id)):
        promise = Promise(one.wording, one.measure, one.threshold, one.due, one.commitment)
        told[one.project_id or 0].append(promise)
    for key, promises in told.items():
        found[key]["promises"] = tuple(promises)


def reported(ids: Collection[int]) -> dict[int, set[dt.date]]:
    """The months of which these projects have a report already."""
    found: dict[int, set[dt.date]] = defaultdict(set)
    for part in chunks(sorted(ids)):
        statement = select(MonthlyReport.project_id, MonthlyReport.month).where(MonthlyReport.project_id.in_(part))
        for key, month in db.session.execute(statement):
            found[key].add(month)
    return found


def exported(actor: Actor) -> list[list[Any]]:
    """The asker's projects as rows of the ledger's sheet (`sheet.py`)."""
    known, names = identities(actor), place_names()
    facts = facts_of([one.id for one in known])
    rows = []
    for one in known:
        path = "".join(names[code] for code in (*upper(one.place), one.place) if code in names)
        rows += values_of(facts[one.id], path or one.place)
    return rows


@dataclass(frozen=True)
class WrittenRow:
    """A project that an upload added or changed, and where it stood in the file."""

    slug: str
    name: str
    row_key: str
    is_new: bool


def written(upload_id: int, page: int, per_page: int) -> list[WrittenRow]:
    """A page of what an upload wrote, in its order; one statement."""
    own = LedgerItem
    columns = (Project.slug, Project.name, own.row_key, own.is_new)
    statement = select(*columns).join(Project, Project.id == own.project_id).where(own.upload_id == upload_id)
    rows = statement.order_by(own.id).limit(per_page).offset((page - 1) * per_page)
    return rows_of(WrittenRow, db.session.execute(rows))


def items_of(upload_id: int, after: int = 0, limit: int | None = None) -> list[LedgerItem]:
    """What an upload did, in its order, behind the item `after`."""
    statement = select(LedgerItem).where(LedgerItem.upload_id == upload_id, LedgerItem.id > after)
    return list(db.session.scalars(statement.order_by(LedgerItem.id).limit(limit)))
