"""Hostile CSV files: separators, quotes and line ends without end, encodings that are none, tables that are all faults,
and rows that make what follows the reading slow.
"""

from __future__ import annotations

import bz2
import gzip
import random
from collections.abc import Callable, Iterator, Sequence

from hostile_parts import HEADS, READ, REFUSED, Case, row_of

HEAD = ",".join(HEADS["receipts"]) + "\n"
MOST = 12_000_000
Row = Sequence[object]


def table(rows: Iterator[Row] | list[Row], kind: str = "receipts") -> bytes:
    """A file of the kind, as large as may be sent at most."""
    lines = [",".join(HEADS[kind])]
    left = MOST - 200
    for row in rows:
        lines.append(",".join(map(str, row)))
        left -= len(lines[-1].encode()) + 1
        if left < 0:
            del lines[-1]
            break
    return ("\n".join(lines) + "\n").encode()


def good(count: int, kind: str = "receipts") -> str:
    return "\n".join([",".join(HEADS[kind]), *(",".join(row_of(kind, number)) for number in range(count))]) + "\n"


def shapes() -> Iterator[Case]:
    """Separators, quotes, line ends."""
    made: dict[str, Callable[[], bytes]] = {
        "one line": lambda: b"x" * 11_999_999,
        "one line of Chinese": lambda: "字".encode() * 3_999_999,
        "ten million commas": lambda: HEAD.encode() + b"," * 10_000_000,
        "ten million line ends": lambda: HEAD.encode() + b"\n" * 10_000_000,
        "six million \\r\\n": lambda: b"\r\n" * 5_999_999,
        "twelve million \\r": lambda: HEAD.encode() + b"\r" * 11_000_000,
        "twelve million blanks": lambda: b" " * 11_999_999,
        "twelve million quotes": lambda: b'"' * 11_999_999,
        "twelve million quotes, one too many": lambda: b'"' * 11_999_998,
        "quotes and commas": lambda: b'"",' * 3_999_999,
        "quotes over line ends": lambda: b'"\n"' * 3_999_999,
        "an open quote at the start": lambda: b'"' + good(50_000).encode(),
        "an open quote at the end": lambda: good(50_000).encode() + b'"',
        "a quote in a cell": lambda: good(3).replace("拨款", '拨"款').encode(),
        "letters behind a quote": lambda: good(3).replace("拨款 1", '"拨"款').encode(),
        "a cell of 200 kB": lambda: good(3).encode() + b"x" * 200_000,
        "a quoted cell of 200 kB": lambda: good(3).encode() + b'"' + b"x" * 200_000 + b'"',
        "rows of 300 columns": lambda: HEAD.encode() + (b"," * 299 + b"\n") * 39_000,
        "rows of 301 columns": lambda: HEAD.encode() + (b"," * 300 + b"\n") * 39,
        "half a million rows": lambda: HEAD.encode() + b"1,\n" * 500_000,
        "mixed line ends": lambda: good(3).replace("\n", "\r\n", 1).replace("\n", "\r", 2).encode(),
        "odd line ends": lambda: good(3).replace("拨款", "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i").encode(),
        "NULs": lambda: good(3).replace("拨款", "\0").encode(),
        "only NULs": lambda: bytes(11_999_999),
        "tabs and commas": lambda: good(3).replace(",", "\t,").encode(),
        "separators of every kind": lambda: (",\t;|，" * 2_000_000).encode()[:MOST],
        "a heading of 12,000 brackets": ("(" * 12_000 + "," + good(3)).encode,
        "300 headings of 30 kB": (",".join(["(" * 30_000] * 300) + "\n" + good(3)).encode,
        "300 headings of 30 kB of names": (",".join(["金额(万元)" * 2_000] * 300) + "\n" + good(3)).encode,
        "a line of a sheet's own": lambda: b"sep=;\n" + good(3).replace(",", ";").encode(),
        "formulas": lambda: good(3).replace("拨款", "=cmd|' /C calc'!A0").encode(),
        "nothing but a heading": HEAD.encode,
        "one letter": lambda: b"x",
        "one comma": lambda: b",",
        "nothing": lambda: b"",
        "more than 12 MB": lambda: b"x" * 12_000_001,
    }
    yield from (Case(f"CSV: {name}", make) for name, make in made.items())


