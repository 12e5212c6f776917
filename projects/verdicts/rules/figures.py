"""The figures of a rule set: what each is called, what it may be, how it is read from a form, what it asks in words.

Rule L-8 of docs/rules/lights.md. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projects.core.text import N_, Text
from projects.core.vocabulary import RULE_FAMILIES, RULE_FIGURES
from projects.verdicts.facts.facts import RuleSet

LONGEST = 1000
NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class RuleFigure:
    """A figure of a rule set: its words, its unit, its range; `whole` numbers only where it counts days or months."""

    words: str
    unit: str
    low: float
    high: float
    whole: bool = True


FIGURES = {
    "progress_yellow": RuleFigure(RULE_FIGURES["progress_yellow"], "", 0, 100, whole=False),
    "progress_red": RuleFigure(RULE_FIGURES["progress_red"], "", 0, 100, whole=False),
    "progress_running": RuleFigure(RULE_FIGURES["progress_running"], N_("个月"), 0, 12),
    "start_yellow": RuleFigure(RULE_FIGURES["start_yellow"], N_("个月"), 1, 24),
    "start_red": RuleFigure(RULE_FIGURES["start_red"], N_("个月"), 1, 24),
    "money_ahead": RuleFigure(RULE_FIGURES["money_ahead"], N_("个百分点"), 0, 100, whole=False),
    "entry_yellow": RuleFigure(RULE_FIGURES["entry_yellow"], N_("个月"), 0, 24),
    "entry_red": RuleFigure(RULE_FIGURES["entry_red"], N_("个月"), 0, 24),
    "behind_days": RuleFigure(RULE_FIGURES["behind_days"], N_("天"), 1, 365),
    "stale_days": RuleFigure(RULE_FIGURES["stale_days"], N_("天"), 15, 365),
    "early_days": RuleFigure(RULE_FIGURES["early_days"], N_("天"), 1, 365),
    "kept_from": RuleFigure(RULE_FIGURES["kept_from"], "%", 50, 97, whole=False),
    "risk_from": RuleFigure(RULE_FIGURES["risk_from"], "%", 3, 97, whole=False),
    "fresh_days": RuleFigure(RULE_FIGURES["fresh_days"], N_("天"), 31, 365),
    "silent_days": RuleFigure(RULE_FIGURES["silent_days"], N_("天"), 31, 365),
    "silent_months": RuleFigure(RULE_FIGURES["silent_months"], N_("个月"), 1, 12),
    "report_day": RuleFigure(RULE_FIGURES["report_day"], N_("日"), 1, 28),
    "works_days": RuleFigure(RULE_FIGURES["works_days"], N_("天"), 1, 365),
    "stop_days": RuleFigure(RULE_FIGURES["stop_days"], N_("天"), 1, 1095),
    "leap_points": RuleFigure(RULE_FIGURES["leap_points"], N_("个百分点"), 1, 100, whole=False),
    "tally_yellow": RuleFigure(RULE_FIGURES["tally_yellow"], "%", 0, 100, whole=False),
    "tally_red": RuleFigure(RULE_FIGURES["tally_red"], "%", 0, 100, whole=False),
}
# pairs of figures of which the first may not be above the second, except where the family turns them round
LATER = N_("红灯应比黄灯更晚, 请核对两个数")
ORDERED = (
    ("start_yellow", "start_red", LATER),
    ("entry_yellow", "entry_red", LATER),
    ("tally_red", "tally_yellow", LATER),
    ("risk_from", "kept_from", N_("不能低于“有风险”的可能性, 请核对两个数")),
    ("fresh_days", "silent_days", N_("不能早于迟报, 请核对两个数")),
)


def figures_of(rules: RuleSet) -> dict[str, Any]:
    """Everything that a version stores."""
    return {"progress_kind": rules.progress_kind} | {name: getattr(rules, name) for name in FIGURES}


def to_entry(figures: Mapping[str, Any]) -> dict[str, str]:
    """The figures as a form shows them."""
    return {name: f"{value:g}" if isinstance(value, int | float) else str(value) for name, value in figures.items()}


def read(entry: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Text]]:
    """The figures of a form's entry, and a message for each that can't be taken."""
    found: dict[str, Any] = {}
    wrong: dict[str, Text] = {}
    kind = entry.get("progress_kind", "")
    if kind in RULE_FAMILIES:
        found["progress_kind"] = kind
    else:
        wrong["progress_kind"] = Text(N_("请选择判断进度的办法"))
    for name, figure in FIGURES.items():
        typed = entry.get(name, "").strip()
        value = float(typed) if NUMBER.fullmatch(typed) else None
        if value is None or not figure.low <= value <= figure.high or (figure.whole and value != int(value)):
            wrong[name] = Text(N_("请填 %(low)s 到 %(high)s 之间的数"), {"low": figure.low, "high": figure.high})
        else:
            found[name] = int(value) if figure.whole else value
    for low, high, message in ORDERED:
        if low in found and high in found and found[low] > found[high]:
            wrong[high] = Text(message)
    if kind in RULE_FAMILIES and not wrong.keys() & {"progress_yellow", "progress_red"}:
        yellow, red = found["progress_yellow"], found["progress_red"]
        if (red < yellow) if kind == "gap" else (red > yellow):
            wrong["progress_red"] = Text(N_("红灯应比黄灯更差, 请核对两个数"))
    return found, wrong


def progress_words(rules: RuleSet) -> Text:
    """What the progress light asks, in a sentence."""
    params: dict[str, object] = {
        "yellow": rules.progress_yellow,
        "red": rules.progress_red,
        "months": rules.progress_running,
    }
    if rules.progress_kind == "gap":
        red = Text(N_("%(points)s 个百分点"), {"points": rules.progress_red})
        words = Text(N_("落后计划 %(yellow)s 个百分点起黄灯, 超过 %(red)s红灯"), params | {"red": red})
    else:
        words = Text(N_("低于序时进度的 %(yellow)s%% 黄灯, 低于 %(red)s%% 红灯"), params)
    return (
        Text(N_("%(words)s; 连续 %(months)s 个月未达到升为红灯"), params | {"words": words})
        if rules.progress_running
        else words
    )


def _months(count: int) -> Text:
    return Text(N_("%(count)s 个月"), {"count": count})


def other_words(rules: RuleSet) -> dict[str, Text]:
    """What the other three lights ask, by light."""
    return {
        "start": Text(
            N_("计划开工当月起, 错过 %(yellow)s 个月黄灯, %(red)s红灯"),
            {"yellow": rules.start_yellow, "red": _months(rules.start_red)},
        ),
        "payment": Text(N_("支付比例超前形象进度 %(points)s 个百分点以上红灯"), {"points": rules.money_ahead}),
        "entry": Text(
            N_("开工超过 %(yellow)s 个月未入统黄灯, 超过 %(red)s红灯"),
            {"yellow": rules.entry_yellow, "red": _months(rules.entry_red)},
        ),
    }
