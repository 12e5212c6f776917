"""What a stop of the works must say. Rule S-14 of docs/rules/slippage.md. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from projects.core.complaints import day_complaint, plain, text_complaint
from projects.core.month import parse_day
from projects.core.text import N_, Text

EFFECTS = {"stop": N_("停工"), "resume": N_("复工")}
LONGEST = 200


def check_stop(
    entry: Mapping[str, str], last: tuple[str, dt.date] | None, today: dt.date
) -> tuple[dict[str, Any], dict[str, Text]]:
    """What to store, and a message for each field that can't be taken; `last` is the newest stop or resumption there
    is.
    """
    wrong: dict[str, Text] = {}
    effect, reason = entry.get("effect", ""), plain(entry.get("reason", ""))
    if effect not in EFFECTS:
        wrong["effect"] = Text(N_("请选择停工或复工"))
    elif effect == "stop" and last and last[0] == "stop":
        wrong["effect"] = Text(N_("已于 %(on)s 停工, 请先登记复工"), {"on": last[1]})
    elif effect == "resume" and (last is None or last[0] != "stop"):
        wrong["effect"] = Text(N_("没有停工记录, 无从复工"))
    try:
        on = parse_day(entry.get("on", "").strip())
    except ValueError:
        on = None
    if problem := day_complaint(on, today):
        wrong["on"] = problem
    elif last and on and on < last[1]:
        wrong["on"] = Text(N_("不能早于上一条记录 (%(on)s)"), {"on": last[1]})
    if not reason:
        wrong["reason"] = Text(N_("请写明原因和依据"))
    elif problem := text_complaint(reason, LONGEST):
        wrong["reason"] = problem
    return {"effect": effect, "happened_on": on, "text": reason}, wrong
