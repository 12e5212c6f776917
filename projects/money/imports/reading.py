"""A file's sheets read into rows of typed values, with every cell that can't be taken named.

Rules IM-1 to IM-5 of docs/rules/imports.md.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from projects.core.money import exact_yuan
from projects.core.text import N_, Text
from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.imports import layout
from projects.money.imports.fields import FIELDS, Field
from projects.sheets.reading import cells
from projects.sheets.reading.cells import CellRefusedError, Value

LONGEST = 200
MOST_NAMED = 5000  # faults, and notes, that are named; nobody mends more at a time
SKIPPED = {"section": N_("看作分组标题或上一行的其中数, 没有读入"), "other_way": ""}
OTHER_WAY = {"receipts": N_("这一行是支出, 不是到账, 没有读入"), "payments": N_("这一行是收入, 不是支付, 没有读入")}
SOURCES = (
    {word: key for key, word in FUNDING_SOURCES.items()}
    | {key: key for key in FUNDING_SOURCES}
    | {
        "中央预算内": "cbi",
        "中央预算内资金": "cbi",
        "中央预算内基建投资": "cbi",
        "预算内投资": "cbi",
        "中央基建投资": "cbi",
        "中央财政": "central_special",
        "中央专项": "central_special",
        "中央财政专项资金": "central_special",
        "中央财政资金": "central_special",
        "超长期国债": "treasury_ultra_long",
        "超长期特别国债资金": "treasury_ultra_long",
        "省级预算内投资": "provincial_budget",
        "省预算内": "provincial_budget",
        "省预算内投资": "provincial_budget",
        "省级": "provincial",
        "省级财政资金": "provincial",
        "省财政": "provincial",
        "省级资金": "provincial",
        "市级": "municipal",
        "市级财政资金": "municipal",
        "市财政": "municipal",
        "市级资金": "municipal",
        "市级配套": "municipal",
        "县级": "county",
        "县级财政资金": "county",
        "县财政": "county",
        "区级财政": "county",
        "区级": "county",
        "县级资金": "county",
        "县级配套": "county",
        "县区配套": "county",
        "一般债": "general_bond",
        "一般债券": "general_bond",
        "地方一般债券": "general_bond",
        "专项债": "special_bond",
        "专项债券": "special_bond",
        "地方专项债券": "special_bond",
        "地方政府专项债": "special_bond",
        "贷款": "bank_loan",
        "世行贷款": "world_bank",
        "自筹资金": "self",
        "单位自筹": "self",
        "捐款": "donation",
        "社会捐赠": "donation",
    }
)


@dataclass(frozen=True)
class SheetRows:
    """A sheet's rows as they were read; `merged` are rectangles (top, left, bottom, right), all counted from 0.

    Hidden rows and columns are read like others; of a hidden sheet only its name is known.
    """

    name: str
    rows: Sequence[Sequence[Value]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    from_1904: bool = False
    hidden_rows: Collection[int] = ()
    hidden_columns: Collection[int] = ()
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that can't be taken, as a spreadsheet names it (B7), or a whole sheet."""

    sheet: str
    cell: str
    value: str
    text: Text


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: where it stands, and its values by field.

    Amounts are fen (negative for money that went back), days are dates.
    """

    sheet: str
    number: int
    values: Mapping[str, str | int | dt.date]
    cells: Mapping[str, str]

    def text(self, key: str) -> str:
        """A text, empty where there is none."""
        return str(self.values.get(key, ""))

    @property
    def amount_fen(self) -> int:
        """The amount; only of kinds that have one."""
        return int(self.values["amount"])  # type: ignore[arg-type]

    def day(self, key: str) -> dt.date:
        """A required day."""
        found = self.values[key]
        assert isinstance(found, dt.date)  # noqa: S101 - required days are read before a row is made
        return found


@dataclass
class Read:
    """What a file holds: rows, faults that keep it from being imported, notes that do not, and how many totals were
    left out. Of faults and notes so many are named; of those beyond, how many there are.
    """

    rows: list[SheetRow] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    notes: list[CellFault] = field(default_factory=list)
    totals: int = 0
    heads: dict[str, dict[str, str]] = field(default_factory=dict)  # sheet → field → column's name as typed
    unnamed: Counter[str] = field(default_factory=Counter)  # while it is read

    def refuse(self, fault: CellFault) -> None:
        """Name a fault, or count it."""
        self._name(self.faults, fault, "faults")

    def note(self, fault: CellFault) -> None:
        """Name what is worth a look, or count it."""
        self._name(self.notes, fault, "notes")

    def _name(self, named: list[CellFault], fault: CellFault, kind: str) -> None:
        if len(named) < MOST_NAMED:
            named.append(fault)
        else:
            self.unnamed[kind] += 1

    def close(self) -> None:
        """Say first how many were not named."""
        for kind, named in (("faults", self.faults), ("notes", self.notes)):
            if count := self.unnamed.pop(kind, 0):
                text = Text(N_("另有 %(count)s 处没有一一列出: 请先改正列出的, 再导入一次"), {"count": count})
                named.insert(0, CellFault("", "", "", text))

    @property
    def amount_fen(self) -> int:
        """The sum of all rows."""
        return sum(row.amount_fen for row in self.rows if "amount" in row.values)


@dataclass
class _Sums:
    """The fen of a sheet's rows so far, and of those since its last total."""

    whole: int = 0
    since_total: int = 0

    def add(self, fen: int) -> None:
        """Count a row."""
        self.whole += fen
        self.since_total += fen


