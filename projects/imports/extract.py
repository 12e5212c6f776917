"""Files of tables opened: XLSX and CSV, told by content, within limits that keep a hostile file from taking the machine's memory. Rule IM-6."""

from __future__ import annotations

import csv
import io
import re
import zipfile

from projects.core.errors import InvalidError
from projects.core.text import N_, Text
from projects.imports.cells import Value
from projects.imports.reading import Sheet

MOST_BYTES = 12_000_000  # of a file as sent
MOST_UNPACKED = 120_000_000
MOST_CELLS = 3_000_000
MOST_SHEETS = 40
MOST_COLUMNS = 300
MOST_ROWS = 100_000
_CELL = re.compile(rb'<c[^>]{0,200}? r="([A-Z]{1,3})(\d{1,7})"')
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def sheets(content: bytes) -> list[Sheet]:
    """The sheets of a file; InvalidError says why it can't be read."""
    if not content:
        raise _refused(Text(N_("文件是空的")))
    if len(content) > MOST_BYTES:
        raise _refused(Text(N_("文件超过 %(limit)s MB"), {"limit": MOST_BYTES // 1_000_000}))
    if content.startswith(b"PK"):
        return _xlsx(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(Text(N_("这是旧版 Excel (.xls) 或加密的文件: 请另存为 .xlsx 或 CSV")))
    return [_csv(content)]


def _refused(text: Text) -> InvalidError:
    return InvalidError({"file": text})


def _xlsx(content: bytes) -> list[Sheet]:
    import python_calamine as calamine  # noqa: PLC0415 - a library of its own for one page; serving need not load it

    from_1904 = _check_package(content)
    try:
        with calamine.load_workbook(io.BytesIO(content)) as book:
            shown = [
                one.name for one in book.sheets_metadata if one.visible == calamine.SheetVisibleEnum.Visible and one.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            if len(shown) > MOST_SHEETS:
                raise _refused(Text(N_("工作表超过 %(most)s 张"), {"most": MOST_SHEETS}))
            found = []
            for name in shown:
                sheet = book.get_sheet_by_name(name)
                rows: list[list[Value]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
                merged = [(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
                found.append(Sheet(name, rows, merged, from_1904))
            return found
    except (calamine.CalamineError, ValueError, OSError):
        raise _refused(Text(N_("这个 Excel 文件已损坏或有密码, 打不开: 请重新另存为 .xlsx"))) from None


def _check_package(content: bytes) -> bool:
    """Refuse what is no plain workbook or would unpack to too much; says whether days count from 1904."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            if "xl/workbook.xml" not in names or len(names) > 2000:
                raise _refused(Text(N_("这不是 Excel 工作簿 (.xlsx)")))
            left, book = MOST_UNPACKED, b""
            for name in names:
                part = _unpacked(package, name, left)
                left -= len(part)
                if name.endswith((".xml", ".rels")) and _DECLARED.search(part):
                    raise _refused(Text(N_("这个 Excel 文件里有不该有的声明, 不予打开")))
                if name.startswith("xl/worksheets/"):
                    _check_extent(part)
                book = part if name == "xl/workbook.xml" else book
            return b'date1904="1"' in book or b'date1904="true"' in book
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        raise _refused(Text(N_("这个 Excel 文件已损坏或有密码, 打不开: 请重新另存为 .xlsx"))) from None


def _unpacked(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    with package.open(name) as part:
        content = part.read(most + 1)
    if len(content) > most:
        raise _refused(Text(N_("文件展开后太大, 不予打开: 请分成几个文件")))
    return content


def _check_extent(part: bytes) -> None:
    """Refuse a sheet whose far corner would make a table of too many cells."""
    rows = columns = 0
    for letters, digits in _CELL.findall(part):
        rows = max(rows, int(digits))
        width = 0
        for letter in letters:
            width = width * 26 + letter - 64
        columns = max(columns, width)
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        raise _refused(Text(N_("工作表太大 (%(rows)s 行 × %(columns)s 列): 请删去空白行列, 或分成几个文件"), {"rows": rows, "columns": columns}))


def _csv(content: bytes) -> Sheet:
    text = _decoded(content)
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    delimiter = max(",\t;|，", key=lambda mark: sum(line.count(mark) for line in lines))
    try:
        rows: list[list[Value]] = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(rows) >= MOST_ROWS or len(row) > MOST_COLUMNS:
                raise _refused(Text(N_("文件太大: 最多 %(rows)s 行 %(columns)s 列"), {"rows": MOST_ROWS, "columns": MOST_COLUMNS}))
            rows.append(list(row))
    except csv.Error:
        raise _refused(Text(N_("CSV 的引号不成对或格式有误: 请用表格软件重新另存"))) from None
    return Sheet("CSV", rows)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused(Text(N_("看不出文件的格式或编码: 请用 .xlsx, 或编码为 UTF-8、GB18030 的 CSV")))
