"""What a stop of the works must say. Rule S-14 of docs/rules/slippage.md. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from projects.core.complaints import day_complaint, plain, text_complaint
from projects.core.month import parse_day
from projects.core.text import N_, Text

EFFECTS = {"stop": N_("停工"), "resume": N_("复工")}
LONGEST = 200
FARTHEST = 3660  # days that works may be expected to stand still
FOLLOWED = {
    "stop": N_("其后 %(on)s 的复工会没有停工与之相应: 请先撤销那一条"),
    "resume": N_("其后 %(on)s 又停工, 两次停工会重叠: 请先撤销那一条"),
}


class Neighbour(NamedTuple):
    """The stop or resumption before or after another: its effect, and the day that the other must not pass."""

    effect: str
    on: dt.date


def check_stop(
    entry: Mapping[str, str], last: tuple[str, dt.date] | None, today: dt.date
) -> tuple[dict[str, Any], dict[str, Text]]:
    """What to store, and a message for each field that can't be taken; `last` is the newest stop or resumption there
    is.
    """
    effect = entry.get("effect", "")
    values, wrong = _content(entry, effect, (Neighbour(*last) if last else None, None), today)
    if effect not in EFFECTS:
        wrong["effect"] = Text(N_("请选择停工或复工"))
    elif effect == "stop" and last and last[0] == "stop":
        wrong["effect"] = Text(N_("已于 %(on)s 停工, 请先登记复工"), {"on": last[1]})
    elif effect == "resume" and (last is None or last[0] != "stop"):
        wrong["effect"] = Text(N_("没有停工记录, 无从复工"))
    return {"effect": effect} | values, wrong


def check_correction(
    entry: Mapping[str, str], effect: str, beside: tuple[Neighbour | None, Neighbour | None], today: dt.date
) -> tuple[dict[str, Any], dict[str, Text]]:
    """The same for a record that is corrected: it stays between the records `beside` it, and says why."""
    values, wrong = _content(entry, effect, beside, today)
    return values, wrong | check_why(entry)


def check_withdrawal(
    entry: Mapping[str, str], effect: str, beside: tuple[Neighbour | None, Neighbour | None]
) -> dict[str, Text]:
    """A message for each field of a withdrawal that can't be: what is left must still take turns."""
    before, after = beside
    wrong = check_why(entry)
    if after and after.effect == (before.effect if before else "resume"):
        wrong["on"] = Text(FOLLOWED[effect], {"on": after.on})
    return wrong


def check_why(entry: Mapping[str, str]) -> dict[str, Text]:
    """A message where nobody says why a record is changed."""
    why = plain(entry.get("why", ""))
    problem = text_complaint(why, LONGEST) if why else Text(N_("请写明为什么更正或撤销"))
    return {"why": problem} if problem else {}


def _content(
    entry: Mapping[str, str], effect: str, beside: tuple[Neighbour | None, Neighbour | None], today: dt.date
) -> tuple[dict[str, Any], dict[str, Text]]:
    """Day, expected day and reason."""
    wrong: dict[str, Text] = {}
    before, after = beside
    reason, on, expected = plain(entry.get("reason", "")), _day(entry, "on"), _day(entry, "expected")
    if problem := day_complaint(on, today):
        wrong["on"] = problem
    elif on and before and on < before.on:
        wrong["on"] = Text(N_("不能早于上一条记录 (%(on)s)"), {"on": before.on})
    elif on and after and on > after.on:
        wrong["on"] = Text(N_("不能晚于下一条记录 (%(on)s)"), {"on": after.on})
    if problem := _expected_complaint(entry, effect, on, expected):
        wrong["expected"] = problem
    if not reason:
        wrong["reason"] = Text(N_("请写明原因和依据"))
    elif problem := text_complaint(reason, LONGEST):
        wrong["reason"] = problem
    return {"happened_on": on, "expected_on": expected, "text": reason}, wrong


def _expected_complaint(
    entry: Mapping[str, str], effect: str, on: dt.date | None, expected: dt.date | None
) -> Text | None:
    """Why works that stop on a day can't be expected to go on on another."""
    typed = entry.get("expected", "").strip()
    if not typed:
        return None
    if expected is None:
        return Text(N_("“%(text)s”不是日期, 请写成 2021-11-30 的样子"), {"text": typed[:40]})
    if effect == "resume":
        return Text(N_("复工记录没有预计复工日: 请留空"))
    if on and expected <= on:
        return Text(N_("预计复工日应晚于停工日 (%(on)s)"), {"on": on})
    if on and (expected - on).days > FARTHEST:
        return Text(N_("预计复工日距停工日 (%(on)s) 超过十年, 请核对年份"), {"on": on})
    return None


def _day(entry: Mapping[str, str], name: str) -> dt.date | None:
    try:
        return parse_day(entry.get(name, "").strip())
    except ValueError:
        return None
