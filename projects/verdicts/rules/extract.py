"""The shipped rule sets (projects/data/rule_sets.yaml) as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from projects.config import DATA
from projects.verdicts.facts.facts import rule_set
from projects.verdicts.rules.figures import figures_of, read, to_entry

FILE = DATA / "rule_sets.yaml"


@dataclass(frozen=True)
class ShippedSet:
    """A rule set as it ships: its first version."""

    key: str
    name: str
    figures: Mapping[str, Any]
    source: str


@cache
def shipped_sets() -> tuple[ShippedSet, ...]:
    """The shipped sets, the default first; ValueError where a figure can't be."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = []
    for one in content["sets"]:
        figures = content["defaults"] | {
            name: value for name, value in one.items() if name not in {"key", "name", "source"}
        }
        whole = figures_of(rule_set(one["key"], 1, figures))
        kept, wrong = read(to_entry(whole))
        if wrong or kept.keys() != whole.keys() or not figures.keys() <= kept.keys():
            raise ValueError(f"rule_sets.yaml [{one['key']}]: {sorted(wrong) or sorted(figures.keys() - kept.keys())}")
        found.append(ShippedSet(one["key"], one["name"], kept, one["source"].strip()))
    return tuple(found)
