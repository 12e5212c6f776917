"""Files of tables opened: XLSX and CSV, told by content, in a bounded process and within limits that say what is wrong
before a bound is met. Rule IM-6.
"""

from __future__ import annotations

import csv
import io
import json
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from xml.parsers import expat

from projects.core.errors import InvalidError
from projects.core.text import N_, Text, from_json
from projects.money.imports.kept import packed
from projects.money.imports.reading import SheetRows, read
from projects.sheets.bounded.extract import BoundError, Bounds, answer
from projects.sheets.reading.cells import BROKEN, Value

MOST_BYTES = 12_000_000  # of a file as sent
MOST_UNPACKED = 120_000_000
MOST_CELLS = 3_000_000
MOST_SHEETS = 40
MOST_COLUMNS = 300
LONGEST_NAME = 100  # letters of a sheet's name; spreadsheets give 31
MOST_ROWS = 100_000
LONGEST_CELL = 1000  # characters that are read of a cell: five times what any field takes
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,9})", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_FROM_1904 = re.compile(rb"""date1904\s*=\s*["'](1|true|on)["']""")
_TRUE = ("1", "true", "on")
_WITHIN_CELLS = frozenset(("v", "is", "t", "f", "si"))
Spot = tuple[int, int]  # row and column, from 0
QUICK = Bounds(seconds=1, wait=2)  # for whom somebody waits
PATIENT = Bounds()
_SHEET_LIKE = re.compile(rb"<(\w+:)?(c|row|sheetData)[\s/>]")


JOB = "projects.money.imports.extract:job"
BOUNDS = {
    "slow": N_("文件的内容过于复杂, 在规定时间内读不完: 请分成几个文件, 或另存为 CSV 再试"),
    "large": N_("文件展开后太大, 不予打开: 请分成几个文件"),
    "broken": N_("这个文件已损坏, 打不开: 请用表格软件重新另存"),
    "busy": N_("正有几个文件在处理: 请过一分钟再试"),
}


def quickly(content: bytes, kind: str, unit: str | None = None) -> bytes | None:
    """As `opened`; None where that takes longer than somebody should have to wait."""
    try:
        return _opened(content, kind, unit, QUICK)
    except BoundError as problem:
        if problem.why in {"slow", "busy"}:
            return None
        raise _refused(Text(BOUNDS[problem.why])) from None


def opened(content: bytes, kind: str, unit: str | None = None) -> bytes:
    """What a file of `kind` holds, read by a bounded process and packed as it is kept (`kept.unpacked`).

    `unit` counts for amounts where neither heading nor cell names one. InvalidError says why it can't be read.
    """
    try:
        return _opened(content, kind, unit, PATIENT)
    except BoundError as problem:
        raise _refused(Text(BOUNDS[problem.why])) from None


def _opened(content: bytes, kind: str, unit: str | None, bounds: Bounds) -> bytes:
    if not content:
        raise _refused(Text(N_("文件是空的")))
    if len(content) > MOST_BYTES:
        raise _refused(Text(N_("文件超过 %(limit)s MB"), {"limit": MOST_BYTES // 1_000_000}))
    said = answer(JOB, content, [kind, unit or ""], bounds)
    if said.startswith(b"{"):
        raise InvalidError({name: from_json(text) for name, text in json.loads(said).items()})
    return said


def job(content: bytes, kind: str, unit: str) -> bytes:
    """What the bounded process does: the file as it is kept, or the complaints as JSON."""
    try:
        return packed(read(sheets(content), kind, unit or None))
    except InvalidError as problem:
        return json.dumps({name: text.to_json() for name, text in problem.fields.items()}).encode()


def sheets(content: bytes) -> list[SheetRows]:
    """The sheets of a file, the text of each cell cut; InvalidError says why it can't be read."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(Text(N_("这是旧版 Excel (.xls) 或加密的文件: 请另存为 .xlsx 或 CSV")))
    found = _xlsx(content) if content.startswith(b"PK") else [_csv(content)]
    return [replace(one, rows=[[_cut(value) for value in row] for row in one.rows]) for one in found]


def _cut(value: Value) -> Value:
    """A text as far as it is read; … says that it went on."""
    return f"{value[:LONGEST_CELL]}…" if isinstance(value, str) and len(value) > LONGEST_CELL else value


def _refused(text: Text) -> InvalidError:
    return InvalidError({"file": text})


def _xlsx(content: bytes) -> list[SheetRows]:
    import python_calamine as calamine

    from_1904, extents = _check_package(content)
    try:
        with calamine.load_workbook(io.BytesIO(content)) as book:
            tables = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
            shown = [one.name for one in tables if one.visible == calamine.SheetVisibleEnum.Visible]
            hidden = [one.name for one in tables if one.name not in shown and extents.get(one.name, _Extent()).rows]
            if len(shown) > MOST_SHEETS:
                raise _refused(Text(N_("工作表超过 %(most)s 张: 请分成几个文件"), {"most": MOST_SHEETS}))
            if any(len(name) > LONGEST_NAME for name in (*shown, *hidden)):
                raise _refused(Text(N_("工作表的名称超过 %(most)s 字: 请改短"), {"most": LONGEST_NAME}))
            found = []
            for name in shown:
                sheet = book.get_sheet_by_name(name)
                rows: list[list[Value]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
                extent = extents.get(name, _Extent())
                for row, column in extent.broken:
                    if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
                        rows[row][column] = BROKEN
                merged = [(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
                found.append(
                    SheetRows(
                        name=name,
                        rows=rows,
                        merged=merged,
                        from_1904=from_1904,
                        hidden_rows=extent.hidden_rows,
                        hidden_columns=extent.hidden_columns,
                    )
                )
            return found + [SheetRows(name, (), is_hidden=True) for name in hidden]
    except (calamine.CalamineError, ValueError, OSError):
        raise _refused(Text(N_("这个 Excel 文件已损坏或有密码, 打不开: 请重新另存为 .xlsx"))) from None


def _check_package(content: bytes) -> tuple[bool, dict[str, _Extent]]:
    """Refuse what is no plain workbook or would unpack to too much; says whether days count from 1904, and what each
    sheet's XML told.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            infos = package.infolist()
            names = [info.filename for info in infos]
            if "xl/workbook.xml" not in names or len(names) > 2000:
                raise _refused(Text(N_("这不是 Excel 工作簿 (.xlsx)")))
            if len({name.replace("\\", "/").casefold() for name in names}) < len(
                names
            ):  # which of two is read is anybody's guess
                raise _refused(Text(N_("这不是 Excel 工作簿 (.xlsx)")))
            left, cells, book, links = MOST_UNPACKED, 0, b"", b""
            extents: dict[str, _Extent] = {}
            for info in infos:
                part = _unpacked(package, info, left)
                left -= len(part)
                extent = extents[info.filename] = _checked(info.filename, part)
                cells += (
                    0 if info.filename == "xl/calcChain.xml" else extent.rows * extent.columns
                )  # which names the cells of the sheets once more
                book = part if info.filename == "xl/workbook.xml" else book
                links = part if info.filename == "xl/_rels/workbook.xml.rels" else links
            if cells > MOST_CELLS:
                raise _refused(
                    Text(N_("文件太大: 各张工作表加起来超过 %(most)s 个单元格, 请分成几个文件"), {"most": MOST_CELLS})
                )
            return _FROM_1904.search(book) is not None, {
                name: extents[part] for name, part in _parts(book, links).items() if part in extents
            }
    except (
        expat.ExpatError,
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        EOFError,
    ):
        raise _refused(Text(N_("这个 Excel 文件已损坏或有密码, 打不开: 请重新另存为 .xlsx"))) from None


def _unpacked(package: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    with package.open(info) as part:
        content = part.read(most + 1)
    if len(content) > most:
        raise _refused(Text(N_("文件展开后太大, 不予打开: 请分成几个文件")))
    return content


def _parts(book: bytes, links: bytes) -> dict[str, str]:
    """The part of the package that each sheet lies in."""
    named: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        own = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        kind = name.rpartition(":")[2]
        if kind == "sheet" and "name" in own:
            named.append((own["name"], next((value for key, value in attributes.items() if key.endswith(":id")), "")))
        elif kind == "Relationship":
            targets[own.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", own.get("Target", ""))).lstrip("/")

    for part in filter(None, (book, links)):
        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        parser.Parse(part, True)
    return {name: targets.get(link, "") for name, link in named}


class _Extent:
    """The far corner of a sheet, read as XML is and not as it usually looks: a reader sets aside room for every cell up
    to it, and dies where there is none.

    And the cells that hold an error of Excel's, such as #REF!, which the reader takes for empty ones; and which rows
    and columns are hidden.
    """

    def __init__(self) -> None:
        self.rows = self.columns = self.row = self.column = 0
        self.broken: list[Spot] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note a row or a cell."""
        kind = name.rpartition(":")[2] if ":" in name else name
        if kind in _WITHIN_CELLS:
            return
        if kind == "row":
            typed = attributes.get("r", "").strip()
            self.row, self.column = _whole(typed) if typed else self.row + 1, 0
            if attributes.get("hidden", "").strip() in _TRUE:
                self.hidden_rows.add(self.row - 1)
        elif kind == "col" and attributes.get("hidden", "").strip() in _TRUE:
            first, last = (_whole(attributes.get(name, "").strip()) for name in ("min", "max"))
            self.hidden_columns.update(range(first - 1, min(last, MOST_COLUMNS)))
        elif kind == "c":
            found = _REFERENCE.fullmatch(attributes.get("r", "").strip()) if "r" in attributes else None
            if "r" in attributes and not found:
                raise ValueError(name)
            self.column = _column(found[1]) if found else self.column + 1
            self.row = _whole(found[2]) if found else self.row
            self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
            if attributes.get("t", "").strip() == "e":
                self.broken.append((self.row - 1, self.column - 1))

    def declared(self, *_: object) -> None:
        """Refuse document types and entities, however they are encoded."""
        raise _refused(Text(N_("这个 Excel 文件里有不该有的声明, 不予打开")))


def _whole(digits: str) -> int:
    if not _WHOLE.fullmatch(digits):
        raise ValueError(digits)
    return int(digits)


def _column(letters: str) -> int:
    width = 0
    for letter in letters.upper():
        width = width * 26 + ord(letter) - 64
    return width


def _checked(name: str, part: bytes) -> _Extent:
    """How far a part of a workbook reaches, and what in it is broken or hidden; refused where it makes room for too
    many cells, or where it is no plain XML.
    """
    if not name.endswith((".xml", ".rels")):
        if _SHEET_LIKE.search(part):
            raise ValueError(name)
        return _Extent()
    extent, parser = _Extent(), expat.ParserCreate()
    parser.StartElementHandler = extent.start
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = extent.declared
    parser.Parse(part, True)
    if extent.rows > MOST_ROWS or extent.rows * extent.columns > MOST_CELLS:
        sizes = {"rows": extent.rows, "columns": Text(N_("%(count)s 列"), {"count": extent.columns})}
        raise _refused(Text(N_("工作表太大 (%(rows)s 行 × %(columns)s): 请删去空白行列, 或分成几个文件"), sizes))
    return extent


def _csv(content: bytes) -> SheetRows:
    text = _decoded(content)
    lines = [line for line in islice(io.StringIO(text, newline=""), 50) if not line.isspace()]
    delimiter = max(",\t;|，", key=lambda mark: sum(line.count(mark) for line in lines))
    try:
        rows: list[list[Value]] = []
        count = 0
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            count += len(row)
            if len(rows) >= MOST_ROWS or len(row) > MOST_COLUMNS or count > MOST_CELLS:
                raise _refused(
                    Text(
                        N_("文件太大: 最多 %(rows)s 行 %(columns)s 列, 请分成几个文件"),
                        {"rows": MOST_ROWS, "columns": MOST_COLUMNS},
                    )
                )
            rows.append(list(row))
    except csv.Error:
        raise _refused(Text(N_("CSV 的引号不成对或格式有误: 请用表格软件重新另存"))) from None
    return SheetRows("CSV", rows)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused(Text(N_("看不出文件的格式或编码: 请用 .xlsx, 或编码为 UTF-8、GB18030 的 CSV")))
