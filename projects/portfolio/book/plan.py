"""What taking the register in would do, row by row: new, the same, changed, or not possible; at once, or once another
person agreed. RW-5 to RW-8 of docs/rules/register.md.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from projects.core.text import N_, Text
from projects.portfolio.book.columns import BY_KEY, NAMING, Sheet
from projects.portfolio.book.items import POSSIBLE, Change, Handle, Item
from projects.portfolio.book.named import Named, stored
from projects.portfolio.book.reading import Table
from projects.portfolio.book.things import Thing
from projects.portfolio.ledger.plan import BAD, CHANGED, NEW, SAME, SKIPPED
from projects.portfolio.ledger.rows import Row
from projects.register.promises.checks import PromiseValues, basis_of, complaints, threshold_of, unit_of

ORDER = ("units", "documents", "clauses", "programmes", "members", "promises")  # what others name goes first
_MARKS = {"percent": "%", "money": "万元", "count": "个"}


@dataclass(frozen=True)
class Setting:
    """What an upload is compared with beside the register: which place a cell names, the projects that rows may name,
    whether the asker keeps things of a place, by sheet; and the day.
    """

    place_of: Callable[[str], str | None]
    projects: Iterable[Thing]
    keeps: Callable[[str, str], bool]
    day: dt.date


def planned(
    tables: Mapping[str, Table],
    register: Mapping[str, list[Thing]],
    setting: Setting,
    choices: Mapping[str, str],
) -> list[Item]:
    """What each row would do now, in the order in which it is done."""
    return Planner(register, setting, choices).items(tables)


class Planner:
    """The rows of a file beside the register that is there."""

    def __init__(self, register: Mapping[str, list[Thing]], setting: Setting, choices: Mapping[str, str]) -> None:
        self.register, self.setting, self.choices = register, setting, choices
        self.named = Named(register, setting.projects, setting.place_of)
        self.now: dict[tuple[int | None, int | None], Thing] = {}
        self.former: dict[tuple[int | None, int | None], list[dt.date]] = defaultdict(list)
        self.programmes_of: dict[int | None, set[int | None]] = defaultdict(set)
        for one in register["members"]:
            pair = one.parts["programme"], one.parts["project"]
            if until := one.values["until"]:
                self.former[pair].append(until)
            else:
                self.now[pair] = one
                self.programmes_of[pair[1]].add(pair[0])
        self.bearing = {one.id for one in register["programmes"] if one.two}
        self.foreign = {one.id for one in register["programmes"] if not one.writes}

    def items(self, tables: Mapping[str, Table]) -> list[Item]:
        """Each row's item."""
        found = []
        for key in ORDER:
            if key in tables:
                found += self._sheet(BY_KEY[key], tables[key].rows)
        return found

    def _sheet(self, sheet: Sheet, rows: Iterable[Row]) -> list[Item]:
        things = self.register.get(sheet.key, [])
        by_key = {one.key: one for one in things}
        natures: dict[Any, list[Thing]] = defaultdict(list)
        for one in things:
            natures[_nature_of(sheet, one)].append(one)
        taken: dict[Any, Row] = {}
        items = []
        for row in rows:
            item = Item(sheet, row, by_key.get(row.text("key")), values=dict(row.values), faults=list(row.faults))
            items.append(item)
            if self.choices.get(item.key) == "skip":
                item.state = SKIPPED
                continue
            self.named.places(item)
            self.named.parts_of(item)
            if not item.faults:
                self._recognise(item, natures, taken)
            if not item.faults:
                self._compare(item)
            item.state = BAD if item.faults else item.state
            if item.state != BAD:
                self.named.told(item)
        if sheet.key == "members":
            _one_way(items)
        return items

    # --- which thing it is --------------------------------------------------------------------------------------------

    def _recognise(self, item: Item, natures: Mapping[Any, list[Thing]], taken: dict[Any, Row]) -> None:
        """Which thing a row is, by its key or else by what it says; no two rows are one."""
        sheet, own = item.sheet, item.thing
        said = {**(own.values if own else {}), **{k: v for k, v in item.values.items() if v is not None}}
        nature = _nature(sheet, said, item.parts)
        if sheet.key == "members":
            self._membership(item, taken)
            return
        alike = [one for one in natures.get(nature, ()) if ("thing", one.id) not in taken]
        if own and any(one.id != own.id for one in natures.get(nature, ())) and sheet.key != "promises":
            item.refuse(IDENTIFYING[sheet.key], N_("已有另一个是这样的, 不能重复"))
        elif own is None and alike:
            exact = [one for one in alike if all(one.values.get(k) == item.values.get(k) for k in ("measure", "due"))]
            item.thing = (exact or alike)[0]
        own = item.thing
        differs = [str(item.values.get(key)) for key in ("measure", "threshold", "due")]
        mark = ("thing", own.id) if own else ("nature", nature, *(differs if sheet.key == "promises" else ()))
        if mark in taken:
            item.refuse("key" if own else IDENTIFYING[sheet.key], N_("与第 %(row)s 行是同一个"), row=taken[mark].number)
        taken[mark] = item.row

    def _membership(self, item: Item, taken: dict[Any, Row]) -> None:
        """Whether a member is one now, and whether the row says so."""
        programme, project = item.parts["programme"], item.parts["project"]
        assert programme is not None  # noqa: S101 - it is needed
        assert project is not None  # noqa: S101 - likewise
        pair, until = (programme.id, project.id), item.values.get("until")
        item.joins = until is None
        there = None if programme.row else self.now.get(pair)
        former = self.former.get(pair, ())
        item.thing = there
        if item.joins == (there is not None) or (not item.joins and until in former):
            item.state = SAME
            if not item.joins and until not in former:
                item.note("until", N_("它现在不在这个项目群里, 没有可做的"))
            return
        mark = (programme, project, item.joins)
        if mark in taken:
            item.refuse("project", N_("与第 %(row)s 行是同一个"), row=taken[mark].number)
        taken[mark] = item.row
        item.state = NEW if item.joins else CHANGED

    # --- what differs ---------------------------------------------------------------------------------------------

    def _compare(self, item: Item) -> None:
        if item.sheet.key == "members":
            self._member(item)
            return
        if item.sheet.key == "promises":
            self._promise(item)
        own = item.thing
        if own is None:
            for column in item.sheet.columns:
                if column.needs and item.values.get(column.key) in (None, ""):
                    item.refuse(column.key, N_("请填写“%(column)s”"), column=Text(column.heading))
            code = item.values.get("place_code")
            if code and not self.setting.keeps(item.sheet.key, code):
                item.refuse("place_code", N_("请选择您负责的地区"))
            return
        item.changes = [
            Change(column, own.values.get(column.key), item.values[column.key])
            for column in item.sheet.columns
            if column.taken
            and column.key not in NAMING
            and item.values.get(column.key) not in (None, "")
            and not _is_same(item.values[column.key], own.values.get(column.key))
        ]
        for name in MOVABLE.get(item.sheet.key, ()):
            handle = item.parts.get(name)
            if handle and handle != stored(own, name):
                new = item.row.text(name) or item.row.text(f"{name}_key")
                item.changes.append(Change(item.sheet.column(name), own.values.get(name), new))
        item.state = CHANGED if item.changes else SAME
        if item.changes and not own.writes:
            item.refuse("key", N_("这一项不归您维护, 不能改"))
        moves = item.sheet.key == "promises" or any(one.column.key == "issued_on" for one in item.changes)
        item.two = bool(item.changes) and own.two and moves

    def _promise(self, item: Item) -> None:
        """A promise as its operation takes it, in `values["promise"]`; what keeps it out is named by cell."""
        subject, own = item.parts["subject"], item.thing
        assert subject is not None  # noqa: S101 - it is needed
        of_programme = subject.of == "programmes"
        said = {**({k: own.values.get(k) for k in PROMISE} if own else {}), **_given(item.values, PROMISE)}
        measure = str(said.get("measure") or "")
        quantifier = str(said.get("quantifier") or ("" if of_programme else "project"))
        if not measure or not quantifier:
            return item.refuse("measure" if not measure else "quantifier", N_("请填写这一格"))
        if isinstance(threshold := said.get("threshold"), str):
            mark = _MARKS.get(unit_of(measure, quantifier), "")
            threshold, problem = threshold_of(threshold.removesuffix(mark), measure, quantifier)
            if problem:
                return item.refuse("threshold", problem)
            item.values["threshold"] = threshold
        clause = item.parts.get("clause")
        values = PromiseValues(
            measure=measure,
            quantifier=quantifier,
            threshold=threshold,
            due=said.get("due"),
            commitment=str(said.get("commitment") or "none"),
            basis=str(said.get("basis") or basis_of(measure, quantifier)),
            clause_id=clause.id if clause else None,
            wording=str(said.get("wording") or ""),
            note=str(said.get("note") or ""),
        )
        if own and not clause and own.parts.get("clause") is None:
            item.note("clause", N_("这条承诺没有写明出处"))
        for name, text in complaints(values, item.values.get("issued_on"), of_programme=of_programme).items():
            item.refuse(name, text)
        item.values["promise"] = values
        return None

    def _member(self, item: Item) -> None:
        programme, project = item.parts["programme"], item.parts["project"]
        if item.state == SAME or programme is None or project is None:
            return
        left = self.programmes_of.get(project.id, set())
        item.two = bool(({programme.id} | (left if item.joins else set())) & self.bearing)
        said = item.values.get("since" if item.joins else "until")
        if said and said != self.setting.day:
            item.note("since" if item.joins else "until", N_("加入和离开从办理的当天算起, 表里的日期不读入"))
        if programme.id in self.foreign:
            item.refuse("programme", N_("这个项目群不归您维护"))


