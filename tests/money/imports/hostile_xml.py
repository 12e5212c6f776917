"""XML that is no workbook's, lists of sheets, and the honest workbooks that look like hostile ones."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial

from hostile_packages import BOOK, LINK, SHEET, plain, with_part
from hostile_parts import (
    HEADS,
    MAIN,
    PACK,
    READ,
    REFUSED,
    XML,
    Case,
    book,
    cells,
    honest,
    links,
    many,
    packed,
    row_of,
    shared,
    sheet,
    workbook,
)

LAUGHS = "".join(f'<!ENTITY a{place} "{f"&a{place - 1};" * 10}">' for place in range(1, 10))
DOCTYPES = {
    "a million laughs": f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>',
    "a long entity often": f'<!DOCTYPE x [<!ENTITY a9 "{"x" * 100_000}">]>',
    "a file": '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>',
    "a page": '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/x"> %e; <!ENTITY a9 "x">]>',
    "a type only": '<!DOCTYPE x SYSTEM "x.dtd">',
    "an attribute's default": '<!DOCTYPE x [<!ATTLIST c r CDATA "XFD1048576"><!ENTITY a9 "x">]>',
}


def declared(doctype: str, encoding: str = "UTF-8", part: str = SHEET) -> bytes:
    text = sheet(honest("receipts") + cells(["&a9;" * 100])).decode().replace("&amp;", "&").split("?>", 1)[1]
    said = encoding.removesuffix("-sig")
    return with_part(part, f'<?xml version="1.0" encoding="{said}"?>{doctype}{text}'.encode(encoding))


def in_sheet(rows: str = "", **more: str) -> bytes:
    return with_part(SHEET, sheet(honest("receipts") + rows, **more))


def written() -> Iterator[Case]:
    """XML that is written as nobody writes it."""
    for name, doctype in DOCTYPES.items():
        for encoding in ("UTF-8", "UTF-16", "UTF-8-sig"):
            yield Case(f"doctype: {name}, {encoding}", partial(declared, doctype, encoding), answer=REFUSED)
    for part in (BOOK, "xl/sharedStrings.xml", "xl/styles.xml", "docProps/app.xml", LINK):
        yield Case(f"doctype in {part}", partial(declared, DOCTYPES["a million laughs"], "UTF-8", part), answer=REFUSED)
    deep: dict[str, Callable[[], bytes]] = {
        "nested in the sheet": lambda: in_sheet(after="<a>" * 1_000_000 + "</a>" * 1_000_000),
        "nested in the rows": lambda: in_sheet("<row>" * 300_000 + "</row>" * 300_000),
        "nested in a cell": lambda: in_sheet("<row>" + "<c>" * 300_000 + "</c>" * 300_000 + "</row>"),
        "nested in a text": lambda: with_part("xl/sharedStrings.xml", shared(["<r>" * 500_000 + "</r>" * 500_000])),
        "a million attributes": lambda: in_sheet(
            "<row " + " ".join(f'a{place}="1"' for place in range(1_000_000)) + "/>"
        ),
        "an attribute of 50 MB": lambda: in_sheet(f'<row a="{"x" * 50_000_000}"/>'),
        "a reference of 10 MB": lambda: in_sheet(f'<row><c r="{"A" * 10_000_000}"/></row>'),
        "a name of 20 MB": lambda: in_sheet(f"<{'a' * 20_000_000}/>"),
        "one attribute twice": lambda: in_sheet('<row r="9" r="10"/>'),
        "100,000 namespaces": lambda: in_sheet(
            "<row " + " ".join(f'xmlns:a{place}="urn:{place}"' for place in range(100_000)) + "/>"
        ),
        "a namespace in each cell": lambda: in_sheet("<row>" + f'<x:c xmlns:x="{MAIN}"/>' * 200_000 + "</row>"),
        "unclosed": lambda: with_part(SHEET, sheet(honest("receipts"))[:-30]),
        "closed twice": lambda: with_part(SHEET, sheet(honest("receipts")) + b"</worksheet>"),
        "two roots": lambda: with_part(SHEET, sheet(honest("receipts")) + b"<a/>"),
        "noise behind": lambda: with_part(SHEET, sheet(honest("receipts")) + b"\0\0\0"),
        "a comment of 50 MB": lambda: in_sheet(f"<!--{'x' * 50_000_000}-->"),
        "a million comments": lambda: in_sheet("<!---->" * 1_000_000),
        "a bad comment": lambda: in_sheet("<!-- -- -->"),
        "a million instructions": lambda: in_sheet("<?a b?>" * 1_000_000),
        "an instruction of 50 MB": lambda: in_sheet(f"<?a {'b' * 50_000_000}?>"),
        "CDATA that looks like rows": lambda: in_sheet("<![CDATA[<row><c/></row>]]>"),
        "CDATA of 50 MB": lambda: in_sheet(
            f'<row><c t="inlineStr"><is><t><![CDATA[{"<" * 50_000_000}]]></t></is></c></row>'
        ),
        "million of number entities": lambda: in_sheet(
            f'<row><c t="inlineStr"><is><t>{"&#65;" * 1_000_000}</t></is></c></row>'
        ),
        "half a surrogate": lambda: in_sheet('<row><c t="inlineStr"><is><t>&#xD800;</t></is></c></row>'),
        "letter zero": lambda: in_sheet('<row><c t="inlineStr"><is><t>&#0;</t></is></c></row>'),
        "beyond all letters": lambda: in_sheet('<row><c t="inlineStr"><is><t>&#x110000;</t></is></c></row>'),
        "an unknown entity": lambda: in_sheet('<row><c t="inlineStr"><is><t>&x;</t></is></c></row>'),
        "text between rows": lambda: in_sheet("x" * 20_000_000),
        "XML 1.1": lambda: in_sheet(head='<?xml version="1.1"?>'),
        "no declaration": lambda: in_sheet(head=""),
        "a blank before the declaration": lambda: in_sheet(head=" " + XML),
        "a declaration twice": lambda: in_sheet(head=XML + XML),
        "no namespace": lambda: with_part(SHEET, sheet(honest("receipts")).replace(f' xmlns="{MAIN}"'.encode(), b"")),
        "another namespace": lambda: with_part(SHEET, sheet(honest("receipts")).replace(MAIN.encode(), b"urn:x")),
        "a strict workbook": lambda: with_part(
            SHEET, sheet(honest("receipts")).replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        ),
        "a page instead of a sheet": lambda: with_part(SHEET, b"<!doctype html><script>alert(1)</script>"),
        "JSON instead of a sheet": lambda: with_part(SHEET, b'{"a":1}'),
        "a binary workbook": lambda: packed({"xl/workbook.bin": bytes(1000), "xl/worksheets/sheet1.bin": bytes(1000)}),
        "a text document": lambda: packed({"word/document.xml": b"<a/>", "[Content_Types].xml": TYPES_OF_WORD}),
        "an open document": lambda: packed(
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
        ),
        "rows in a part of no XML": lambda: with_part("xl/worksheets/sheet2.bin", sheet(honest("receipts"))),
    }
    yield from (Case(f"XML: {name}", make) for name, make in deep.items())
    text = sheet(honest("receipts")).decode().split("?>", 1)[1]
    for said, real in (
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-be"),
        ("UTF-8", "utf-16"),
        ("UTF-16", "utf-8"),
        ("UTF-32", "utf-32"),
        ("GB18030", "gb18030"),
        ("GBK", "utf-8"),
        ("ISO-8859-1", "utf-8"),
        ("UTF-7", "utf-7"),
        ("x-none", "utf-8"),
        ("US-ASCII", "utf-8"),
        ("", "utf-8"),
        ("UTF-8", "gb18030"),
    ):
        content = f'<?xml version="1.0" encoding="{said}"?>{text}'.encode(real)
        yield Case(f"encoding: said {said or 'nothing'}, is {real}", partial(with_part, SHEET, content))
    for name, content in (
        ("two marks", b"\xef\xbb\xbf" * 2 + sheet(honest("receipts"))),
        ("a mark of UTF-16 before UTF-8", b"\xff\xfe" + sheet(honest("receipts"))),
        ("bytes of no letter", sheet(honest("receipts")).replace("拨款".encode(), b"\xff\xc0\xaf")),
        ("a NUL within", sheet(honest("receipts")).replace("拨款".encode(), b"\0")),
        ("a letter too long", sheet(honest("receipts")).replace("拨款".encode(), b"\xe0\x80\xaf")),
    ):
        yield Case(f"encoding: {name}", partial(with_part, SHEET, content))
    spelled = (
        sheet(honest("receipts", 50))
        .decode()
        .replace("<", "<x:")
        .replace("<x:/", "</x:")
        .replace("<x:?", "<?")
        .replace("xmlns=", "xmlns:x=")
    )
    yield Case("XML: every name with its prefix", partial(with_part, SHEET, spelled.encode()), answer=READ, rows=50)


TYPES_OF_WORD = f'{XML}<Types xmlns="{PACK}/content-types"/>'.encode()


def lists() -> Iterator[Case]:
    """Lists of sheets."""
    good = sheet(honest("receipts", 2))
    yield Case("41 sheets", lambda: many([(f"表{place}", good) for place in range(41)]), answer=REFUSED)
    apart = [(f"表{place}", sheet(honest("receipts", 2, 2 * place))) for place in range(40)]
    yield Case("40 sheets", lambda: many(apart), answer=READ, rows=80)
    yield Case("2,500 sheets", lambda: many([(f"表{place}", good) for place in range(2500)]), answer=REFUSED)
    yield Case("40 sheets of one name", lambda: many([("表", good)] * 40))
    for count in (10_000, 300_000):
        yield Case(
            f"{count} sheets that are one",
            lambda count=count: with_part(BOOK, workbook(["表"] * count).replace(b'r:id="s', b'r:id="s1" x="')),
        )
    yield Case(
        "50,000 hidden sheets",
        lambda: with_part(
            BOOK, workbook([str(place) for place in range(50_000)], dict.fromkeys(range(2, 50001), "hidden"))
        ),
    )
    for name in (
        "x" * 10_000_000,
        "表" * 40,
        "",
        " ",
        "a\u202eb",
        "<script>alert(1)</script>",
        "%(name)s",
        "{0}",
        "'=1+1",
        "\u200b" * 500,
        "𠀀" * 3_000_000,
    ):
        yield Case(f"a sheet named {name[:12]!a} ({len(name)})", lambda name=name: many([(name, good)]))
    yield Case(
        "a name of 1 MB for each of 40 sheets",
        lambda: many([(f"{place}" + "表" * 300_000, good) for place in range(40)]),
    )
    yield Case(
        "a name of 60,000 letters and 400 faults",
        lambda: many([("表" * 60_000, sheet(honest("receipts") + cells(["x"] * 6) * 400))]),
    )
    for state in ("hidden", "veryHidden", "x", "visible"):
        yield Case(
            f"every sheet is {state}",
            lambda state=state: many([("甲", good), ("乙", good)], {1: state, 2: state}),
            answer=REFUSED if "idden" in state else "",
        )
    for kind in ("chartsheets", "dialogsheets", "macrosheets"):
        yield Case(
            f"a sheet among {kind}",
            partial(
                packed,
                {
                    **plain(),
                    LINK: links([f"{kind}/sheet1.xml"]).replace(b"/worksheet", f"/{kind[:-1]}".encode()),
                    f"xl/{kind}/sheet1.xml": good,
                },
            ),
        )
    for settings, name in (
        ("<workbookPr date1904='1'/>", "from 1904"),
        ("<workbookPr date1904='x'/>", "date1904='x'"),
        (
            "<definedNames>" + '<definedName name="a">表!$A$1</definedName>' * 200_000 + "</definedNames>",
            "200,000 names",
        ),
        ("<workbookProtection workbookPassword='CC1A'/>", "protected"),
        ("<externalReferences><externalReference r:id='s1'/></externalReferences>", "outside"),
    ):
        yield Case(
            f"settings: {name}",
            partial(with_part, BOOK, workbook(settings=settings)),
            answer=READ if name in {"from 1904", "protected"} else "",
        )
    yield Case("no sheets at all", partial(with_part, BOOK, workbook([])), answer=REFUSED)


def honest_ones() -> Iterator[Case]:
    """What must be read: large, and nothing wrong."""
    for kind in HEADS:
        yield Case(
            f"honest workbook of 50,000 rows: {kind}",
            lambda kind=kind: book(honest(kind, 50_000)),
            kind,
            READ if kind in {"receipts", "projects"} else "",
            50_000,
        )
    yield Case(
        "honest: 40 sheets of 1,200 rows",
        lambda: many([(f"表{place}", sheet(honest("receipts", 1200, 1200 * place))) for place in range(40)]),
        answer=READ,
        rows=48_000,
    )
    yield Case("honest: 50,000 rows by a program", by_program, answer=READ, rows=50_000)
    tail = "".join(inline_blank(place) for place in range(250))
    yield Case(
        "honest: 2,000 rows with 250 further columns",
        lambda: book(honest("receipts", 2000).replace("</row>", tail + "</row>")),
        answer=READ,
        rows=2000,
    )
    yield Case(
        "honest: a stray style in the last column",
        lambda: book(honest("receipts", 20).replace("</row>", '<c r="XFD1" s="1"/></row>', 1)),
        answer=READ,
        rows=20,
    )
    subtotals = cells(HEADS["receipts"]) + "".join(
        cells(row_of("receipts", place))
        + ("<row>" + '<c t="inlineStr"><is><t>小计</t></is></c>' + "</row>") * (place % 10 == 9)
        for place in range(40_000)
    )
    yield Case("honest: a subtotal after each ten of 40,000 rows", lambda: book(subtotals), answer=READ, rows=40_000)


def inline_blank(place: int) -> str:
    return f'<c t="inlineStr"><is><t>附{place}</t></is></c>'


def by_program() -> bytes:
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        page = made.add_worksheet("到账")
        page.write_row(0, 0, HEADS["receipts"])
        for number in range(50_000):
            voucher, on, payer, payee, _, memo = row_of("receipts", number)
            page.write_row(number + 1, 0, (voucher, on, payer, payee, 1000 + number, memo))
    return file.getvalue()


def all_xml() -> Iterator[Case]:
    for group in (written, lists, honest_ones):
        yield from group()
