"""What a project is measured by beside its dates: the weights and names of its work stages, and its baseline. Rules P-7
and P-8 of docs/rules/plan.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from projects.core.complaints import text_complaint
from projects.core.text import N_, Text

LONGEST_NAME = 80
WHOLE = Decimal(100)
PLACES = 2


@dataclass(frozen=True)
class StageMeasure:
    """What a stage is called, and its weight in percent of the whole."""

    name: str
    weight: float


def read_weight(typed: str) -> float | None:
    """A weight as it was typed: 0 to 100 with two decimals at most; None for anything else."""
    try:
        found = Decimal(typed.strip())
    except InvalidOperation:
        return None
    exact = found.is_finite() and found == round(found, PLACES)
    return float(found) if exact and 0 <= found <= WHOLE else None


def check_measures(typed: Mapping[int, tuple[str, str]]) -> tuple[dict[int, StageMeasure], dict[str, Text]]:
    """Stages by their ids as they are to be, from (name, weight) as typed, and a message for each field that can't be
    taken: `name_<id>`, `weight_<id>`, and `weights` where all together aren't 100.
    """
    wrong: dict[str, Text] = {}
    found: dict[int, StageMeasure] = {}
    for stage_id, (name, weight) in typed.items():
        number, called = read_weight(weight), name.strip()
        if not called:
            wrong[f"name_{stage_id}"] = Text(N_("请填写阶段名称"))
        elif problem := text_complaint(called, LONGEST_NAME):
            wrong[f"name_{stage_id}"] = problem
        if number is None:
            wrong[f"weight_{stage_id}"] = Text(N_("权重要在 0 至 100 之间, 最多两位小数"))
        found[stage_id] = StageMeasure(called, number or 0.0)
    total = sum(Decimal(str(one.weight)) for one in found.values())
    if not wrong and total != WHOLE:
        wrong["weights"] = Text(N_("各阶段权重合计 %(total)s, 应为 100"), {"total": str(total)})
    return found, wrong
