"""Hostile packages: bombs, lies about sizes, names and places, and XML that is no workbook's."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from hostile_parts import (
    MAIN,
    READ,
    REFUSED,
    XML,
    Case,
    Entry,
    Parts,
    by_hand,
    entries_of,
    flooded,
    honest,
    links,
    packed,
    parts,
    shared,
    sheet,
    squeezed,
)

SHEET, BOOK, LINK = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MEGABYTE = bytes(1_000_000)


def plain() -> Parts:
    return parts(sheet(honest("receipts")), sharedStrings=shared(["<t>甲</t>"]))


def with_part(name: str, content: bytes) -> bytes:
    return packed(plain() | {name: content})


def edited(**changes: object) -> bytes:
    """The honest workbook with something changed of the entry of its sheet."""
    return by_hand([replace(one, **changes) if one.name == SHEET.encode() else one for one in entries_of(plain())])  # type: ignore[arg-type]


def bombs() -> Iterator[Case]:
    """A part that unpacks to far too much, wherever it lies."""
    for name, head, tail in (
        (SHEET, f'{XML}<worksheet xmlns="{MAIN}"><sheetData/>', "</worksheet>"),
        (BOOK, XML, ""),
        (LINK, XML, ""),
        ("xl/styles.xml", XML, ""),
        ("xl/sharedStrings.xml", f'{XML}<sst xmlns="{MAIN}"><si><t>', "</t></si></sst>"),
        ("xl/media/image1.png", "", ""),
        ("xl/printerSettings/printerSettings1.bin", "", ""),
        ("docProps/core.xml", XML, ""),
        ("[Content_Types].xml", XML, ""),
        ("xl/embeddings/oleObject1.bin", "", ""),
        ("xl/vbaProject.bin", "", ""),
    ):
        fill = b" " * 1_000_000 if name.endswith(("xml", "rels")) else MEGABYTE
        yield Case(
            f"bomb in {name}", partial(flooded, name, head.encode(), fill, 900, tail.encode(), plain()), answer=REFUSED
        )
    inner = packed({f"{place}.txt": MEGABYTE * 10 for place in range(16)})
    yield Case("bomb of bombs", lambda: packed(plain() | {f"xl/embeddings/{place}.zip": inner for place in range(16)}))
    yield Case("42.zip alone", lambda: packed({f"lib {place}.zip": inner for place in range(16)}), answer=REFUSED)
    yield Case("overlapping parts", overlapping, answer=REFUSED)
    yield Case("overlapping sheets", lambda: overlapping("xl/worksheets/sheet{}.xml"), answer=REFUSED)
    for method, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "lzma")):
        yield Case(f"bomb packed as {name}", partial(odd_method, method), answer=REFUSED)
        yield Case(f"honest but packed as {name}", partial(packed, plain(), method))
    dictionary = struct.pack("<BBHBI", 9, 4, 5, 93, 0xFFFFFFFF) + b"\0" * 100
    yield Case("lzma that asks for 4 GB", lambda: edited(method=14, raw=dictionary), answer=REFUSED)
    for method in (1, 6, 9, 93, 95, 98, 99, 65_535):
        yield Case(f"method of packing {method}", partial(edited, method=method), answer=REFUSED)


def odd_method(method: int) -> bytes:
    return packed(plain() | {"xl/media/image1.png": MEGABYTE * 300}, method)


def overlapping(name: str = "xl/media/{}.png") -> bytes:
    """A thousand entries of a list that name the same bytes."""
    one = entries_of(plain())
    body = squeezed(Entry(name.format(2).encode(), b"<a>" + b" " * 1_000_000 + b"</a>"))
    first = by_hand([*one, body])
    at = first.rindex(b"PK\x03\x04")
    return by_hand([*one, body, *(replace(body, name=name.format(place).encode(), at=at) for place in range(3, 1003))])


def lies() -> Iterator[Case]:
    """Sizes, sums, flags and places that are not what they say."""
    for field in ("size", "packed_size", "crc"):
        for value in (0, 1, 999_999_999, 0xFFFFFFFF):
            yield Case(f"{field} said to be {value}", partial(edited, **{field: value}))
    for flags, name in (
        (1, "locked"),
        (0x41, "locked strongly"),
        (8, "sizes told later"),
        (0x2000, "masked"),
        (0x20, "patched"),
    ):
        yield Case(f"flag: {name}", partial(edited, flags=0x800 | flags))
    for count in (0, 1, 6, 8, 65_535):
        yield Case(f"{count} entries said", lambda count=count: by_hand(entries_of(plain()), count=count))
    for shift in (-100, 1, 4_000_000_000):
        whole = entries_of(plain())
        yield Case(
            f"list {shift} bytes away",
            lambda shift=shift, whole=whole: by_hand(
                whole, shift=max(shift, -100) if shift < 0 else min(shift, 4_294_000_000 - 9999)
            ),
            answer=REFUSED if shift != 1 else "",
        )
    yield Case("comment of 65,535 bytes", lambda: by_hand(entries_of(plain()), comment=b"x" * 65_535))
    yield Case(
        "a second list in the comment", lambda: by_hand(entries_of(plain()), comment=by_hand(entries_of(plain())))
    )
    yield Case("an empty list in the comment", lambda: by_hand(entries_of(plain()), comment=by_hand([])))
    yield Case("another file before it", lambda: b"PK\x03\x04" + bytes(100_000) + packed(plain()))
    for extra, name in (
        (struct.pack("<HHQQQ", 1, 24, 2**63, 2**63, 2**63), "places of 64 bits"),
        (struct.pack("<HH", 1, 65_000), "a field that ends early"),
        (struct.pack("<HHBIs", 0x7075, 6, 1, 0, b"x"), "another name"),
        (b"\0" * 65_535, "65,535 bytes of nothing"),
    ):
        yield Case(f"extra: {name}", partial(edited, extra=extra))
    yield Case(
        "64-bit sizes",
        lambda: edited(size=0xFFFFFFFF, packed_size=0xFFFFFFFF, extra=struct.pack("<HHQQ", 1, 16, 2**40, 2**40)),
    )
    for start, name in ((2, "two letters"), (4, "four letters"), (30, "thirty letters"), (500, "five hundred letters")):
        yield Case(f"cut: {name}", lambda start=start: packed(plain())[:start], answer=REFUSED)
    yield Case("cut: the last letter", lambda: packed(plain())[:-1], answer=REFUSED)
    yield Case("cut: the first letter", lambda: packed(plain())[1:], answer=REFUSED)
    yield Case("only the end of a list", lambda: by_hand([]), answer=REFUSED)
    yield Case("noise behind PK", lambda: b"PK" + random.Random(7).randbytes(1_000_000), answer=REFUSED)
    yield Case(
        "noise of 11 MB behind PK", lambda: b"PK\x03\x04" + random.Random(8).randbytes(11_000_000), answer=REFUSED
    )
    yield Case("every part stored", lambda: packed(plain(), zipfile.ZIP_STORED), answer=READ, rows=3)


def names() -> Iterator[Case]:
    """Names of parts."""
    for name in (
        "/xl/workbook.xml",
        "../../../../etc/passwd",
        "C:\\windows\\x.xml",
        "xl\\workbook.xml",
        "XL/WORKBOOK.XML",
        "xl/./workbook.xml",
        "xl//workbook.xml",
        "x" * 65_000,
        "xl/worksheets/",
        "xl/工作表\u202e.xml",
        "\ud7ff\ufffe.xml",
        "con.xml",
        "xl/worksheets/sheet1.xml/x.xml",
    ):
        yield Case(f"a part named {ascii(name)[:40]}", partial(with_part, name, b"<a/>"))
    yield Case("a name with a NUL", lambda: by_hand([*entries_of(plain()), Entry(b"xl/\0.xml", b"<a/>")]))
    yield Case("a name in no encoding", lambda: by_hand([*entries_of(plain()), Entry(b"\xff\xfe\xfd.xml", b"<a/>")]))
    for name in (BOOK, SHEET, LINK, "[Content_Types].xml", "xl/sharedStrings.xml"):
        yield Case(
            f"{name} twice",
            lambda name=name: by_hand([*entries_of(plain()), Entry(name.encode(), b"<a/>")]),
            answer=REFUSED,
        )
        yield Case(
            f"{name} missing", lambda name=name: packed({key: part for key, part in plain().items() if key != name})
        )
        yield Case(f"{name} empty", partial(with_part, name, b""))
        yield Case(f"{name} is blank", partial(with_part, name, b" \n\t " * 1000))
    for count in (1990, 2001, 60_000):
        yield Case(
            f"{count} parts",
            lambda count=count: by_hand(
                [*entries_of(plain()), *(Entry(b"%d" % place, b"", method=0) for place in range(count))]
            ),
            answer=READ if count < 2000 else REFUSED,
        )
    yield Case("a link as a part", lambda: edited(extra=b"", content=b"/etc/passwd"))
    for name, target in (
        ("nowhere", "worksheets/none.xml"),
        ("outside", "../../../../etc/passwd"),
        ("the list itself", "workbook.xml"),
        ("absolute", "/xl/worksheets/sheet1.xml"),
        ("a page", "https://example.invalid/x"),
        ("nothing", ""),
        ("a name of 5 MB", "x/" * 2_500_000),
        ("a folder above", "./../xl/worksheets/sheet1.xml"),
    ):
        yield Case(f"sheet lies at {name}", partial(with_part, LINK, links([target])))
    yield Case(
        "200,000 relationships",
        lambda: with_part(
            LINK,
            links(
                more="".join(f'<Relationship Id="x{place}" Type="t" Target="t{place}"/>' for place in range(200_000))
            ),
        ),
    )
    yield Case(
        "relationships of one name",
        lambda: with_part(LINK, links(["a.xml", "worksheets/sheet1.xml"]).replace(b'"s2"', b'"s1"')),
    )


def all_packages() -> Iterator[Case]:
    for group in (bombs, lies, names):
        yield from group()
