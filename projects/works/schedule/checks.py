"""What a plan may say. Rules P-1 to P-5 of docs/rules/plan.md."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from projects.core.complaints import text_complaint
from projects.core.text import N_, Text

PERCENTS = {"start": 0.0, "p25": 25.0, "p50": 50.0, "p75": 75.0, "finish": 100.0}
GATES = {"gate_start": "start", "gate_in_use": "in_use"}
NAMES = {
    "start": N_("开始 (0%)"),
    "p25": N_("完成 25%"),
    "p50": N_("完成 50%"),
    "p75": N_("完成 75%"),
    "finish": N_("完成 100%"),
    "gate_start": N_("开工"),
    "gate_in_use": N_("投入使用"),
}
MOST_FLOORS = 200
LONGEST_REASON = 500


@dataclass(frozen=True)
class ProjectPlan:
    """The dates of a plan by the names above (None: not planned), and the floors that the main structure is
    counted by.
    """

    days: Mapping[str, dt.date | None]
    floors: int | None = None


@dataclass(frozen=True)
class PlanChange:
    """A plan as it is to be from a day on (None: from the day it is stored), and why; and why from a day in a month
    that was closed.
    """

    plan: ProjectPlan
    reason: str = ""
    since: dt.date | None = None
    backdated_reason: str = ""


def check_since(since: dt.date | None, today: dt.date) -> dict[str, Text]:
    """A plan counts from a day that has come (P-5)."""
    if since and not since.year >= 2000:
        return {"since": Text(N_("年份要在 2000 至 2100 之间"))}
    if since and since > today:
        return {"since": Text(N_("不能晚于今天 %(today)s"), {"today": today})}
    return {}


def check(new: ProjectPlan, old: ProjectPlan, reason: str) -> dict[str, Text]:
    """The fields that can't be taken, with what is wrong."""
    wrong: dict[str, Text] = {}
    known = [(name, day) for name in PERCENTS if (day := new.days.get(name))]
    if 0 < len(known) < 2:
        wrong[known[0][0]] = Text(N_("至少要两个日期才能成为计划; 25%%、50%%、75%% 三个最好"))  # P-1
    for (before, first), (after, second) in pairwise(known):
        if second <= first:
            wrong[after] = Text(
                N_("要晚于“%(before)s”的 %(day)s"), {"before": Text(NAMES[before]), "day": first}
            )  # P-2
    for name, day in new.days.items():
        if day and not 2000 <= day.year <= 2100:
            wrong[name] = Text(N_("年份要在 2000 至 2100 之间"))
    if new.floors is not None and not 1 <= new.floors <= MOST_FLOORS:
        wrong["floors"] = Text(N_("层数要在 1 至 %(most)s 之间"), {"most": MOST_FLOORS})  # P-3
    if any(before is not None for before, _ in changed(new, old).values()) and not reason.strip():
        wrong["reason"] = Text(N_("现行计划已有日期或层数, 改动要写明理由 (基准计划保留不变)"))  # P-4
    if problem := text_complaint(reason, LONGEST_REASON):
        wrong["reason"] = problem
    return wrong


def check_reason(reason: str) -> dict[str, Text]:
    """Another measure says why (P-7, P-8)."""
    problem = text_complaint(reason, LONGEST_REASON) or (None if reason.strip() else Text(N_("请写明改动的理由")))
    return {"reason": problem} if problem else {}


def changed(new: ProjectPlan, old: ProjectPlan) -> dict[str, tuple[object, object]]:
    """What differs, old → new."""
    found: dict[str, tuple[object, object]] = {
        name: (old.days.get(name), new.days.get(name)) for name in NAMES if old.days.get(name) != new.days.get(name)
    }
    if old.floors != new.floors:
        found["floors"] = (old.floors, new.floors)
    return found