def encodings() -> Iterator[Case]:
    """Encodings, and files of other programs."""
    text = good(200)
    for name, made in (
        ("UTF-16 of odd length", text.encode("utf-16") + b"x"),
        ("UTF-16 without a mark", text.encode("utf-16-le")),
        ("UTF-16 the wrong way round", b"\xfe\xff" + text.encode("utf-16-le")),
        ("UTF-16 of half surrogates", b"\xff\xfe" + text.encode("utf-16-le") + b"\x00\xd8" * 9),
        ("UTF-16 mark only", b"\xff\xfe"),
        ("UTF-32", text.encode("utf-32")),
        ("UTF-8 marks, five", b"\xef\xbb\xbf" * 5 + text.encode()),
        ("UTF-8 cut within a letter", text.encode() + "字".encode()[:2]),
        ("UTF-8 of surrogates", text.encode() + b"\xed\xa0\x80" * 3),
        ("UTF-8 too long", text.encode() + b"\xc0\x80\xe0\x80\xaf"),
        ("UTF-7", text.encode("utf-7")),
        ("GB18030 cut", text.encode("gb18030") + b"\x81"),
        ("GB18030 of four bytes", (text + "𠀀🏥\ue5e5" * 99).encode("gb18030")),
        ("GB18030 of surrogates", text.encode("gb18030") + b"\x83\x36\xc7\x39\x83\x36\xc8\x30" * 9),
        ("GB18030 out of range", text.encode("gb18030") + b"\xe3\x32\x9a\x36\xfe\x39\xfe\x39"),
        ("GB18030 and UTF-8", text.encode("gb18030") + text.encode()),
        ("UTF-8 and GB18030", text.encode() + text.encode("gb18030")),
        ("Big5", text.replace("县", "院").encode("big5", "replace")),
        ("Latin-1", b"caf\xe9,\xa3\n" * 999),
        ("EBCDIC", text.encode("cp037", "replace")),
        ("every byte", bytes(range(256)) * 999),
        ("FF", b"\xff" * 99_999),
        ("80", b"\x80" * 99_999),
        ("noise of 11 MB", random.Random(1).randbytes(11_000_000)),
        (
            "letters of every plane",
            "".join(chr(code) for code in range(1, 0x30000, 7) if not 0xD800 <= code < 0xE000).encode(),
        ),
        ("noise that is UTF-8", "".join(random.Random(2).choices(',\n"字0\u202e\u0301', k=3_000_000)).encode()),
    ):
        yield Case(f"encoding: {name}", lambda made=made: made)
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        yield Case(
            f"honest CSV of 50,000 rows in {encoding}",
            lambda encoding=encoding: good(50_000).encode(encoding),
            answer=READ,
            rows=50_000,
        )
    for name, made in (
        ("gzip", gzip.compress(text.encode())),
        ("bzip2", bz2.compress(bytes(9_999_999))),
        ("RAR", b"Rar!\x1a\x07\x01\x00" + bytes(999)),
        ("7z", b"7z\xbc\xaf\x27\x1c" + bytes(999)),
        ("PDF", b"%PDF-1.7\n" + bytes(999)),
        ("PNG", b"\x89PNG\r\n\x1a\n" + bytes(999)),
        ("old Excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99_999)),
        ("old Excel, cut", b"\xd0\xcf\x11\xe0"),
        ("a page", b"<html><table><tr><td>1</td></tr></table>" * 9999),
        ("XML of 2003", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
        ("SYLK", b'ID;PWXL;N;E\nC;Y1;X1;K"a"\nE\n'),
        ("dBase", b"\x03" + bytes(9999)),
        ("JSON", b'[{"a":1}]' * 9999),
        ("a mail", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n" * 99),
        ("a program", b"MZ" + bytes(9999)),
        ("a script", b"#!/bin/sh\nrm -rf /\n"),
    ):
        yield Case(f"file: {name}", lambda made=made: made, answer=REFUSED)


def day(number: int) -> str:
    return f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"


def faults() -> Iterator[Case]:
    """Tables in which nearly every cell is wrong, or every row is something else."""
    long = "错" * 59
    wrong: dict[str, Callable[[int], Row]] = {
        "all cells": lambda number: (f"\u202e{number}", "x", "\x01", "\x01", "x", "\x01"),
        "all cells, shortest": lambda _: ("\x01", "1", "\x01", "\x01", "1", "\x01"),
        "all cells, long": lambda number: (f"{long}{number}\x01", long, f"{long}\x01", "", long, f"{long}\x01"),
        "texts too long": lambda number: (number, day(number), "局" * 201, "院" * 201, "5", "a" * 201),
        "sources": lambda number: (number, day(number), "局", "院", "5", "m"),
        "notes": lambda number: (f"注: {number}",),
        "totals": lambda number: ("合计", "", "", "", number + 1),
        "totals and rows": lambda number: (
            ("小计", "", "", "", number + 1) if number % 2 else row_of("receipts", number)
        ),
        "sections": lambda number: (f"一、第{number}组",),
        "parts of others": lambda _: ("其中: x", "", "", "", "5"),
        "numbers of columns": lambda _: (1, 2, 3, 4, 5, 6),
        "headings": lambda _: HEADS["receipts"],
        "feet of pages": lambda number: (f"第{number}页",),
        "returns of nothing": lambda number: (number, day(number), "局", f"院{number}", f"-{number + 1}.00", ""),
        "Chinese numerals of 990 letters": lambda number: (number, day(number), "局", "院", "壹亿" * 495, ""),
        "Chinese numerals that go on": lambda number: (number, day(number), "局", "院", "九千" * 495, ""),
        "amounts of 10^300": lambda number: (number, day(number), "局", "院", "1" + "0" * 300, ""),
        "amounts of 1,000 digits and points": lambda number: (number, day(number), "局", "院", "1." * 500, ""),
        "amounts of groups": lambda number: (number, day(number), "局", "院", '"' + ",".join(["123"] * 250) + '"', ""),
        "amounts of brackets": lambda number: (number, day(number), "局", "院", "(" * 900 + "5" + ")" * 90, ""),
        "amounts of signs": lambda number: (number, day(number), "局", "院", "¥" * 900 + "5", ""),
        "amounts of minus": lambda number: (number, day(number), "局", "院", "-" * 900, ""),
        "amounts of units": lambda number: (number, day(number), "局", "院", "1亿1万" * 200, ""),
        "amounts of blanks": lambda number: (number, day(number), "局", "院", "1 " * 490 + "元", ""),
        "amounts of other digits": lambda number: (number, day(number), "局", "院", "١٢٣४५६", ""),
        "days of 1,000 digits": lambda number: (number, "2" * 990, "局", "院", "5", ""),
        "days of years": lambda number: (number, "二〇二四年" * 190, "局", "院", "5", ""),
        "days of blanks": lambda number: (number, "2024" + " " * 900 + "x", "局", "院", "5", ""),
        "days with times": lambda number: (number, day(number) + " 12:00:00" * 90, "局", "院", "5", ""),
        "letters that grow": lambda number: (number, day(number), "\ufdfa" * 190, "\ufdfa" * 190, "5", "\ufdfa" * 190),
        "marks upon marks": lambda number: (
            number,
            day(number),
            "院",
            "院" + "\u0316\u0301" * 95,
            "5",
            "a" + "\u0301\u0316" * 95,
        ),
        "patterns": lambda number: (number, "%(value)s", "%s%n", "{0}", "%(cell)d", "%"),
    }
    for name, row in wrong.items():
        yield Case(f"all: {name}", lambda row=row: table(row(number) for number in range(99_000)))
    yield Case(
        "all: headings of 30 sources",
        lambda: table(
            ((number, day(number), "", f"项目{number}", f"来源{number}" + long, "5", "") for number in range(60_000)),
            "payments",
        ),
        "payments",
    )


def slow() -> Iterator[Case]:
    """Rows that are read as they should be, and make what comes after slow if anything is tried with anything."""

    def one(number: int, fen: int, payer: str = "局", payee: str = "院", memo: str = "", voucher: object = "") -> Row:
        return voucher, day(number), payer, payee, f"{'-' if fen < 0 else ''}{abs(fen) / 100:.2f}", memo

    half = 25_000
    money: dict[str, Callable[[int], Row]] = {
        "25,000 returns of 25,000 like it": lambda number: one(
            0 if number < half else 13, 500 if number < half else -500
        ),
        "25,000 returns of others": lambda number: one(0, 500) if number < half else one(13, -500, "别局", "别院"),
        "25,000 returns too early": lambda number: one(5, 500) if number < half else one(0, -500),
        "25,000 returns of their own amount": lambda number: (
            one(0, 100 + number % half) if number < half else one(13, -(100 + number % half))
        ),
        "returns by turns": lambda number: one(0, 500 if number % 2 else -500),
        "50,000 rows alike": lambda _: one(3, 500, memo="拨款"),
        "one voucher 50,000 times": lambda number: one(3, 500 + number, voucher="V"),
        "memos of digits": lambda number: one(number, 500, memo="2" * 199),
        "memos of citations": lambda number: one(number, 500, memo="财建〔2025〕1" * 20),
        "memos of open brackets": lambda number: one(number, 500, memo="〔2025" * 38),
        "memos of Chinese years": lambda number: one(number, 500, memo="〔二〇二五〕" * 33),
        "memos of single letters": lambda number: one(number, 500, memo="财 " * 99),
        "names that differ": lambda number: one(
            number, 500, payer=f"局{number}" + "县" * 150, payee="市" * 150 + f"{number}院"
        ),
        "long texts": lambda number: one(number, 500, "局" * 66, "院" * 60, f"{number}" + "款" * 60),
    }
    for name, row in money.items():
        yield Case(f"slow receipts: {name}", lambda row=row: table(row(number) for number in range(2 * half)))
    numbers: dict[str, Callable[[int], str]] = {
        "apart": lambda number: f"示例财建〔2024〕{number * 7 % 1_000_000}号",
        "of digits": lambda number: f"{number}" + "9" * 100,
        "of citations": lambda number: f"财建〔2025〕{number % 999}号" * 9,
        "of runs": lambda number: f"{number}" + "财" * 150,
        "of blanks": lambda number: f"{number}财 建 " * 20,
        "of years": lambda number: f"财〔{1990 + number % 100}〕{number}号",
        "of issuers": lambda number: (
            "甲乙丙丁戊己庚辛壬癸"[number % 10] * (number % 150 + 1) + f"〔2024〕{number % 7}号"
        ),
        "of brackets": lambda number: f"{number}" + "〔2025" * 30,
        "of Chinese numerals": lambda number: f"{number}〔二〇二五〕" * 20,
    }
    for name, number_of in numbers.items():
        yield Case(
            f"slow lines: numbers {name}",
            lambda number_of=number_of: table(
                (
                    (
                        f"L{number}",
                        number_of(number),
                        day(number),
                        "",
                        f"示例项目{number % 500}",
                        "县级财政",
                        "5.00",
                        "",
                    )
                    for number in range(50_000)
                ),
                "allocations",
            ),
            "allocations",
        )
    for name, text in (
        ("brackets", "(" * 150),
        ("abbreviations", "疾控" * 75),
        ("places", "县市区" * 50),
        ("phases", "第一期" * 50),
        ("generic words", "建设项目" * 37),
        ("stops", "·" * 150),
        ("letters that grow", "\ufdfa" * 50),
    ):
        yield Case(
            f"slow payments: names of {name}",
            lambda text=text: table(
                (
                    (f"P{number}", day(number), "", f"{text}{number}", "县级财政", "5.00", "")
                    for number in range(50_000)
                ),
                "payments",
            ),
            "payments",
        )
        yield Case(
            f"slow projects: names of {name}",
            lambda text=text: table(
                (("", f"{text}{number}", f"{text}{number}院", f"{number}") for number in range(50_000)), "projects"
            ),
            "projects",
        )
    yield Case(
        "slow payments: one voucher",
        lambda: table(
            (
                ("P", "2024-05-01", "", "示例项目1", ("县级财政", "市级财政", "自筹资金")[number % 3], "5.00", "")
                for number in range(50_000)
            ),
            "payments",
        ),
        "payments",
    )
    yield Case(
        "slow projects: codes that are none",
        lambda: table(((f"{number}-{'9' * 150}", f"项目{number}", "", "") for number in range(50_000)), "projects"),
        "projects",
    )
    yield Case(
        "slow projects: codes",
        lambda: table(
            (
                (f"2101-370831-84-01-{number:06}", "示例县医院", "示例县医院", f"区{number % 5000}")
                for number in range(50_000)
            ),
            "projects",
        ),
        "projects",
    )
    for kind in ("payments", "allocations", "projects"):
        yield Case(
            f"honest CSV of 50,000 rows: {kind}",
            lambda kind=kind: good(50_000, kind).encode(),
            kind,
            READ if kind in {"receipts", "projects"} else "",
            50_000,
        )


def all_text() -> Iterator[Case]:
    for group in (shapes, encodings, faults, slow):
        yield from group()
