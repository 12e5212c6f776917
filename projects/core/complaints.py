"""What a typed value must be before it is stored; a complaint is a text for the field it belongs to."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container

from projects.core.text import N_, Text

FIRST_DAY = dt.date(2000, 1, 1)
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def plain(value: str) -> str:
    """`value` as it is kept and counted: a line ends with one sign, not with the two that browsers send, and nothing
    stands around it.
    """
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


def text_complaint(value: str, limit: int) -> Text | None:
    """Why `value` can't be kept: too long, or with characters nobody can see."""
    count = len(plain(value))
    if count > limit:
        return Text(N_("最多 %(limit)s 字, 现有 %(count)s 字"), {"limit": limit, "count": count})
    if _UNSHOWABLE.search(value):
        return Text(N_("含有不可见的控制字符, 请删去后重新输入"))
    return None


def choice_complaint(value: str | None, choices: Container[str | None]) -> Text | None:
    """Why `value` can't be taken where one of `choices` is asked for."""
    if value in choices:
        return None
    return Text(N_("请从列表中选择, “%(value)s”不在其中"), {"value": (value or "")[:40]})


def day_complaint(day: dt.date | None, today: dt.date) -> Text | None:
    """Why `day` can't be the day of something that happened."""
    if day is None:
        return Text(N_("请填写日期"))
    if day > today:
        return Text(N_("日期 %(day)s 在将来 (今天是 %(today)s): 只能登记已经发生的事"), {"day": day, "today": today})
    if day < FIRST_DAY:
        return Text(N_("日期 %(day)s 早于 %(first)s, 请核对年份"), {"day": day, "first": FIRST_DAY})
    return None
