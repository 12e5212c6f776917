"""The words of limits: what each is about, for whom, in which unit; a test holds them against
projects/data/funding_limits.yaml, which names the documents the shipped ones rest on.
"""

from __future__ import annotations

from collections.abc import Mapping

from projects.core.text import N_
from projects.core.vocabulary import CATEGORIES, FUNDING_SOURCES, MONEY_RULES
from projects.money.findings.limits import Limit
from projects.money.findings.rules import WORKS_ALONE
from projects.money.findings.wording import wan

REGIONS = {"east": N_("东部地区"), "central": N_("中部地区"), "west": N_("西部地区"), "tibet": N_("西藏和南疆四地州")}
PROJECTS = {"county_hospital": N_("县级医院"), "national_regional_centre": N_("国家区域医疗中心")} | CATEGORIES
KINDS = PROJECTS | FUNDING_SOURCES
NO_NAMES: Mapping[str, str] = {}
PARTS = {
    "forward_days": N_("计划转发"),
    "breakdown_days": N_("打捆计划分解"),
    "quota_days": N_("预算下达"),
}  # of a rule with several limits
WORKING_DAYS = ("forward_days", "breakdown_days")


def name(row: Limit) -> str:
    """What a limit is called: its rule, or what it is about."""
    return MONEY_RULES.get(row.rule, N_("年末完成率"))


def part(row: Limit) -> str:
    """Which of its rule's limits it is; empty where its rule has one of a kind."""
    return PARTS.get(row.root, "")


def scope(row: Limit, known: Mapping[str, str] = NO_NAMES) -> list[str]:
    """For whom it holds, programmes by their `known` names; nothing means for all."""
    found = [words.get(key, key) for words, key in ((REGIONS, row.region), ({**known, **KINDS}, row.programme)) if key]
    return [*found, N_("施工合同")] if row.rule in WORKS_ALONE else found


def figure(row: Limit) -> str:
    """Its figure, in the unit that `unit` names."""
    return (
        wan(row.amount_fen)
        if row.amount_fen is not None
        else f"{row.rate if row.rate is not None else row.number or 0:g}"
    )


def unit(row: Limit) -> str:
    """The unit of its figure as pages and files show it."""
    if row.rate is not None or row.amount_fen is not None:
        return "%" if row.rate is not None else N_("万元")
    if row.root in WORKING_DAYS:
        return N_("个工作日")
    return N_("天") if row.root.endswith("days") else N_("个百分点") if row.root.endswith("points") else N_("个月")
