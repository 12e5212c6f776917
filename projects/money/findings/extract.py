"""Reading the shipped caps, deadlines and thresholds (what can't be true is a ValueError that names the entry), and the
days that offices work.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import chinese_calendar
import yaml

from projects.config import DATA
from projects.money.findings.limits import Limit
from projects.money.findings.workdays import WorkCalendar

FILE = DATA / "funding_limits.yaml"


@cache
def shipped() -> tuple[tuple[Limit, ...], dict[str, str]]:
    """The shipped rows, and the region of each province or prefecture by the first digits of its code."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    regions = {str(prefix): region for region, prefixes in content["regions"].items() for prefix in prefixes}
    return tuple(_limit(entry) for entry in content["limits"]), regions


@cache
def workdays() -> WorkCalendar:
    """Days off and days worked in their stead, of the years that the installed chinesecalendar knows."""
    off, worked = frozenset(chinese_calendar.holidays), frozenset(chinese_calendar.workdays)
    years = {day.year for day in off}
    return WorkCalendar(off, worked, min(years), max(years))


def _limit(entry: dict[str, Any]) -> Limit:
    values = dict(entry)
    yuan = values.pop("amount_yuan", None)
    try:
        return Limit(**values, amount_fen=None if yuan is None else int(yuan) * 100)
    except TypeError as problem:
        raise ValueError(f"{FILE.name}: {entry.get('key')}: {problem}") from problem
