"""What taking a ledger over would do, project by project: new, the same, changed, to be decided, or not possible. LG-8
and LG-9 of docs/rules/ledger.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from projects.core.places import upper
from projects.core.text import N_, Text
from projects.money.imports.plan import category_of
from projects.money.imports.reading import CellFault
from projects.money.matching.names import canonical
from projects.portfolio.ledger.columns import label
from projects.portfolio.ledger.fields import CARD, IGNORED, PROMISED, SOURCE, YEAR
from projects.portfolio.ledger.measures import Promise, promised
from projects.portfolio.ledger.months import Month, months_of
from projects.portfolio.ledger.rows import LONGEST_READ, Row
from projects.portfolio.ledger.similar import Known, Likeness, Signed, Where, sign, where_of
from projects.register.cards.card import as_typed
from projects.register.cards.card import read as read_card

NEW, SAME, CHANGED, ASK, BAD, SKIPPED = "new", "same", "changed", "ask", "bad", "skipped"
STATES = {
    NEW: N_("新增"),
    CHANGED: N_("有改动"),
    SAME: N_("无改动"),
    ASK: N_("待确认"),
    BAD: N_("不能读入"),
    SKIPPED: N_("跳过"),
}
CODE = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}", re.ASCII)
DAYS = ("plan_start", "plan_finish")
PLAIN = ("name", "code", "category", "place", "unit", "note", *CARD, *DAYS)


@dataclass(frozen=True)
class Identity:
    """By what a project that is there is known."""

    id: int
    slug: str
    name: str
    code: str
    unit: str
    place: str


@dataclass(frozen=True)
class Change:
    """A field that differs: what it was, what the file says."""

    key: str
    old: Any
    new: Any

    @property
    def label(self) -> Text:
        """The field in words."""
        return label(self.key)


@dataclass
class Item:
    """A project of the file: its rows, what they say of it, what would be done and why; `project` is the one that it
    is taken for, `likely` those it may be.
    """

    rows: list[Row]
    facts: dict[str, Any]
    state: str = NEW
    project: int | None = None
    likely: list[tuple[Identity, Likeness]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    months: list[Month] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    notes: list[CellFault] = field(default_factory=list)
    choice: str = ""
    is_placed: bool = False  # the file says where it is

    @property
    def key(self) -> str:
        """The address of its first row, which a person's choice names."""
        return self.rows[0].key

    @property
    def name(self) -> str:
        """What it is called in the file."""
        return str(self.facts.get("name", ""))

    @property
    def needs_look(self) -> bool:
        """Whether somebody has to decide, or should look."""
        return self.state in {ASK, BAD} or bool(self.notes)

    def refuse(self, key: str, text: Text) -> None:
        """Name a cell that keeps the project out."""
        row = next((one for one in self.rows if key in one.cells), self.rows[0])
        self.faults.append(CellFault(row.sheet, row.cells.get(key, f"{row.number}"), row.said.get(key, ""), text))

    def note(self, key: str, text: Text) -> None:
        """Name a cell that is worth a look."""
        row = next((one for one in self.rows if key in one.cells), self.rows[0])
        self.notes.append(CellFault(row.sheet, row.cells.get(key, f"{row.number}"), row.said.get(key, ""), text))


@dataclass(frozen=True)
class Setting:
    """What an upload was told beside its file: the place of rows that name none, the month of figures without one, the
    year of promises, whether promises have a document to stand in, and the last month there can be a report of.
    """

    place: str | None
    month: dt.date | None
    year: int | None
    has_document: bool
    latest: dt.date
    covers: Callable[[str], bool]
    place_of: Callable[[str, str, str], str | None]  # from what is said of the place, the unit, the name
    plain: Callable[[str], str]  # a name in simplified letters of one width
    sound: Callable[[str], str]
    names: Mapping[str, str]  # of places by code


