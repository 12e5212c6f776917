"""Hostile sheets within a plain package: strings, dimensions, merged and hidden cells, styles, values, headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hostile_parts import (
    HEADS,
    READ,
    REFUSED,
    Case,
    book,
    cells,
    flood,
    honest,
    packed,
    parts,
    row_of,
    shared,
    sheet,
)

HEAD = cells(HEADS["receipts"])
LONG = "长" * 32_000


def pointing(*places: object) -> str:
    """A row of cells that point to shared strings."""
    return "<row>" + "".join(f'<c t="s"><v>{place}</v></c>' for place in places) + "</row>"


def strings() -> Iterator[Case]:
    """Texts that stand once and are used often."""
    for name, text in (
        ("letters", LONG),
        ("digits", "9" * 32_000),
        ("brackets", "(" * 32_000),
        ("blanks", " " * 32_000),
        ("citations", "财建〔2025〕" * 4_000),
        ("Chinese numerals", "壹亿" * 16_000),
        ("letters that grow", "\ufdfa" * 32_000),
        ("half of them invisible", "a\u200b" * 16_000),
        ("a megabyte", "x" * 1_000_000),
        ("ten megabytes", "x" * 10_000_000),
    ):
        yield Case(
            f"shared: 20,000 cells of {name}",
            lambda text=text: book(HEAD + pointing(0) * 20_000, sharedStrings=shared([f"<t>{text}</t>"])),
        )
    made = shared([f"<t>{LONG}</t>", *(f"<t>{text}</t>" for text in row_of("receipts", 1))])
    for place, name in enumerate(("number", "day", "payer", "payee", "amount", "memo")):
        row = [1, 2, 3, 4, 5, 6]
        row[place] = 0
        yield Case(
            f"shared: 3,000 rows whose {name} is long",
            lambda row=tuple(row): book(HEAD + pointing(*row) * 3000, sharedStrings=made),
        )
    yield Case(
        "shared: a heading of long texts", lambda: book(pointing(*[0] * 300) * 30, sharedStrings=made), answer=REFUSED
    )
    yield Case(
        "shared: 100,000 pieces in one text",
        lambda: book(HEAD + pointing(0) * 20_000, sharedStrings=shared(["<r><rPr><b/></rPr><t>长</t></r>" * 100_000])),
    )
    yield Case(
        "shared: a million readings",
        lambda: book(
            HEAD + pointing(0), sharedStrings=shared(["<t>甲</t>" + '<rPh sb="0" eb="1"><t>a</t></rPh>' * 1_000_000])
        ),
    )
    yield Case(
        "shared: two million empty ones", lambda: book(HEAD + pointing(0), sharedStrings=shared([""] * 2_000_000))
    )
    yield Case(
        "shared: a million that differ",
        lambda: book(HEAD + pointing(5), sharedStrings=shared(f"<t>{place}</t>" for place in range(1_000_000))),
    )
    for count in ("4294967295", "18446744073709551615", "-1", "x", "1e9", "100000000000"):
        yield Case(
            f"shared: said to be {count}",
            lambda count=count: book(
                honest("receipts"), sharedStrings=shared(["<t>a</t>"], f' count="{count}" uniqueCount="{count}"')
            ),
        )
    for at in ("1", "-1", "4294967296", "18446744073709551616", "x", "", "0.5", "1e9", "\u0663"):
        yield Case(
            f"shared: cells point to {at or 'nothing'}",
            lambda at=at: book(HEAD + pointing(at) * 10, sharedStrings=shared(["<t>a</t>"])),
        )
    yield Case("inline: 3,000 long texts", lambda: flood(cells([LONG] * 6) * 10, 50))
    yield Case(
        "inline: pieces",
        lambda: book(
            honest("receipts") + '<row><c t="inlineStr"><is>' + "<r><t>a</t></r>" * 1_000_000 + "</is></c></row>"
        ),
    )
    yield Case(
        "inline: no text in it",
        lambda: book(honest("receipts") + '<row><c t="inlineStr"/><c t="inlineStr"><is/></c></row>' * 1000),
    )
    yield Case("formula texts", lambda: book(HEAD + f'<row><c t="str"><f>A1</f><v>{LONG}</v></c></row>' * 1000))
    escapes = ("_x0000_", "_xD800_", "_xFFFE_", "_x000D__x000A_", "_x202E_", "_x005F_x0041_")
    yield Case(
        "escapes of letters",
        lambda: book(
            HEAD
            + "".join(
                cells([f"{one}{place}", "2024-05-01", f"局{one}", f"院{one}", "5.00", one])
                for place, one in enumerate(escapes)
            )
        ),
    )
    for name, text in ODD.items():
        yield Case(
            f"text: {name}",
            lambda text=text: book(
                HEAD
                + "".join(cells([f"V{place}", "2024-05-01", text, f"院{text}", "5.00", text]) for place in range(20))
            ),
        )
        yield Case(
            f"heading: {name}",
            lambda text=text: book(
                cells([*HEADS["receipts"], text, f"{text}金额", f"日期{text}"]) + cells(row_of("receipts", 1))
            ),
        )


ODD = {
    "control letters": "".join(f"&#{code};" for code in (9, 10, 13)),
    "turned around": "\u202e\u2066甲\u2069\u202d",
    "of no width": "\u200b\u200c\u200d\u2060\ufeff\u00ad" * 20,
    "beyond the basic plane": "𠀀🏥" * 50,
    "no letters at all": "\ufdd0\ufdd1",
    "marks upon marks": "甲" + "\u0301" * 150,
    "families of emoji": "👩‍👩‍👧‍👦" * 10,
    "of private use": "\ue000\uf8ff" * 20,
    "that grow in one width": "\ufdfa" * 190,
    "a script": "<script>alert(1)</script>",
    "a formula": '=HYPERLINK("http://x","y")',
    "a pattern": "%(value)s%n%s{0}{{}}${x}",
    "line separators": "甲\u2028乙\u2029丙\x85丁",
    "brackets": "（" * 190,
}


def corners() -> Iterator[Case]:
    """Cells and rows far away, or where no cell is."""
    for reference in (
        "XFD1048576",
        "A1048576",
        "XFD1",
        "XFE1",
        "ZZZ1",
        "ZZZZ1",
        "A0",
        "A-1",
        "A2147483648",
        "A999999999",
        "A99999999999999999999",
        "1A",
        "A",
        "1",
        "",
        " A9 ",
        "a9",
        "$A$9",
        "Ａ９",
        "A9:B10",
        "R9C1",
        "A٣",
        "A100001",
    ):
        yield Case(
            f"a cell at {reference!a}",
            lambda reference=reference: book(honest("receipts") + f'<row><c r="{reference}"><v>1</v></c></row>'),
        )
    for number in (
        "2147483648",
        "4294967296",
        "1048577",
        "-5",
        "0",
        "1e5",
        "",
        "x",
        "1.5",
        "99999999999999999999",
        "٣",
    ):
        yield Case(
            f"a row numbered {number!a}",
            lambda number=number: book(honest("receipts") + f'<row r="{number}"><c><v>1</v></c></row>'),
        )
    for reference in (
        "A1:XFD1048576",
        "A1:A1",
        "XFD1048576:A1",
        "",
        "x",
        "A1:XFD99999999999",
        "B2",
        "A0:B0",
        "A1:ZZZZZZZZ5",
        "A1:B2:C3",
        ":",
        "A1048577:B2097152",
    ):
        yield Case(
            f"dimension {reference!a}",
            lambda reference=reference: packed(
                parts(sheet(honest("receipts"), before=f'<dimension ref="{reference}"/>'))
            ),
            answer=READ if reference in {"A1:XFD1048576", "A1:A1"} else "",
            rows=3,
        )
    made: dict[str, Callable[[], bytes]] = {
        "100,001 rows": lambda: flood(cells(row_of("receipts", 1)) * 100, 1001),
        "100,000 rows": lambda: flood(cells(row_of("receipts", 1)[:5]) * 100, 999),
        "100,000 rows of one cell": lambda: flood("<row><c><v>1</v></c></row>" * 1000, 99),
        "three million cells": lambda: flood("<row>" + "<c><v>1</v></c>" * 30 + "</row>", 99_000),
        "a million empty rows": lambda: flood("<row/>" * 1000, 1000),
        "two million empty cells in one row": lambda: flood("<row>" + "<c/>" * 2_000_000 + "</row>", 1),
        "16,384 columns and 180 rows": lambda: flood("<row>" + "<c><v>1</v></c>" * 16_384 + "</row>", 180),
        "16,384 columns of headings": lambda: book(
            cells([*HEADS["receipts"], *(f"列{place}" for place in range(16_000))]) + cells(row_of("receipts", 1))
        ),
        "one cell a million times": lambda: flood('<row r="5"><c r="A5"><v>1</v></c></row>' * 1000, 1000),
        "rows from below": lambda: book(
            HEAD + "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(50_000, 2, -1))
        ),
        "columns from the right": lambda: book(
            HEAD
            + "".join(
                "<row>" + "".join(f'<c r="{letter}{row}"><v>1</v></c>' for letter in "FEDCBA") + "</row>"
                for row in range(2, 5000)
            )
        ),
        "each row in another corner": lambda: book(
            HEAD
            + "".join(
                f'<row r="{row}"><c r="{"ABCDEFGH"[row % 8]}{row}"><v>1</v></c></row>' for row in range(2, 90_000, 7)
            )
        ),
        "spans that lie": lambda: book(honest("receipts").replace("<row>", '<row spans="1:2147483647">')),
        "heights that lie": lambda: book(
            honest("receipts").replace("<row>", '<row ht="1e308" customHeight="1" outlineLevel="255">')
        ),
        "cells outside rows": lambda: book(honest("receipts") + "<c><v>1</v></c>" * 1000),
        "rows in rows": lambda: book(honest("receipts").replace("</row>", "", 1) + "</row>"),
        "two tables of rows": lambda: packed(
            parts(sheet(honest("receipts"), after=f"<sheetData>{honest('receipts', 5)}</sheetData>"))
        ),
        "rows in another table's place": lambda: packed(
            parts(sheet("", after=f"<extLst><ext>{honest('receipts', 5)}</ext></extLst>"))
        ),
    }
    yield from (Case(f"corner: {name}", make) for name, make in made.items())


def merged(references: Iterator[str] | list[str], said: str = "") -> str:
    return f"<mergeCells{said}>" + "".join(f'<mergeCell ref="{one}"/>' for one in references) + "</mergeCells>"


def spread() -> Iterator[Case]:
    """Merged cells, and what is hidden."""
    rows = honest("receipts", 5000)
    for name, count, references in (
        ("a million", 3, lambda: [f"A{row}:A{row + 1}" for row in range(1, 1_000_001)]),
        ("a hundred thousand over all rows", 5000, lambda: ["A2:A100000"] * 100_000),
        ("the whole sheet, often", 5000, lambda: ["A1:XFD1048576"] * 10_000),
        ("each over the next", 5000, lambda: [f"F{row}:F5001" for row in range(2, 5000)]),
        ("over each amount", 5000, lambda: [f"E{row}:E{row + 3}" for row in range(2, 5000, 4)]),
        ("turned around", 20, lambda: ["B9:A2", "F5:E4"]),
        ("nowhere", 20, lambda: ["", "x", "A1", "A0:A-1", "ZZZZ9:A1", "A1:A99999999999"]),
        ("in the heading", 20, lambda: ["A1:F1", "A1:A3", "B1:F2"]),
        ("honest pairs", 4999, lambda: [f"F{row}:F{row + 1}" for row in range(2, 5000, 2)]),
    ):
        answer = READ if name in {"honest pairs", "each over the next"} else ""
        yield Case(
            f"merged: {name}",
            lambda count=count, references=references: packed(
                parts(sheet(honest("receipts", count), after=merged(references())))
            ),
            answer=answer,
            rows=count if answer else -1,
        )
    yield Case(
        "merged: said to be 2^32", lambda: packed(parts(sheet(rows, after=merged(["A2:A3"], ' count="4294967296"'))))
    )
    for name, columns in (
        ("all columns", '<col min="1" max="16384" hidden="1"/>'),
        ("2^31 columns", '<col min="1" max="2147483647" hidden="1"/>'),
        ("column -1", '<col min="-1" max="5" hidden="1"/>'),
        ("turned around", '<col min="9" max="2" hidden="1"/>'),
        ("500,000 columns", '<col min="1" max="300" hidden="1"/>' * 500_000),
        ("no column", '<col hidden="1"/>'),
    ):
        yield Case(
            f"hidden: {name}", lambda columns=columns: packed(parts(sheet(rows, before=f"<cols>{columns}</cols>")))
        )
    yield Case("hidden: every row", lambda: book(honest("receipts", 20_000).replace("<row>", '<row hidden="1">')))
    yield Case(
        "hidden: rows far away",
        lambda: book(
            honest("receipts") + "".join(f'<row r="{row}" hidden="1"/>' for row in range(10, 999_999_999, 9999))
        ),
    )
    links = "".join(f'<hyperlink ref="A{row}" display="x"/>' for row in range(1, 200_000))
    for name, after in (
        ("hyperlinks", f"<hyperlinks>{links}</hyperlinks>"),
        (
            "rules of colour",
            '<conditionalFormatting sqref="A1:XFD1048576"><cfRule type="expression" priority="1"><formula>1</formula>'
            "</cfRule></conditionalFormatting>" * 100_000,
        ),
        (
            "lists of choices",
            '<dataValidations count="99999999"><dataValidation sqref="A1:XFD1048576"/></dataValidations>' * 50_000,
        ),
        ("a filter", '<autoFilter ref="A1:XFD1048576"/>'),
        ("tables", '<tableParts count="4294967295"><tablePart r:id="r1" xmlns:r="x"/></tableParts>'),
    ):
        yield Case(f"around the cells: {name}", lambda after=after: packed(parts(sheet(rows, after=after))))


def all_cells() -> Iterator[Case]:
    for group in (strings, corners, spread):
        yield from group()
