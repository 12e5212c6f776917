"""Taking the register in: each row by the operation of its own page, in steps. RW-8 of docs/rules/register.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import require
from projects.core.text import N_
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.requests.operations import ask, withdraw
from projects.people.requests.rules import REASON, Asked
from projects.people.requests.tables import ConsentRequest
from projects.portfolio.book.columns import BY_KEY, NAMING, Column
from projects.portfolio.book.items import Handle, Item
from projects.portfolio.book.named import OF
from projects.portfolio.book.queries import SHELF, WRITING, Shown, register, written
from projects.portfolio.book.things import Thing, packed, unpacked
from projects.portfolio.ledger.plan import BAD, NEW
from projects.portfolio.ledger.rows import Row
from projects.portfolio.ledger.tables import LedgerItem, LedgerUpload
from projects.portfolio.uploads.queries import CHANGED, POSTED, open_upload, upload_of
from projects.register.documents import operations as documents
from projects.register.programmes import operations as programmes
from projects.register.projects.operations import hold_projects
from projects.register.projects.tables import Programme, Project
from projects.register.promises.operations import add_promise, standing_target, take_back
from projects.register.units import operations as units

STEP = 50  # rows of one transaction; who joins or leaves one programme is never parted
ASKED = "asked"  # of a row that waits for another person
ACTS = {"correct": N_("更正: 原来读错了"), "move": N_("变更: 后来的文件改了")}  # what a changed promise is


@dataclass(frozen=True)
class Step:
    """The rows that the next transaction writes, all of one sheet; what is `left` of that sheet, and whether `others`
    follow.
    """

    upload_id: int
    version: int
    works: tuple[tuple[Item, ...], ...]
    others: bool

    @classmethod
    def of(cls, seen: Shown, version: int, *, leave: bool) -> Step:
        """ConflictError where some rows can't be taken in, and the person did not say to `leave` them."""
        if seen.upload.state != "previewed":
            raise ConflictError(POSTED)
        bad = seen.counts[BAD]
        if bad and not leave:
            raise ConflictError(N_("还有 %(count)s 行不能读入: 请先处理, 或勾选“先办其余的”"), count=bad)
        ready = seen.ready
        if not ready and not seen.done:
            raise ConflictError(N_("没有要入库的内容"))
        first = [item for item in ready if item.sheet is ready[0].sheet]
        return cls(seen.upload.id, version, tuple(_works(first)), len(first) < len(ready))

    @property
    def now(self) -> tuple[tuple[Item, ...], ...]:
        """What is written now."""
        count, found = 0, []
        for work in self.works:
            if count and count + len(work) > STEP:
                break
            count += len(work)
            found.append(work)
        return tuple(found)

    @property
    def is_last(self) -> bool:
        """Whether nothing follows."""
        return len(self.now) == len(self.works) and not self.others

    def after(self, version: int) -> Step | None:
        """What is left of the sheet once this is written; None where it is done."""
        rest = self.works[len(self.now) :]
        return replace(self, version=version, works=rest) if rest else None


