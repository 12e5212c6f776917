"""What a document says of itself: title, number, issuer, day of issue, plan year. Rule RD-5."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from projects.register.reader.found import Head

_NUMBER = re.compile(r"[一-鿿]{1,12}[〔\[(](?:19|20)\d\d[〕\])]第?\d{1,4}号")
_BOOK = re.compile(r"《([^《》\n]{4,80})》")
_TITLE = re.compile(r"工作要点|工作计划|工作方案|工作报告|工作安排|实施方案|工作打算|行动方案|任务清单|工作思路")
_NAMED = re.compile(r"[一-鿿\d“”()+]")
WIDEST = 50  # letters of a title before the word that makes it one
_ISSUER = re.compile(
    r"(?<![一-鿿])(?!我代表|现在)[一-鿿]{2,20}?(?:卫生健康委员会|卫生健康局|卫生和计划生育委员会|卫生健康委"
    r"|卫健委|卫健局|人民政府"
    r"|卫生局|卫生厅)(?=办公室|文件|工作报告|[\n,。《]|关于|$|\d{4}年)"
)
_DAY = re.compile(r"(?:^|[\n(一-鿿])((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日(?=[\n)]|印发|$|在|[一-鿿]{2,4}\))")
_PLANNED = re.compile(r"(20\d\d)年(?:政府)?(?:工作(?:安排|任务|重点|打算)|重点工作|主要工作|主要任务|政府工作(?=\n))")
_YEAR = re.compile(r"((?:19|20)\d\d)年")
_LEADING = ("关于印发", "范文", "关于")
BEGINNING = 1500  # letters in which a document says what it is
LONGEST = 200


def _titles(text: str) -> Iterator[str]:
    """What sounds like the name of a plan: a word such as 工作要点 with the letters before it."""
    last = 0
    for found in _TITLE.finditer(text):
        start = found.start()
        while start > max(last, found.start() - WIDEST) and _NAMED.match(text, start - 1):
            start -= 1
        last = found.end()
        yield text[start:last]


def _title(beginning: str) -> str:
    """The name of the plan: in title marks after 印发, else the shortest that sounds like one, if any with a year."""
    for book in _BOOK.finditer(beginning):
        if beginning[max(0, book.start() - 4) : book.start()].endswith(("印发", "现将")) and _TITLE.search(book[1]):
            return book[1]
    found = list(_titles(beginning))
    title = min([one for one in found if _YEAR.search(one)] or found, key=len, default="")
    for leading in _LEADING:
        title = title.removeprefix(leading)
    return title


def _day(text: str) -> dt.date | None:
    for found in _DAY.finditer(text):
        try:
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None


def head_of(text: str, year: int | None) -> Head:
    """The head of a folded text; a `year` that is given counts."""
    beginning = text[:BEGINNING]
    title = _title(beginning)[:LONGEST]
    number = _NUMBER.search(beginning)
    issuer = _ISSUER.search(beginning)
    day = _day(beginning)
    named = _YEAR.search(title)
    if year is None and (told := named or _PLANNED.search(text)):
        year = int(told[1])
    if year is None and day:
        year = day.year
    return Head(title, number[0] if number else "", issuer[0] if issuer else "", day, year)
