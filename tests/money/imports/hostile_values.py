"""Hostile styles, values and headings within a plain package."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hostile_cells import HEAD, pointing
from hostile_parts import HEADS, MAIN, REFUSED, XML, Case, book, cells, flood, honest, inline, row_of, shared


def styles() -> Iterator[Case]:
    """Styles and formats of numbers."""
    dated = (
        cells(HEADS["receipts"])
        + f'<row>{inline("V")}<c s="1"><v>45000</v></c><c/>{inline("院")}<c s="1"><v>5</v></c></row>'
    )
    for name, inside in (
        ("a million", '<cellXfs count="1000000">' + '<xf numFmtId="14"/>' * 1_000_000 + "</cellXfs>"),
        (
            "a million formats",
            "<numFmts>"
            + "".join(f'<numFmt numFmtId="{place}" formatCode="0"/>' for place in range(1_000_000))
            + "</numFmts>",
        ),
        ("said to be 2^32", '<cellXfs count="4294967296"><xf numFmtId="0"/></cellXfs>'),
        (
            "a format of 10 MB",
            formatted("y" * 10_000_000),
        ),
        (
            "a format of brackets",
            formatted("[" * 1_000_000),
        ),
        (
            "a format of quotes",
            formatted("&quot;" * 100_001 + "yy"),
        ),
        ("format -1", '<cellXfs><xf numFmtId="-1"/><xf numFmtId="99999999999"/></cellXfs>'),
        ("no styles", ""),
        ("colours", "<fills>" + "<fill><patternFill/></fill>" * 500_000 + "</fills>"),
        ("hours", '<cellXfs><xf/><xf numFmtId="46"/></cellXfs>'),
    ):
        yield Case(
            f"styles: {name}",
            lambda inside=inside: book(dated, styles=f'{XML}<styleSheet xmlns="{MAIN}">{inside}</styleSheet>'.encode()),
        )
    for number in ("4294967295", "-1", "x", "1.5", "99999999999999999999", "2"):
        yield Case(
            f"styles: a cell of style {number}", lambda number=number: book(dated.replace('s="1"', f's="{number}"'))
        )


def formatted(code: str) -> str:
    return (
        f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts><cellXfs><xf/><xf numFmtId="200"/></cellXfs>'
    )


DAYS = (
    "0",
    "-1",
    "1",
    "60",
    "2958465",
    "2958466",
    "1e308",
    "-1e308",
    "NaN",
    "INF",
    "1e999",
    "45000.999999999",
    "9" * 400,
    "1e-320",
    "0x10",
    "",
    " 45000 ",
    "४५०००",
    "1_000",
    "+45000",
    ".5",
    "TRUE",
    "45000,5",
)
TYPED = (
    "9999-99-99",
    "2024-05-01",
    "2024-05-01T25:61:61",
    "0000-01-01",
    "10000-01-01",
    "-2024-05-01",
    "2024-05-01T00:00:00.000000000000001",
    "24:00:00",
    "P1Y",
    "",
    "2024-05-01T00:00:00+99:99",
    "2024-02-30",
)


def values() -> Iterator[Case]:
    """Values that are no value."""
    one = f"<row>{inline('V')}<c{{a}}><v>{{v}}</v></c><c/>{inline('院')}<c><v>5</v></c></row>"
    money = f'<row>{inline("V")}<c s="1"><v>45000</v></c><c/>{inline("院")}<c{{a}}><v>{{v}}</v></c></row>'
    for value in DAYS:
        rows = "".join(
            row.format(a=style, v=value) for row in (one, money) for style in ("", ' s="1"', ' t="n"', ' t="str"')
        )
        yield Case(f"number {ascii(value)[:30]}", lambda rows=rows: book(HEAD + rows))
    for value in TYPED:
        yield Case(
            f"day of type d: {value or 'nothing'}",
            lambda value=value: book(HEAD + one.format(a=' t="d"', v=value) + money.format(a=' t="d"', v=value)),
        )
    for kind, value in (
        ("b", "1"),
        ("b", "7"),
        ("b", "x"),
        ("e", "#REF!"),
        ("e", "#WHAT"),
        ("e", ""),
        ("x", "1"),
        ("", "1"),
        ("z", "1"),
        ("s", "x"),
        ("n", "x"),
        ("N", "5"),
        ("inlineStr", "5"),
    ):
        yield Case(
            f"a cell of type {kind!r} that says {value!r}",
            lambda kind=kind, value=value: book(
                HEAD + (one.format(a=f' t="{kind}"', v=value) + money.format(a=f' t="{kind}"', v=value)) * 3
            ),
        )
    yield Case("errors in 300,000 cells", lambda: flood("<row>" + '<c t="e"><v>#REF!</v></c>' * 6 + "</row>", 50_000))
    for name, cell in (
        ("without results", "<c><f>SUM(A1:A9)</f></c>"),
        ("shared", '<c><f t="shared" ref="A1:XFD1048576" si="0">A1</f><v>5</v></c>'),
        ("shared by nobody", '<c><f t="shared" si="4294967295"/><v>5</v></c>'),
        ("of arrays", '<c><f t="array" ref="A1:XFD1048576">1</f><v>5</v></c>'),
        ("of tables", '<c><f t="dataTable" ref="A1:XFD1048576" dt2D="1" r1="A1" r2="A2"/><v>5</v></c>'),
        ("of brackets", f"<c><f>{'(' * 8000}</f><v>5</v></c>"),
        ("to elsewhere", "<c><f>[9]x!A1</f><v>5</v></c>"),
    ):
        yield Case(
            f"formulas {name}",
            lambda cell=cell: book(
                honest("receipts", 100)
                + ("<row>" + inline("V") + inline("2024-05-01") + inline("局") + inline("院") + cell + "</row>") * 1000
            ),
        )
    yield Case(
        "a formula of 30 MB",
        lambda: book(honest("receipts") + f"<row><c><f>{'A1+' * 10_000_000}1</f><v>5</v></c></row>"),
    )
    yield Case("two values in a cell", lambda: book(honest("receipts") + "<row><c><v>1</v><v>2</v></c></row>" * 100))
    yield Case(
        "a million values in a cell",
        lambda: book(honest("receipts") + "<row><c>" + "<v>1</v>" * 1_000_000 + "</c></row>"),
    )


def headings() -> Iterator[Case]:
    """Headings and what stands around them."""
    good = cells(row_of("receipts", 1))
    for name, text in (
        ("12,000 brackets", "(" * 12_000),
        ("12,000 closed brackets", ")" * 12_000),
        ("100 kB", "到账日期" * 25_000),
        ("units", "(单位:元)" * 6000),
        ("underlines", "_" * 30_000 + "x"),
        ("blanks", "单位" + " " * 30_000 + "元"),
        ("a bracket and letters", "(" + "x" * 30_000),
        ("asterisks", "*" * 30_000),
        ("marks of units", "[(【〔,、_/ " * 3000),
        ("yuan", "yuan" * 8000),
        ("totals", "合计(" * 8000),
        ("notes", "注" + " " * 30_000 + "x"),
    ):
        yield Case(f"headings of {name}", lambda text=text: book(cells([text] * 6) + HEAD + good))
        yield Case(
            f"30 rows by 300 headings of {name}", lambda text=text[:1500]: book(cells([text] * 300) * 29 + HEAD + good)
        )
        yield Case(
            f"20,000 rows of {name}",
            lambda text=text[:1500]: book(
                HEAD + pointing(0, 0, 0, 0, 0, 0) * 20_000, sharedStrings=shared([f"<t>{text}</t>"])
            ),
        )
    made: dict[str, Callable[[], bytes]] = {
        "300 of one name": lambda: book(cells(["金额(元)"] * 300) + good),
        "all names of all fields": lambda: book(cells(all_names()) + good),
        "all names in 30 rows": lambda: book(cells(all_names()) * 30 + good),
        "in row 31": lambda: book(cells(["题"]) * 30 + HEAD + good),
        "half of them in each of three rows": lambda: book(
            cells(["凭证号", "", "付款单位"])
            + cells(["", "到账日期", "", "收款单位"])
            + cells(["", "", "", "", "金额(元)"])
            + good
        ),
        "50,000 repeated headings": lambda: book(HEAD * 50_000 + good),
        "a table beside a table": lambda: book(cells(HEADS["receipts"] * 2) + cells(row_of("receipts", 1) * 2)),
        "only headings": lambda: book(HEAD),
    }
    yield from (
        Case(f"headings: {name}", make, answer=REFUSED if name == "only headings" else "")
        for name, make in made.items()
    )


def all_names() -> list[str]:
    from projects.money.imports.fields import FIELDS

    return [name for field in FIELDS["receipts"] for name in field.names]


def all_values() -> Iterator[Case]:
    for group in (styles, values, headings):
        yield from group()