def _works(items: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    """Rows that are done together: those who join one programme, or leave it."""
    if items and items[0].sheet.key == "members":
        ordered = sorted(items, key=lambda one: (_id(one, "programme"), one.joins))
        for _, group in groupby(ordered, key=lambda one: (_id(one, "programme"), one.joins)):
            yield tuple(group)
    else:
        yield from ((one,) for one in items)


def post(acting: Acting, step: Step) -> LedgerUpload:
    """Write a step, all of it or nothing; with the last one the upload is posted. InvalidError by cell."""
    upload = open_upload(acting.actor, SHELF, step.upload_id, step.version)
    works = step.now
    hold_projects({one.id for work in works for item in work for one in _projects(item)})
    counts = dict(upload.counts)
    for work in works:
        try:
            found = WRITE[work[0].sheet.key](acting, upload, work)
        except InvalidError as problem:
            raise _at_cell(problem, work[0]) from None
        except ConflictError as problem:
            raise ConflictError(N_("%(row)s: %(why)s"), row=work[0].key, why=problem.text) from None
        asked = isinstance(found, ConsentRequest)
        for item in work:
            state = ASKED if asked else item.state
            counts[state] = counts.get(state, 0) + 1
            db.session.add(_item(upload, item, found, acting))
    counts["posted"] = counts.get("posted", 0) + sum(map(len, works))
    upload.counts = counts
    if step.is_last:
        upload.state, upload.posted_at = "posted", acting.now
    db.session.flush()
    if step.is_last:
        told = {"filename": [upload.filename] * 2, "rows": [0, counts["posted"]], "sha256": [None, upload.sha256]}
        record(acting.actor, acting.now, Tag.REGISTER_TAKEN_IN, upload, changes=told)
    return upload


def _projects(item: Item) -> list[Handle]:
    """The projects that a row bears on, which are held before anything is written."""
    return [one for one in item.parts.values() if one and one.of == "projects"]


def _item(upload: LedgerUpload, item: Item, found: Any, acting: Acting) -> LedgerItem:
    """What was done with a row: the thing (or the request), its columns before and after."""
    asked = isinstance(found, ConsentRequest)
    own = LedgerItem(upload_id=upload.id, row_key=item.key[:120], project_id=getattr(found, "id", 0) or 0)
    own.is_new, own.months = item.state == NEW and not asked, []
    own.before = {"values": {one.column.key: packed(one.old) for one in item.changes}, "parts": {}}
    if item.thing is not None:
        own.before["parts"] = dict(item.thing.parts)
    own.after = {
        "sheet": item.sheet.key,
        "name": item.name[:200],
        "state": ASKED if asked else item.state,
        "on": acting.day.isoformat(),
        "parts": {name: one.id for name, one in item.parts.items() if one},
        "projects": [one.id for one in _projects(item)],
        "values": {one.key: packed(item.values[one.key]) for one in item.sheet.columns if one.key in item.values},
    }
    return own


def _at_cell(problem: InvalidError, item: Item) -> InvalidError:
    """Complaints by field as complaints by cell."""
    cells = item.row.cells
    names = {"clause_id": "clause", "document_id": "document"}
    return InvalidError(
        {
            f"{item.row.sheet}!{cells.get(names.get(name, name), item.row.number)}": text
            for name, text in problem.fields.items()
        }
    )


def _id(item: Item, part: str) -> int:
    """The id of what a row belongs to; ConflictError where that was not stored."""
    handle = item.parts[part]
    assert handle is not None  # noqa: S101 - rows without it are kept out
    if not handle.id:
        raise ConflictError(N_("它所属的那一行没有入库"))
    return handle.id


def _why(upload: LedgerUpload) -> Asked:
    """Why something is asked for."""
    said = str(upload.options.get("reason") or "") or upload.filename
    return Asked(said[:REASON])


def _merged(item: Item, keys: Iterable[str]) -> dict[str, Any]:
    """The values of a thing as they are to be: those of the file, else those that are stored."""
    stored = item.thing.values if item.thing else {}
    return {key: item.values[key] if key in item.values else stored.get(key) for key in keys}


def _unit(acting: Acting, _upload: LedgerUpload, work: Sequence[Item]) -> Any:
    (item,) = work
    told = {key: value or "" for key, value in _merged(item, ("name", "short_name", "kind", "place_code")).items()}
    values = units.UnitValues(**told)
    if item.thing is None:
        return units.add_unit(acting, values)
    return units.change_unit(acting, item.thing.id, item.thing.version, values)


def _document(acting: Acting, upload: LedgerUpload, work: Sequence[Item]) -> Any:
    (item,) = work
    told = _merged(item, documents.DocumentValues.__dataclass_fields__)
    values = documents.DocumentValues(**told | {"number": told["number"] or ""})
    if item.thing is None:
        return documents.add_document(acting, values)
    wanted = documents.to_json(values, item.thing.version)
    return ask(acting, "document.change", str(item.thing.id), wanted, _why(upload))


def _clause(acting: Acting, _upload: LedgerUpload, work: Sequence[Item]) -> Any:
    (item,) = work
    document, told = _id(item, "document"), _merged(item, ("locator", "heading"))
    if item.thing is None:
        return documents.add_clause(acting, document, told["locator"], told["heading"])
    there = documents.clause_of(document, item.thing.id)
    if any(getattr(there, key) != item.thing.values[key] for key in told):
        raise ConflictError(documents.CHANGED)
    return documents.change_clause(acting, document, item.thing.id, told["locator"], told["heading"])


def _programme(acting: Acting, _upload: LedgerUpload, work: Sequence[Item]) -> Any:
    (item,) = work
    told = _merged(item, ("name", "place_code", "note"))
    document = _id(item, "document") if item.parts.get("document") else None
    values = programmes.ProgrammeValues(**told | {"note": told["note"] or "", "document_id": document})
    if item.thing is None:
        return programmes.add_programme(acting, values)
    return programmes.change_programme(acting, item.thing.id, item.thing.version, values)


def _members(acting: Acting, upload: LedgerUpload, work: Sequence[Item]) -> Any:
    first = work[0]
    programme = _id(first, "programme")
    wanted = {"ids": sorted(_id(item, "project") for item in work), "joins": first.joins}
    found = ask(acting, "programme.members", str(programme), wanted, _why(upload))
    return found if isinstance(found, ConsentRequest) else db.session.get(Programme, programme)


def _promise(acting: Acting, upload: LedgerUpload, work: Sequence[Item]) -> Any:
    (item,) = work
    values = item.values["promise"]
    clause = item.parts.get("clause")
    values = replace(values, clause_id=_id(item, "clause") if clause else None)
    if item.thing is None:
        subject = _subject(item.parts["subject"])
        return add_promise(acting, subject, values)
    act = "move" if upload.options.get("act") == "move" else "correct"
    return ask(acting, f"promise.{act}", item.thing.key, {"values": values.to_json()}, _why(upload))


def _subject(handle: Handle | None) -> Project | Programme:
    assert handle is not None  # noqa: S101 - rows without it are kept out
    found: Project | Programme | None = db.session.scalar(
        select(Project).where(Project.id == handle.id)
        if handle.of == "projects"
        else select(Programme).where(Programme.id == handle.id)
    )
    if found is None:
        raise ConflictError(N_("它所属的那一行没有入库"))
    return found


WRITE: dict[str, Callable[[Acting, LedgerUpload, Sequence[Item]], Any]] = {
    "units": _unit,
    "documents": _document,
    "clauses": _clause,
    "programmes": _programme,
    "members": _members,
    "promises": _promise,
}


# --- taken back -------------------------------------------------------------------------------------------------------


def undo(acting: Acting, upload_id: int, version: int, reason: str) -> LedgerUpload:
    """Take a whole upload back: what it added goes, what it changed is as before, what it asked for is withdrawn
    (RW-10). ConflictError naming the row where others built on it, changed it since, or agreed to it.
    """
    require(acting.actor, WRITING)
    upload = upload_of(acting.actor, SHELF, upload_id)
    if upload.state == "undone" or not upload.counts.get("posted"):
        raise ConflictError(N_("只有已入库的登记簿可以撤销"))
    if upload.version != version:
        raise ConflictError(CHANGED)
    items = written(upload_id)[::-1]
    for item in sorted(items, key=lambda one: one.project_id):
        if item.after["state"] == ASKED:
            _unask(acting, item)
    hold_projects({one for item in items for one in item.after["projects"]})
    now = {(of, one.id): one for of, things in register(acting.actor, acting.day).items() for one in things}
    for item in items:
        if item.after["state"] == ASKED:
            continue
        try:
            _take_back(acting, upload, item, now.get((item.after["sheet"], item.project_id)))
        except ConflictError as problem:
            raise ConflictError(N_("%(row)s: %(why)s"), row=item.row_key, why=problem.text) from None
    upload.state, upload.undone_at, upload.undone_by_id = "undone", acting.now, acting.actor.id
    db.session.flush()
    told = {"filename": [upload.filename] * 2, "rows": [len(items), 0], "reason": [None, reason.strip()[:200]]}
    record(acting.actor, acting.now, Tag.REGISTER_UNDONE, upload, changes=told)
    return upload


def _unask(acting: Acting, item: LedgerItem) -> None:
    """Withdraw what a row asked for, unless that came to nothing."""
    request = db.session.get(ConsentRequest, item.project_id)
    if request is None or request.state in {"withdrawn", "returned", "overtaken"}:
        return
    if request.state != "waiting":
        raise ConflictError(N_("%(row)s: 已由另一个人同意, 不能整批撤销"), row=item.row_key)
    withdraw(acting, request.id)


def _take_back(acting: Acting, upload: LedgerUpload, item: LedgerItem, own: Thing | None) -> None:
    sheet = BY_KEY[item.after["sheet"]]
    if sheet.key == "members":
        raise ConflictError(N_("加入和离开项目群不能撤销: 请在项目群页办理"))
    plain = [one for one in sheet.columns if one.taken and one.key not in NAMING]
    if own is None or not _is_as_left(own, item.after, plain):
        raise ConflictError(N_("入库后又有改动, 不能撤销: 请在页面上更正"))
    if item.is_new:
        REMOVE[sheet.key](acting, own, item.after)
        return
    if sheet.key == "promises":
        raise ConflictError(N_("改动过的承诺不能撤销: 请在项目页更正"))
    before = item.before["values"]
    values = {one.key: unpacked(one, before[one.key]) for one in plain if one.key in before}
    parts = {name: Handle(OF[name], key) if key else None for name, key in item.before["parts"].items()}
    found = WRITE[sheet.key](acting, upload, [Item(sheet, Row(sheet.title, 0, {}), own, values=values, parts=parts)])
    if isinstance(found, ConsentRequest):
        raise ConflictError(N_("改回去要由另一个人同意: 请在页面上提出"))


def _is_as_left(own: Thing, after: Mapping[str, Any], plain: Iterable[Column]) -> bool:
    """Whether a thing still says what its row said, and belongs where that put it."""
    said = after["values"]
    return all(packed(own.values.get(one.key)) == said[one.key] for one in plain if one.key in said) and all(
        own.parts.get(name) == key for name, key in after["parts"].items() if name != "subject"
    )


def _forget_promise(acting: Acting, own: Thing, after: Mapping[str, Any]) -> None:
    """On the day it was added only: an upload must be no way to drop a promise alone (PR-8, PR-9)."""
    if after["on"] != acting.day.isoformat():
        raise ConflictError(N_("登记承诺的当天才能直接撤回; 以后要撤销, 须另一个人同意: 请到项目页办理"))
    take_back(acting, standing_target(own.key))


REMOVE: dict[str, Callable[[Acting, Thing, Mapping[str, Any]], object]] = {
    "units": lambda acting, own, _: units.remove_unit(acting, own.id, own.version),
    "documents": lambda acting, own, _: documents.remove_document(acting, own.id, own.version),
    "clauses": lambda acting, own, _: documents.remove_clause(acting, own.parts["document"] or 0, own.id),
    "programmes": lambda acting, own, _: programmes.remove_programme(acting, own.id, own.version),
    "promises": _forget_promise,
}