def name_of(row: int, column: int) -> str:
    """A cell's name from its place counted from 0: (6, 1) is B7."""
    return f"{letters_of(column)}{row + 1}"


@cache
def letters_of(column: int) -> str:
    """A column's name, counted from 0: 1 is B."""
    left, last = divmod(column, 26)
    return (letters_of(left - 1) if left else "") + chr(65 + last)


def read(sheets: Sequence[SheetRows], kind: str, unit: str | None = None) -> Read:
    """Read every sheet that holds a table of `kind`; `unit` counts where neither heading nor cell names one."""
    found = Read()
    blames: list[CellFault] = []
    for sheet in sheets:
        if sheet.is_hidden:
            blames.append(CellFault(sheet.name, "", "", Text(N_("它是隐藏的"))))
            continue
        if not any(any(not cells.is_blank(value) for value in row) for row in sheet.rows):
            continue
        place = layout.find(sheet.rows, kind)
        if isinstance(place, list):
            blames += [CellFault(sheet.name, "", "", text) for text in place]
        else:
            _sheet(found, sheet, place, kind, unit)
    if not found.heads:
        found.faults += blames or [CellFault("", "", "", Text(N_("文件里没有内容")))]
    else:
        found.notes += [
            CellFault(one.sheet, "", "", Text(N_("这张表没有读取: %(why)s"), {"why": one.text})) for one in blames
        ]
    if found.heads and not found.rows and not found.faults:
        found.faults.append(CellFault("", "", "", Text(N_("表头下面没有数据行"))))
    found.close()
    return found


def _sheet(found: Read, sheet: SheetRows, place: layout.Layout, kind: str, unit: str | None) -> None:
    fields, heading = FIELDS[kind], layout.heading_of(sheet.rows[place.first - 1])
    rows = _filled(sheet, place)
    found.heads[sheet.name] = {
        one.key: _head(sheet, place, place.columns[one.key]) for one in fields if one.key in place.columns
    }
    if kind == "projects":
        _tell_unread(found, sheet, place)
    sums = _Sums()
    hidden: list[int] = []
    for number in range(place.first, len(rows)):
        row = rows[number]
        what = layout.row_kind(row, place, fields, heading)
        if what == "total":
            found.totals += 1
            _check_total(found, sheet, number, row, place, unit, sums)
        elif what in SKIPPED:
            column = next(column for column, value in enumerate(row) if not cells.is_blank(value))
            said = SKIPPED[what] if what != "other_way" else OTHER_WAY[kind]
            found.note(CellFault(sheet.name, name_of(number, column), cells.text_of(row[column])[:60], Text(said)))
        elif what == "data":
            hidden += [number] * (number in sheet.hidden_rows)
            _row(found, sheet, number, row, place, kind, unit)
            if (
                found.rows
                and found.rows[-1].number == number + 1
                and found.rows[-1].sheet == sheet.name
                and "amount" in found.rows[-1].values
            ):
                sums.add(found.rows[-1].amount_fen)

    _tell_hidden(found, sheet, place, hidden)


def _tell_unread(found: Read, sheet: SheetRows, place: layout.Layout) -> None:
    """Name the columns of a list of projects that are not read here: a ledger's reader takes them (LG-2)."""
    width = max(map(len, sheet.rows[place.heading : place.first]))
    names = [_head(sheet, place, column) for column in range(width) if column not in place.columns.values()]
    if unread := [name for name in names if name and name not in {"序号", "编号"}]:
        said = {"names": "、".join(unread)[:LONGEST]}
        text = Text(N_("这些列没有读入: %(names)s; 要读入, 请改用“项目台账”接收这份文件"), said)
        found.note(CellFault(sheet.name, "", "", text))