def gathered(rows: Sequence[Row], setting: Setting) -> list[Item]:
    """The projects of a file, each with all its rows; those of a later month say what a project is now."""
    found: dict[tuple[str, ...], Item] = {}
    for row in sorted(rows, key=lambda one: one.month or dt.date.max, reverse=True):
        facts = {key: value for key, value in row.values.items() if key in PLAIN or key.startswith((SOURCE, YEAR))}
        item = Item([row], facts)
        if not row.text("name"):
            item.refuse("name", Text(N_("没有项目名称")))
            found[row.key,] = item
            continue
        key = canonical(row.text("name")), row.text("code"), row.text("place"), row.text("unit")
        other = found.setdefault(key, item)
        if other is not item:
            _joined(other, row, facts)
    items = list(found.values())
    for item in items:
        item.rows.sort(key=lambda one: (one.sheet, one.number))
        for row in item.rows:
            item.faults += row.faults
        _told(item, setting)
    return items


def _joined(item: Item, row: Row, facts: Mapping[str, Any]) -> None:
    """A further row of a project: another promise or month; its other values may not say anything else."""
    is_later_month = row.month is not None and row.month != item.rows[0].month
    more = any(key.partition("#")[0] in PROMISED or key.partition(".")[0] == "month" for key in row.values)
    same_cells = all(item.facts.get(key, value) == value for key, value in facts.items())
    item.rows.append(row)
    if is_later_month:
        item.facts = {**facts, **item.facts}
    elif not same_cells:
        key = next(key for key, value in facts.items() if item.facts.get(key, value) != value)
        cell = CellFault(row.sheet, row.cells[key], row.said.get(key, ""), Text(
            N_("与第 %(row)s 行是同一个项目, 但“%(field)s”写得不同"), {"row": item.rows[0].number, "field": label(key)}
        ))  # fmt: skip
        item.faults.append(cell)
    elif not more:
        cell = CellFault(row.sheet, row.cells.get("name", ""), row.text("name")[:60], Text(N_("文件里重复")))
        item.faults.append(cell)
    else:
        item.facts = {**facts, **item.facts}


def _told(item: Item, setting: Setting) -> None:
    """What the rows of a project say together: where it is, what it promises, its months; faults where it can't be."""
    facts, first = item.facts, item.rows[0]
    facts.setdefault("unit", facts.get("legal_unit", ""))
    said = str(facts.pop("place", ""))
    place = setting.place_of(said, str(facts["unit"]), item.name) or setting.place_of(first.section, "", "")
    item.is_placed = bool(said and place)
    if said and place is None:
        item.note("place", Text(N_("不认识这个地区名, 记到所选地区; 可以以后更正")))
        facts["note"] = "\n".join(filter(None, (str(facts.get("note", "")), f"所在地原文: {said}")))
    place = place or setting.place
    if place is None:
        item.refuse("place" if said else "name", Text(N_("看不出所在地: 请在表中写明, 或选择这份台账的地区")))
    elif not setting.covers(place):
        item.refuse("place" if said else "name", Text(N_("这个项目不在您负责的地区")))
    facts["place"] = place
    code = str(facts.get("code", ""))
    if code and not CODE.fullmatch(code):
        item.note("code", Text(N_("不是国家项目代码的格式, 不保存; 按名称对应")))
        del facts["code"]
    _check_card(item)
    _check_plan(item)
    _promises(item, setting)
    item.months, notes, asked = months_of(item.rows, setting.month, setting.latest)
    item.notes += notes + asked
    for name in [name for name, value in facts.items() if value in ("", None)]:
        del facts[name]


def _check_card(item: Item) -> None:
    """What the card takes, and that no parts sum to more than the whole."""
    typed = {CARD[key]: as_typed(CARD[key], value) for key, value in item.facts.items() if key in CARD}
    of_card = {name: key for key, name in CARD.items()}
    for name, text in read_card(typed)[1].items():
        item.refuse(of_card[name], text)
    total, keys = item.facts.get("total"), [key for key in item.facts if key.startswith(SOURCE)]
    if total is not None and sum(item.facts[key] for key in keys) > total:
        item.refuse(keys[0], Text(N_("各来源之和大于总投资, 请核对单位和数字")))


