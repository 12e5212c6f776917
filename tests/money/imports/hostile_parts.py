"""What hostile workbooks are put together from: parts of a package, sheets as XML, and ZIP files written by hand, as no
program writes them.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

READ, REFUSED = "read", "refused"


@dataclass(frozen=True)
class Case:
    """A file that somebody may send: of what kind of import, what it does to be read (`READ` with so many rows, or
    `REFUSED`; nothing where either will do), and its bytes, made when asked for.
    """

    name: str
    make: Callable[[], bytes]
    kind: str = "receipts"
    answer: str = ""
    rows: int = -1


HEADS = {
    "receipts": ("凭证号", "到账日期", "付款单位", "收款单位", "金额(元)", "摘要"),
    "payments": ("凭证号", "支付日期", "项目代码", "项目名称", "资金来源", "金额(元)", "收款单位"),
    "allocations": ("明细编号", "文号", "发文日期", "项目代码", "项目名称", "资金来源", "金额(元)", "备注"),
    "projects": ("项目代码", "项目名称", "项目单位", "所在地"),
}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TO = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACK = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = (
    f'{XML}<Types xmlns="{PACK}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
LINKS = (
    f'{XML}<Relationships xmlns="{PACK}/relationships"><Relationship Id="r1" Type="{TO}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
)
Parts = dict[str, bytes]


def row_of(kind: str, number: int) -> tuple[str, ...]:
    """An honest row."""
    day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
    money = f"{1000 + number}.{number % 100:02}"
    return {
        "receipts": (f"V{number}", day, "示例县财政局", f"示例县第{number % 300}医院", money, f"拨款 {number}"),
        "payments": (f"P{number}", day, "", f"示例项目{number % 500}", "中央预算内投资", money, "示例建筑公司"),
        "allocations": (
            f"L{number}",
            f"示例财建〔2024〕{number % 900 + 1}号",
            day,
            "",
            f"示例项目{number % 500}",
            "县级财政",
            money,
            "",
        ),
        "projects": ("", f"示例项目{number}", f"示例县第{number}医院", "示例县"),
    }[kind]


def inline(value: object, attributes: str = "") -> str:
    """A cell that carries its text."""
    return f'<c t="inlineStr"{attributes}><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def cells(values: Iterable[object]) -> str:
    """A row of such cells."""
    return f"<row>{''.join(map(inline, values))}</row>"


def honest(kind: str, count: int = 3, first: int = 0) -> str:
    """The heading and honest rows, as XML."""
    return cells(HEADS[kind]) + "".join(cells(row_of(kind, number)) for number in range(first, first + count))


def sheet(rows: str, *, before: str = "", after: str = "", head: str = XML) -> bytes:
    """A sheet of rows, with what stands before and after them."""
    return f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def workbook(names: Sequence[str] = ("表",), states: Mapping[int, str] | None = None, *, settings: str = "") -> bytes:
    """The list of sheets, with each one's state."""
    said = "".join(
        f'<sheet name="{escape(name)}" sheetId="{place}" r:id="s{place}"'
        f"{' state=' + chr(34) + states[place] + chr(34) if states and place in states else ''}/>"
        for place, name in enumerate(names, 1)
    )
    return f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{TO}">{settings}<sheets>{said}</sheets></workbook>'.encode()


def links(targets: Sequence[str] = ("worksheets/sheet1.xml",), more: str = "") -> bytes:
    """Where each sheet lies; shared strings and styles too."""
    said = "".join(
        f'<Relationship Id="s{place}" Type="{TO}/worksheet" Target="{target}"/>'
        for place, target in enumerate(targets, 1)
    )
    own = "".join(
        f'<Relationship Id="{name}" Type="{TO}/{name}" Target="{name}.xml"/>' for name in ("sharedStrings", "styles")
    )
    return f'{XML}<Relationships xmlns="{PACK}/relationships">{said}{own}{more}</Relationships>'.encode()


def parts(one: bytes, **more: bytes) -> Parts:
    """A workbook of the sheet `one`; `more` are parts of xl/ by their name, as `sharedStrings`."""
    found = {
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": LINKS.encode(),
        "xl/workbook.xml": workbook(),
        "xl/_rels/workbook.xml.rels": links(),
        "xl/styles.xml": STYLES.encode(),
        "xl/worksheets/sheet1.xml": one,
    }
    return found | {f"xl/{name}.xml": content for name, content in more.items()}


