"""Days that a phrase promises: month, quarter, half-year and year become their last day. Rules RD-10 to RD-12."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_DIGITS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_MONTH = r"(?:(?<!\d)|(?<=20\d\d))(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月"
WHEN = re.compile(
    r"(?:力争|争取|确保)?(?:在|到|于|至)?(?P<year>(?:20\d\d)年?(?=\d{1,2}月|第?[一二三四1-4]季度|[上下]半年|元旦|国庆|五一|七一|八一|十一|教师节"
    r"|[年底末内]|[^\d年度])|今年|明年|当年|本年|次年)?"
    r"(?:的)?(?:" + _MONTH + r"(?:(?P<day>\d{1,2})日|(?P<ten>[上中下])旬|份)?(?:底|末|初)?"
    r"|(?:第?(?P<quarter>[一二三四1-4])季度|(?P<first>首季度?))(?:末|底)?"
    r"|(?P<half>[上下])半年"
    r"|(?P<end>年底|年末|岁末|年内|年度内|全年|(?<=年)[底末内])"
    r"|(?P<mid>年中)"
    r"|(?P<feast>国庆节?|元旦|五一|七一|八一|十一|教师节)(?=以?前|之前)"
    r")(?:以?前|之前|左右)?"
    r"|(?P<only>(?:今年|明年|到20\d\d年)(?=[市县区省全])|(?:今年|明年|(?:到)?20\d\d年)(?!(?:度|以来|以前|底|末|内|[上下]半年|第?[一二三四1-4]季度|\d|工作"
    r"|重点|主要|任务|安排|中央|省|预算|计划|项目|实施|开局|民生|已|市|全(?!面)|的|是|一)))(?:以?前|之前)?"
    r"|[“\"]?十(?P<five>[三四五六])五[”\"]?(?:期?末|收官)"
)
DECEMBER = 12
_FEASTS = {"国庆": (9, 30), "国庆节": (9, 30), "十一": (9, 30), "五一": (4, 30), "七一": (6, 30)}
_FEASTS |= {"八一": (7, 31), "教师节": (9, 9), "元旦": (12, 31)}


def _last(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _DIGITS[word]


def _year(word: str | None, year: int | None) -> int | None:
    """The year that a word names, in a plan for `year`."""
    if word and (figures := word.removeprefix("到")[:4]).isdigit():
        return int(figures)
    if year is None:
        return None
    return year + 1 if word in {"明年", "次年"} else year


def _in_month(found: re.Match[str], year: int) -> dt.date | None:
    month = _number(found["month"])
    if found["day"]:
        try:
            return dt.date(year, month, int(found["day"]))
        except ValueError:
            return None
    return (
        dt.date(year, month, {"上": 10, "中": 20}[found["ten"]]) if found["ten"] in {"上", "中"} else _last(year, month)
    )


def day_of(found: re.Match[str], year: int | None) -> dt.date | None:
    """The last day of a phrase that WHEN found in a plan for `year`; None where it can't be told."""
    if found["five"]:
        return dt.date(2020 + 5 * "三四五六".index(found["five"]), 12, 31)
    own = _year(found["year"] or found["only"], year)
    if own is None:
        return None
    if found["month"]:
        return _in_month(found, own)
    if found["feast"]:
        month, day = _FEASTS[found["feast"]]
        return dt.date(own - (month == DECEMBER and found["year"] is not None), month, day)
    if found["first"]:
        return _last(own, 3)
    half = found["half"] == "上" or found["mid"]
    return _last(own, 3 * _number(found["quarter"]) if found["quarter"] else 6 if half else DECEMBER)


def due(text: str, year: int | None) -> dt.date | None:
    """The day that the last time phrase of `text` names; None where there is none."""
    days = [day for found in WHEN.finditer(text) if (day := day_of(found, year))]
    return days[-1] if days else None