def _check_plan(item: Item) -> None:
    start, finish = item.facts.get("plan_start"), item.facts.get("plan_finish")
    if start and finish and finish <= start:
        item.refuse("plan_finish", Text(N_("计划完成不晚于计划开始")))


def _promises(item: Item, setting: Setting) -> None:
    for row in item.rows:
        numbers = sorted({key.partition("#")[2] for key in row.values if key.partition("#")[0] in PROMISED})
        for number in numbers:
            said = {name: row.values.get(f"{name}#{number}" if number else name) for name in PROMISED}
            if not said["promise"]:
                continue
            one = promised(
                str(said["promise"]),
                row.year or setting.year,
                said["promise_measure"],
                said["promise_threshold"],
                said["promise_due"],
                said["promise_commitment"],
            )
            if one not in item.promises:
                item.promises.append(one)
    if item.promises and not setting.has_document:
        item.note("promise", Text(N_("没有选承诺出自哪份规划文件, 承诺没有读入")))
        item.promises = []


# --- which project it is ----------------------------------------------------------------------------------------------


def signed(name: str, unit: str, place: str | None, setting: Setting) -> Signed:
    """A name taken apart, in its place."""
    where = where_of(place, setting.names, upper(place)) if place else Where()
    return sign(setting.plain(name), setting.plain(unit), where, setting.sound)


def matched(items: Iterable[Item], known: Sequence[Identity], choices: Mapping[str, str], setting: Setting) -> None:
    """Say of each project of the file which of those that are there it is, or which it may be; a person's choice counts
    before what is found.
    """
    by_id = {one.id: one for one in known}
    codes = {one.code: one for one in known if one.code}
    names: dict[tuple[str, str], list[Identity]] = {}
    for one in known:
        names.setdefault((canonical(one.name), one.place), []).append(one)
    alike: Known | None = None  # made for the first project that nothing else tells
    for item in items:
        item.choice = choices.get(item.key, "")
        code = str(item.facts.get("code", ""))
        twins = names.get((canonical(item.name), str(item.facts["place"])), [])
        unit = canonical(str(item.facts.get("unit", "")))
        same = [one for one in twins if not unit or not one.unit or canonical(one.unit) == unit]
        if item.choice == "skip":
            item.state = SKIPPED
        elif item.choice.isdigit() and int(item.choice) in by_id:
            item.project = int(item.choice)
        elif code in codes:
            item.project = codes[code].id
            if same and all(one.id != item.project for one in same):
                item.refuse("code", Text(N_("这个代码已属于另一个项目, 请核对")))
        elif len(same) == 1 and not (code and same[0].code):
            item.project = same[0].id
        elif item.choice != "new":
            alike = alike or Known({str(one.id): signed(one.name, one.unit, one.place, setting) for one in known})
            found = alike.like(signed(item.name, str(item.facts.get("unit", "")), item.facts["place"], setting))
            item.likely = [(by_id[int(key)], one) for key, one in found if not (code and by_id[int(key)].code)]
            item.state = ASK if item.likely else NEW
    _apart(items)


def _apart(items: Iterable[Item]) -> None:
    """No two projects of the file are one of those that are there."""
    first: dict[int, Item] = {}
    for item in items:
        if item.project is None:
            continue
        other = first.setdefault(item.project, item)
        if other is not item:
            item.refuse("name", Text(N_("与第 %(row)s 行对应同一个项目"), {"row": other.rows[0].number}))


def _refuse_cut(item: Item, stored: Mapping[str, Any]) -> None:
    """A text that was not read whole is not stored."""
    for key, value in item.facts.items():
        if _is_cut(value) and not _is_same(value, stored.get(key)):
            item.refuse(key, Text(N_("超过 %(most)s 字, 读不全: 请精简, 或到项目页填写"), {"most": LONGEST_READ}))
            item.state = BAD


