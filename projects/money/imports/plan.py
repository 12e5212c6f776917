"""What an import would do, row by row, against what is there: new, there already, or in conflict.

Rules IM-5 and IM-7 of docs/rules/imports.md.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from projects.core.complaints import day_complaint
from projects.core.places import within
from projects.core.text import N_, Text
from projects.money.documents.citations import Nearby
from projects.money.documents.numbers import normalise, parse
from projects.money.imports.reading import CellFault, Read, SheetRow
from projects.money.ledger.closing import Closed
from projects.money.ledger.numbers import Number, numbered
from projects.money.ledger.posting import MADE_UP
from projects.money.matching.names import canonical

CODE = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}", re.ASCII)
NEAR_NOTES = 20
LONGEST_PLACE = 60  # letters of a place's name
MOST_NEW = 15_000  # rows that one import adds
MOST_PROJECTS = 2_500  # of projects, whose verdicts are stored with them
DAYS = {"allocations": "issued", "receipts": "received", "payments": "paid"}  # the field of a row's day
NOWHERE, NOWHERE_NAME = (
    "990000",
    "地区待定",
)  # where projects of unknown places lie until a person says more; no GB/T code begins with 99
CATEGORIES = (
    ("疾病预防控制", "cdc"),
    ("妇幼", "maternal"),
    ("妇女儿童", "maternal"),
    ("中医", "tcm"),
    ("中西医", "tcm"),
    ("传染", "infectious"),
    ("公共卫生", "infectious"),
    ("精神", "mental"),
    ("急救", "emergency"),
    ("血站", "emergency"),
    ("卫生学校", "education"),
    ("护理学院", "education"),
    ("卫生院", "primary"),
    ("社区", "primary"),
    ("村卫生", "primary"),
    ("医院", "hospital"),
)


@dataclass(frozen=True)
class Taken:
    """What stands under each number in whose books and of which year (M-12 of docs/rules/money.md); `owners` are the
    units and places of projects, and the place of receipts under None.
    """

    step: str = ""
    contents: Mapping[Number, frozenset[tuple[object, ...]]] = field(default_factory=dict)
    owners: Mapping[int | None, tuple[int | None, str | None]] = field(default_factory=dict)

    def number(self, project: int | None, day: dt.date, own: str) -> Number:
        """The number of a row in its books."""
        return numbered(self.step, self.owners.get(project, (None, None)), day, own)


@dataclass(frozen=True)
class KnownRows:
    """What is stored: projects by national code and by compared name (None where two within reach share it), places by
    name, numbers that stand, documents.

    `everywhere` has every project of a compared name, with its place.
    """

    codes: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, int | None] = field(default_factory=dict)
    reach: frozenset[int] | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    near: Mapping[str, str] | None = None  # what the beginning of a name may mean; None: any of `places`
    taken: Taken = field(default_factory=Taken)
    documents: Mapping[tuple[str, dt.date | None], int] = field(default_factory=dict)
    numbers: Sequence[str] = ()
    today: dt.date | None = None
    closed: Closed | None = None
    homes: Mapping[int, str] = field(default_factory=dict)  # project → place
    everywhere: Mapping[str, Sequence[tuple[int, str]]] = field(default_factory=dict)


NewRow = tuple[SheetRow, int | None, str]  # a row that would be written, its project, its identity


@dataclass
class PostingPlan:
    """The rows that would be written, each with its project and identity; how many are there already; what is wrong,
    what is worth a look.
    """

    new: list[NewRow] = field(default_factory=list)
    existing: int = 0
    faults: list[CellFault] = field(default_factory=list)
    notes: list[CellFault] = field(default_factory=list)
    returned: set[tuple[str, int]] = field(default_factory=set)  # sheet and number of rows that cancel each other

    @property
    def amount_fen(self) -> int:
        """The sum of the new rows."""
        return sum(row.amount_fen for row, _, _ in self.new if "amount" in row.values)


def make(kind: str, read: Read, known: KnownRows, place_code: str | None) -> PostingPlan:
    """What importing `read` would do."""
    plan = PostingPlan(notes=list(read.notes), faults=list(read.faults))
    if kind == "projects":
        _projects(plan, read.rows, known, place_code)
    else:
        _money(plan, kind, read.rows, known, place_code)
        if kind == "allocations":
            plan.notes += _near(read.rows, known.numbers)
    most = MOST_PROJECTS if kind == "projects" else MOST_NEW
    if len(plan.new) > most:
        said = {"count": len(plan.new), "most": most}
        text = Text(N_("要新增 %(count)s 行, 一次最多入账 %(most)s 行: 请按月份或地区分成几个文件"), said)
        plan.faults.insert(0, CellFault("", "", "", text))
    return plan


def identity(kind: str, row: SheetRow, seen: Counter[tuple[object, ...]]) -> str:
    """The row's own number, or one made from its content and how often it stood in the file before: the same file gives
    the same again.
    """
    own = row.text("line" if kind == "allocations" else "voucher")
    if own:
        return own[:60]
    facts = content(kind, row)
    seen[facts] += 1
    spelled = "\x1f".join((kind, str(seen[facts]), *(str(value) for value in facts)))
    return MADE_UP + hashlib.sha256(spelled.encode()).hexdigest()[:24]


def content(kind: str, row: SheetRow) -> tuple[object, ...]:
    """What makes two rows say the same."""
    if kind == "receipts":
        return (
            row.day("received"),
            row.amount_fen,
            row.text("payer")[:120],
            row.text("payee")[:120],
            row.text("memo")[:300],
        )
    if kind == "payments":
        return row.day("paid"), row.amount_fen, row.text("source"), _owner(row)
    return row.day("issued"), row.amount_fen, row.text("source"), normalise(row.text("number"))[:80], _owner(row)


def _owner(row: SheetRow) -> str:
    return row.text("code") or canonical(row.text("name"))


def stored(kind: str, row: SheetRow, project_id: int | None) -> tuple[object, ...]:
    """As `content`, with the project as it is stored."""
    return content(kind, row) if kind == "receipts" else (*content(kind, row)[:-1], project_id)


def project_of(row: SheetRow, known: KnownRows) -> int | Text | None:
    """The project of a row: by its code, else by its name; or why there is none."""
    code, name = row.text("code"), canonical(row.text("name"))
    if code and code in known.codes:
        found: int | None = known.codes[code]
    elif name in known.names:
        found = known.names[name]
        if found is None:
            return Text(N_("有几个项目都叫这个名字, 请写项目代码"))
    else:
        return Text(N_("没有这个项目: 请先导入项目清单, 或核对代码和名称"))
    if known.reach is not None and found not in known.reach:
        return Text(N_("没有这个项目: 请先导入项目清单, 或核对代码和名称"))
    return found


def _money(plan: PostingPlan, kind: str, rows: Iterable[SheetRow], known: KnownRows, place_code: str | None) -> None:
    seen: Counter[tuple[object, ...]] = Counter()
    here: dict[Number, list[tuple[SheetRow, int | None]]] = {}
    for row in rows:
        key, project = identity(kind, row, seen), None
        if kind == "receipts" and row.amount_fen < 0:
            continue  # money that went back: `returns`
        if kind != "receipts":
            found = project_of(row, known)
            if isinstance(found, Text):
                where = "code" if row.text("code") else "name"
                plan.faults.append(
                    CellFault(row.sheet, row.cells.get(where, row.cells["amount"]), row.text(where)[:60], found)
                )
                continue
            project = found
        where = row.cells.get("line" if kind == "allocations" else "voucher", row.cells["amount"])
        number = known.taken.number(project, row.day(DAYS[kind]), key)
        twins = here.get(number, [])
        if twins and not (kind == "payments" and all(_is_other_part(row, project, *twin) for twin in twins)):
            first = twins[0][0].cells
            plan.faults.append(
                CellFault(
                    row.sheet,
                    where,
                    key,
                    Text(N_("编号与 %(cell)s 重复"), {"cell": first.get("voucher") or first.get("line", "")}),
                )
            )
        elif number not in known.taken.contents:
            plan.new.append((row, project, key))
            if late := _day_problem(kind, row, known, known.homes.get(project) if project else place_code):
                plan.faults.append(late)
        elif stored(kind, row, project) in known.taken.contents[number]:
            plan.existing += 1
        else:
            plan.faults.append(
                CellFault(
                    row.sheet,
                    where,
                    key,
                    Text(N_("这个编号已登记, 但日期、金额或其他内容不同: 请核对, 要改正请先冲销原来的")),
                )
            )
        here.setdefault(number, []).append((row, project))


def _is_other_part(row: SheetRow, project: int | None, other: SheetRow, of: int | None) -> bool:
    """Whether two rows of one voucher are parts of one payment: same project and day, another source (M-17 of
    docs/rules/money.md).
    """
    return project == of and row.day("paid") == other.day("paid") and row.text("source") != other.text("source")


@dataclass(frozen=True)
class Later:
    """Rows dated after the day that pages speak about: how many, their fen, the last day of them."""

    count: int
    amount_fen: int
    last: dt.date


def later(kind: str, rows: Iterable[SheetRow], day: dt.date) -> Later | None:
    """What of a file pages of `day` do not show yet."""
    found = [row for row in rows if row.day(DAYS[kind]) > day] if kind in DAYS else []
    return (
        Later(len(found), sum(row.amount_fen for row in found), max(row.day(DAYS[kind]) for row in found))
        if found
        else None
    )


def _day_problem(kind: str, row: SheetRow, known: KnownRows, place: str | None) -> CellFault | None:
    """A day in the future, or in a month that is closed."""
    name = DAYS[kind]
    day = row.day(name)
    problem = day_complaint(day, known.today) if known.today else None
    if not problem and known.closed:
        problem = known.closed.complaint(place, day)
    return CellFault(row.sheet, row.cells[name], day.isoformat(), problem) if problem else None


def _projects(plan: PostingPlan, rows: Iterable[SheetRow], known: KnownRows, place_code: str | None) -> None:
    here: set[str | tuple[str, str | None]] = set()
    strangers: set[str] = set()
    homes: dict[tuple[str, str | None], int | None] = {}
    for row in rows:
        code, name = row.text("code"), canonical(row.text("name"))
        if code and not CODE.fullmatch(code):
            plan.notes.append(
                CellFault(
                    row.sheet, row.cells["code"], code[:60], Text(N_("不是国家项目代码的格式, 不保存; 以后按名称对应"))
                )
            )
        place, is_chosen = place_of(row, known, place_code)
        if (name, place) not in homes:
            homes[name, place] = _there(known, name, place)
        by_code, by_name = known.codes.get(code), homes[name, place]
        if code in here or ((name, place) in here and not code):
            plan.faults.append(
                CellFault(
                    row.sheet,
                    row.cells.get("code") or row.cells["name"],
                    code or row.text("name")[:60],
                    Text(N_("文件里重复")),
                )
            )
        elif by_code is not None and by_name is not None and by_code != by_name:
            plan.faults.append(
                CellFault(row.sheet, row.cells["code"], code, Text(N_("这个代码已属于另一个项目, 请核对")))
            )
        elif by_code is not None or (by_name is not None and (not code or not CODE.fullmatch(code))):
            plan.existing += 1
        else:
            said = row.text("place")
            if said and said not in strangers and is_chosen:
                strangers.add(said)
                plan.notes.append(
                    CellFault(
                        row.sheet,
                        row.cells["place"],
                        said[:60],
                        Text(N_("不认识这个地区名, 记到所选地区; 可以以后更正")),
                    )
                )
            plan.new.append((row, None, code))
        here.add(code or (name, place))


def _there(known: KnownRows, name: str, place: str | None) -> int | None:
    """The project of that name in a place: in it, around it, or where nobody has said yet; without a place,
    anywhere.
    """
    found = known.everywhere.get(name, ())
    return next(
        (key for key, home in found if place is None or home == NOWHERE or within(home, place) or within(place, home)),
        None,
    )


def place_of(row: SheetRow, known: KnownRows, place_code: str | None) -> tuple[str | None, bool]:
    """The code of a project's place: by its name or code, by the beginning of its unit's name, else the one chosen; and
    whether it had to be the chosen one.
    """
    said = row.text("place").replace(" ", "")
    for name in (said, canonical(said)):
        if name in known.places:
            return known.places[name], False
    for text in (row.text("unit"), row.text("name")):
        for length in range(min(len(text), LONGEST_PLACE), 2, -1):
            if found := (known.places if known.near is None else known.near).get(text[:length]):
                return found, False
    return place_code, True


def category_of(name: str) -> str:
    """The kind of institution that a project's name says."""
    full = canonical(name)
    return next((key for word, key in CATEGORIES if word in full), "other")


def document_kind(number: str) -> str:
    """What a document does, told from its issuer's prefix: 发改 plans or forwards, 财建 is the ministry's budget, other
    财 a quota.
    """
    found = parse(number)
    prefix = found.prefix if found else number
    if "发改" in prefix:
        return "plan" if prefix.startswith("发改") else "forward"
    return "budget" if prefix == "财建" else "quota" if "财" in prefix else "other"


def _near(rows: Sequence[SheetRow], numbers: Sequence[str]) -> list[CellFault]:
    """Numbers that are almost those of documents known already: the same document, mistyped?"""
    first: dict[str, SheetRow] = {}
    for row in rows:
        first.setdefault(normalise(row.text("number")), row)
    known = {normalise(number): None for number in numbers}
    nearby = Nearby(known)
    others = ((row, nearby.to(number)) for number, row in first.items() if number not in known)
    text = N_("与已登记的 %(number)s 只差一处: 如是同一文件请先改正")
    found = (
        CellFault(row.sheet, row.cells["number"], row.text("number"), Text(text, {"number": other}))
        for row, other in others
        if other
    )
    return list(islice(found, NEAR_NOTES))
