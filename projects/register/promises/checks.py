"""What a promise must say before it is kept (PR-1 to PR-3): pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from projects.core.complaints import choice_complaint, plain, text_complaint
from projects.core.money import parse_fen
from projects.core.text import N_, Text, one_width
from projects.core.vocabulary import BASES, COMMITMENTS, GATE_MEASURES, MEASURES, QUANTIFIERS

PERCENTS = frozenset({"structure_pct", "progress_pct"})
WORDING, NOTE = 200, 1000  # letters at most
NEEDS = {"percent": N_("请填写 0 到 100 之间的百分比"), "money": N_("请填写以万元计的金额"),
         "count": N_("请填写项目个数")}  # fmt: skip


@dataclass(frozen=True)
class PromiseValues:
    """What is promised: `threshold` as stored (hundredths of a percent, fen, or a number of projects), None where the
    measure has none; `clause_id` where it was promised.
    """

    measure: str
    quantifier: str = "project"
    threshold: int | None = None
    due: dt.date | None = None
    commitment: str = "none"
    basis: str = "stated"
    clause_id: int | None = None
    wording: str = ""
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The values as a request keeps them."""
        return asdict(self) | {"due": self.due.isoformat() if self.due else None}

    @classmethod
    def from_json(cls, packed: Mapping[str, Any]) -> PromiseValues:
        """The values from what a request kept."""
        known = {one.name: packed[one.name] for one in fields(cls)}
        return cls(**known | {"due": dt.date.fromisoformat(known["due"]) if known["due"] else None})


def unit_of(measure: str, quantifier: str) -> str:
    """In what the threshold of a measure is counted: `percent`, `money`, `count`, or "" where it has none (PR-2)."""
    if quantifier == "count":
        return "count"
    if quantifier == "share" or measure in PERCENTS:
        return "percent"
    return "money" if measure == "investment" else ""


def basis_of(measure: str, quantifier: str) -> str:
    """By what a promise is judged where its words do not say."""
    if quantifier != "project":
        return "tally"
    return "gate" if measure in GATE_MEASURES else "stated"


def threshold_of(typed: str, measure: str, quantifier: str) -> tuple[int | None, Text | None]:
    """The threshold as stored from what was typed (percent, 万元, or a number), and why it can't be taken."""
    unit, text = unit_of(measure, quantifier), one_width(typed).strip().rstrip("%")
    if not unit:
        return None, Text(N_("这类承诺没有数额, 请留空")) if text else None
    try:
        value = parse_fen(text, "万元") if unit == "money" else parse_fen(text)  # percents: two decimals, as money has
    except ValueError:
        return None, Text(NEEDS[unit])
    if unit == "count":
        whole, rest = divmod(value, 100)
        return (whole, None) if not rest and whole > 0 else (None, Text(NEEDS[unit]))
    if value <= 0 or (unit == "percent" and value > 100_00):
        return None, Text(NEEDS[unit])
    return value, None


def as_typed(threshold: int | None, measure: str, quantifier: str) -> str:
    """A stored threshold as its field shows it."""
    if threshold is None:
        return ""
    unit = unit_of(measure, quantifier)
    if unit == "count":
        return str(threshold)
    whole, rest = divmod(threshold, 1_000_000 if unit == "money" else 100)
    return f"{whole}.{rest:0{6 if unit == 'money' else 2}d}".rstrip("0").rstrip(".")


def complaints(values: PromiseValues, issued_on: dt.date | None, *, of_programme: bool) -> dict[str, Text]:
    """What keeps a promise from being kept, by field; `issued_on` is the day of the plan that makes it."""
    found: dict[str, Text | None] = {
        "measure": choice_complaint(values.measure, MEASURES),
        "commitment": choice_complaint(values.commitment, COMMITMENTS),
        "basis": choice_complaint(values.basis, BASES),
        "wording": text_complaint(values.wording, WORDING),
        "note": text_complaint(values.note, NOTE),
        "quantifier": choice_complaint(values.quantifier, QUANTIFIERS),
    }
    if not plain(values.wording):
        found["wording"] = Text(N_("请抄录承诺的原文"))
    if (values.quantifier == "project") is of_programme:
        found["quantifier"] = Text(N_("项目的承诺针对单个项目, 项目群的承诺针对数量或比例"))
    elif of_programme and values.measure not in GATE_MEASURES:
        found["measure"] = Text(N_("项目群按数量或比例的承诺, 只能是审批、开工、完工一类的节点"))
    if unit_of(values.measure, values.quantifier) and values.threshold is None and not found["measure"]:
        found["threshold"] = Text(NEEDS[unit_of(values.measure, values.quantifier)])
    if values.due and issued_on and values.due < issued_on:
        said = {"due": values.due, "issued": issued_on}
        found["due"] = Text(N_("期限 %(due)s 早于规划文件的印发日期 %(issued)s, 请核对年份"), said)
    return {field: problem for field, problem in found.items() if problem}