def compared(
    items: Iterable[Item],
    facts: Mapping[int, Mapping[str, Any]],
    reported: Mapping[int, set[dt.date]],
    settled: Mapping[int, Collection[str]],
    *,
    changing: bool,
) -> None:
    """Say what each project of the file would change of the one that it is, by the facts that are stored. What only two
    people change is `settled` by project; so is every sum that there is, where `changing` one needs two.
    """
    for item in items:
        if item.faults:
            item.state = BAD if item.state != SKIPPED else SKIPPED
        if item.project is None or item.state in {SKIPPED, BAD}:
            _check_one_day(item, {})
            _refuse_cut(item, {})
            continue
        stored = facts[item.project]
        _check_one_day(item, stored)
        _refuse_cut(item, stored)
        if item.state == BAD:
            continue
        item.changes = [
            Change(key, stored.get(key), value)
            for key, value in item.facts.items()
            if not _is_same(value, stored.get(key)) and (key != "place" or item.is_placed)
        ]
        _leave_to_two(item, settled.get(item.project, ()), changing=changing)
        there = {one.wording for one in stored.get("promises", ())}
        item.promises = [one for one in item.promises if one.wording not in there]
        known = reported.get(item.project, set())
        twice = [one for one in item.months if one.month in known]
        if twice:
            text = Text(N_("有 %(count)s 个月已有月报, 不再读入"), {"count": len(twice)})
            item.note("name", text)
        item.months = [one for one in item.months if one.month not in known]
        item.state = CHANGED if item.changes or item.promises or item.months else SAME


def _leave_to_two(item: Item, settled: Collection[str], *, changing: bool) -> None:
    """Changes of plan and sums that need another person's consent are told, and asked for on their own pages."""
    left = []
    for change in item.changes:
        is_sum = change.key.startswith(SOURCE)
        if (change.key in DAYS and "plan" in settled) or (
            is_sum and ("sums" in settled or (changing and change.old is not None))
        ):
            page = N_("这里的改动要由另一个人同意: 请在项目的“资金”页提出") if is_sum else N_(
                "这里的改动要由另一个人同意: 请在项目的“计划”页提出"
            )  # fmt: skip
            item.note(change.key, Text(page))
        else:
            left.append(change)
    item.changes = left


def _is_same(said: Any, stored: Any) -> bool:
    """Whether a cell says what is stored; blanks don't count, and readers cut what is long."""
    if isinstance(said, str) and isinstance(stored, str):
        one, other = " ".join(said.split()), " ".join(stored.split())
        return one == other or (_is_cut(said) and other.startswith(one[:-1]))
    return bool(said == stored)


def _is_cut(said: Any) -> bool:
    return isinstance(said, str) and len(said) > LONGEST_READ and said.endswith("…")


def _check_one_day(item: Item, stored: Mapping[str, Any]) -> None:
    """One planned day alone is no plan (P-1)."""
    days = {key: item.facts.get(key, stored.get(key)) for key in ("plan_start", "plan_finish")}
    given = [key for key, day in days.items() if day]
    if len(given) == 1 and given[0] in item.facts:
        item.note(given[0], Text(N_("计划要有开始和完成两个日期, 这一个没有读入")))
        del item.facts[given[0]]
    elif len(given) == 2 and max(given, key=lambda key: days[key] or dt.date.min) != "plan_finish" and not item.faults:
        key = "plan_finish" if "plan_finish" in item.facts else "plan_start"
        item.refuse(key, Text(N_("计划完成不晚于计划开始")))
        item.state = BAD


def category(item: Item) -> str:
    """The kind of institution: as the file says, else as the names do."""
    said = str(item.facts.get("category", ""))
    return said or category_of(f"{item.name}{item.facts.get('unit', '')}") or IGNORED


def counts(items: Iterable[Item]) -> dict[str, int]:
    """How many projects of each state."""
    found = dict.fromkeys(STATES, 0)
    for item in items:
        found[item.state] += 1
    return found
