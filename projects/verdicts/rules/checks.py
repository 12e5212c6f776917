"""What an exemption and a change of rules must say. Rules L-5 and L-8 of docs/rules/lights.md. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from projects.core.complaints import plain, text_complaint
from projects.core.month import parse_day
from projects.core.text import N_, Text
from projects.core.vocabulary import PROJECT_LIGHTS
from projects.verdicts.rules.figures import LONGEST

LONGEST_DAYS = 366
LONGEST_ASKER = 120


def check_reason(text: str) -> tuple[str, dict[str, Text]]:
    """The reason for a change, which is needed."""
    said = plain(text)
    if not said:
        return said, {"reason": Text(N_("请写明理由"))}
    problem = text_complaint(said, LONGEST)
    return said, {"reason": problem} if problem else {}


def check_exemption(entry: Mapping[str, str], today: dt.date) -> tuple[dict[str, Any], dict[str, Text]]:
    """The columns of an exemption, and a message for each field that can't be taken: until a day within a year, with
    reason and asker.
    """
    light, asker = entry.get("light", ""), plain(entry.get("requested_by", ""))
    reason, wrong = check_reason(entry.get("reason", ""))
    if light not in PROJECT_LIGHTS:
        wrong["light"] = Text(N_("请选择豁免哪个灯"))
    if not asker:
        wrong["requested_by"] = Text(N_("请写明由谁申请, 例如项目单位及其来文"))
    elif problem := text_complaint(asker, LONGEST_ASKER):
        wrong["requested_by"] = problem
    until = _day(entry.get("until", ""))
    if until is None or not today <= until <= today + dt.timedelta(days=LONGEST_DAYS):
        wrong["until"] = Text(N_("请填截止日期, 从今天起最长一年"))
    return {"light": light, "reason": reason, "requested_by": asker, "until": until}, wrong


def _day(text: str) -> dt.date | None:
    try:
        return parse_day(text.strip())
    except ValueError:
        return None