def _tell_hidden(found: Read, sheet: SheetRows, place: layout.Layout, rows: Sequence[int]) -> None:
    """Note what nobody sees in the sheet and was read all the same."""
    columns = sorted(column for column in place.columns.values() if column in sheet.hidden_columns)
    for column in columns:
        text = Text(N_("“%(name)s”这一列在表里是隐藏的, 也读入了"), {"name": _head(sheet, place, column)})
        found.notes.append(CellFault(sheet.name, name_of(place.first - 1, column), "", text))
    if rows:
        text = Text(N_("有 %(count)s 行在表里是隐藏的 (例如筛选掉的), 也读入了: 不要的请先删去"), {"count": len(rows)})
        found.notes.append(CellFault(sheet.name, name_of(rows[0], 0), "", text))


def _head(sheet: SheetRows, place: layout.Layout, column: int) -> str:
    said = [
        cells.text_of(sheet.rows[number][column])
        for number in range(place.heading, place.first)
        if column < len(sheet.rows[number])
    ]
    return " ".join(text for text in said if text)


def _filled(sheet: SheetRows, place: layout.Layout) -> list[list[Value]]:
    """The rows, with cells that are merged downwards repeated; an amount is never repeated, it would count twice."""
    rows = [list(row) for row in sheet.rows]
    amounts = {column for key, column in place.columns.items() if key == "amount"}
    for top, left, bottom, right in sheet.merged:
        if top >= place.first and left not in amounts and left == right:
            for number in range(top + 1, min(bottom + 1, len(rows))):
                if left < len(rows[number]):
                    rows[number][left] = rows[top][left]
    return rows


def _row(
    found: Read, sheet: SheetRows, number: int, row: Sequence[Value], place: layout.Layout, kind: str, unit: str | None
) -> None:
    values: dict[str, str | int | dt.date] = {}
    names: dict[str, str] = {}
    is_whole = True
    for one in FIELDS[kind]:
        column = place.columns.get(one.key)
        if column is None:
            continue
        value = row[column] if column < len(row) else None
        names[one.key] = name_of(number, column)
        try:
            back = cells.returned(value, place.unit or unit) if kind == "receipts" and one.kind == "amount" else None
            values[one.key] = -back if back else _value(one, value, place.unit or unit, from_1904=sheet.from_1904)
        except CellRefusedError as problem:
            found.refuse(CellFault(sheet.name, names[one.key], cells.text_of(value)[:60], problem.text))
            is_whole = False
    if is_whole:
        found.rows.append(SheetRow(sheet.name, number + 1, values, names))


def _value(one: Field, value: Value, unit: str | None, *, from_1904: bool) -> str | int | dt.date:
    if value == cells.BROKEN:
        raise CellRefusedError(N_("公式出错 (Excel 的错误值), 请先在表中改正"))
    if one.kind == "amount":
        return cells.amount(value, unit)
    if one.kind == "day":
        return cells.day(value, from_1904=from_1904)
    said = "" if cells.is_blank(value) else cells.text_of(value)
    if one.required and not said:
        raise CellRefusedError(N_("“%(name)s”不能空"), name=Text(one.label))
    if len(said) > LONGEST:
        raise CellRefusedError(N_("超过 %(most)s 字"), most=LONGEST)
    if not said.isprintable():
        raise CellRefusedError(N_("有看不见的控制字符, 请重新录入"))
    if one.key == "source" and said:
        return source_of(said)
    return said


def source_of(said: str) -> str:
    """The key of a source from its name as offices write it."""
    even = cells.even(said).replace(" ", "")
    if even not in SOURCES:
        raise CellRefusedError(
            N_("不认识资金来源“%(value)s”: 请改用 %(known)s"),
            value=said,
            known="、".join(list(FUNDING_SOURCES.values())[:9]) + "…",
        )
    return SOURCES[even]


def _check_total(
    found: Read,
    sheet: SheetRows,
    number: int,
    row: Sequence[Value],
    place: layout.Layout,
    unit: str | None,
    sums: _Sums,
) -> None:
    """Note a total that is not the sum of the rows above it (all of them, or those since the last subtotal)."""
    column = place.columns.get("amount")
    if column is None or column >= len(row) or cells.is_blank(row[column]):
        return
    try:
        said = cells.amount(row[column], place.unit or unit)
    except CellRefusedError:
        return
    if said not in (sums.whole, sums.since_total):
        text = Text(
            N_("合计写的是 %(said)s 元, 上面各行之和是 %(sum)s 元, 请核对有没有漏行"),
            {"said": exact_yuan(said), "sum": exact_yuan(sums.whole)},
        )
        found.note(CellFault(sheet.name, name_of(number, column), cells.text_of(row[column])[:60], text))
    sums.since_total = 0