PARTS = {
    "documents": (), "units": (), "clauses": ("document",), "programmes": (), "members": ("programme", "project"),
    "promises": ("subject",),
}  # fmt: skip
MOVABLE = {"programmes": ("document",), "promises": ("clause",)}
IDENTIFYING = {
    "documents": "title", "units": "name", "clauses": "locator", "programmes": "name", "promises": "wording",
}  # fmt: skip
PROMISE = ("measure", "quantifier", "threshold", "due", "commitment", "basis", "wording", "note")


def _nature_of(sheet: Sheet, one: Thing) -> Any:
    return _nature(sheet, one.values, {name: stored(one, name) for name in PARTS[sheet.key]})


def _nature(sheet: Sheet, values: Mapping[str, Any], parts: Mapping[str, Handle | None]) -> Any:
    """What makes two things of a sheet the same."""
    match sheet.key:
        case "documents":
            return values.get("title"), values.get("place_code"), values.get("year")
        case "clauses":
            return parts.get("document"), values.get("locator")
        case "programmes":
            return values.get("name"), values.get("place_code")
        case "promises":
            return parts.get("subject"), values.get("wording")
        case "members":
            return parts.get("programme"), parts.get("project")
        case _:
            return values.get("name")


def _given(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: values[key] for key in keys if values.get(key) not in (None, "")}


def _is_same(said: Any, stored: Any) -> bool:
    """Whether a cell says what is stored; blanks don't count."""
    if isinstance(said, str) and isinstance(stored, str):
        return said.split() == stored.split()
    return bool(said == stored)


def _one_way(items: Iterable[Item]) -> None:
    """Who joins a programme and who leaves it is asked for one after the other where it takes another person."""
    first: dict[Any, Item] = {}
    for item in items:
        if item.two and item.state in {NEW, CHANGED}:
            other = first.setdefault(item.parts["programme"], item)
            if other.joins != item.joins:
                item.refuse("programme", N_("加入和离开要各提一次申请: 这一行请以后再传"))
                item.state = BAD


def counts(items: Iterable[Item]) -> dict[str, int]:
    """How many rows of each state."""
    found = dict.fromkeys(POSSIBLE, 0)
    for item in items:
        found[item.state] += 1
    return found