def many(sheets: Sequence[tuple[str, bytes]], states: Mapping[int, str] | None = None) -> bytes:
    """A workbook of several sheets."""
    found = parts(b"")
    del found["xl/worksheets/sheet1.xml"]
    found["xl/workbook.xml"] = workbook([name for name, _ in sheets], states)
    found["xl/_rels/workbook.xml.rels"] = links([f"worksheets/sheet{place}.xml" for place in range(1, len(sheets) + 1)])
    return packed(found | {f"xl/worksheets/sheet{place}.xml": one for place, (_, one) in enumerate(sheets, 1)})


def packed(content: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package as programs write it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method, compresslevel=6 if method == zipfile.ZIP_DEFLATED else None) as package:
        for name, part in content.items():
            package.writestr(name, part)
    return file.getvalue()


def book(rows: str, **more: bytes) -> bytes:
    """A workbook of one sheet of such rows."""
    return packed(parts(sheet(rows), **more))


def shared(texts: Iterable[str], attributes: str = "") -> bytes:
    """A part of shared strings, each given as XML."""
    return f'{XML}<sst xmlns="{MAIN}"{attributes}>{"".join(f"<si>{one}</si>" for one in texts)}</sst>'.encode()


@dataclass(frozen=True)
class Entry:
    """A part of a package written by hand: what its two headings say of it may be a lie."""

    name: bytes
    content: bytes
    method: int = 8
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    flags: int = 0x800
    extra: bytes = b""
    at: int | None = None
    raw: bytes | None = None


def squeezed(one: Entry) -> Entry:
    """An entry with its sum, and its content as it lies in the file."""
    if one.raw is None:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        raw = squeeze.compress(one.content) + squeeze.flush() if one.method == 8 else one.content
        one = replace(one, raw=raw)
    return one if one.crc is not None else replace(one, crc=zlib.crc32(one.content))


def by_hand(entries: Sequence[Entry], *, count: int | None = None, shift: int = 0, comment: bytes = b"") -> bytes:
    """A ZIP file of such entries; `count` and `shift` lie about how many there are and where their list begins."""
    body, listed = bytearray(), bytearray()
    for one in map(squeezed, entries):
        raw, crc = one.raw or b"", one.crc
        small = len(raw) if one.packed_size is None else one.packed_size
        large = len(one.content) if one.size is None else one.size
        told = struct.pack(
            "<HHHHHIIIHH", 20, one.flags, one.method, 0, 33, crc, small, large, len(one.name), len(one.extra)
        )
        at = len(body) if one.at is None else one.at
        if one.at is None:
            body += b"PK\x03\x04" + told + one.name + one.extra + raw
        listed += b"PK\x01\x02\x14\x00" + told + struct.pack("<HHHII", 0, 0, 0, 0, at) + one.name + one.extra
    number = min(len(entries) if count is None else count, 65_535)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, number, number, len(listed), len(body) + shift, len(comment))
    return bytes(body + listed) + end + comment


def entries_of(content: Mapping[str, bytes]) -> list[Entry]:
    """The parts of a package as entries that may be edited."""
    return [Entry(name.encode(), part) for name, part in content.items()]


def flooded(name: str, head: bytes, chunk: bytes, times: int, tail: bytes, content: Mapping[str, bytes]) -> bytes:
    """A package one of whose parts is `head`, `times` times `chunk` and `tail`, never held whole."""
    raw, crc, size = bytearray(), 0, 0
    for piece, often, last in ((head, 1, False), (chunk, times, False), (tail, 1, True)):
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        raw += (squeeze.compress(piece) + squeeze.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)) * often
        size += len(piece) * often
        for _ in range(often):
            crc = zlib.crc32(piece, crc)
    others = [one for one in entries_of(content) if one.name != name.encode()]
    return by_hand([*others, Entry(name.encode(), b"", size=size, crc=crc, raw=bytes(raw))])


def flood(chunk: str, times: int, *, before: str = "", after: str = "", **more: bytes) -> bytes:
    """A workbook whose sheet holds the heading and `times` times the rows `chunk`."""
    whole = sheet(cells(HEADS["receipts"]) + "\0", before=before, after=after)
    head, tail = whole.split(b"\0")
    return flooded("xl/worksheets/sheet1.xml", head, chunk.encode(), times, tail, parts(b"", **more))
