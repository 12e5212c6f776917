"""Reading the gate template from YAML; what can't be true is a ValueError that names the entry."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from projects.config import DATA
from projects.works.gates.template import Clock, Edge, GateSpec, Law, Template

FILE = DATA / "gates.yaml"


@cache
def template() -> Template:
    """The template that this installation uses."""
    return read(FILE)


def read(file: Path) -> Template:
    """The template in `file`."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    laws = content["laws"]
    try:
        return Template(
            tuple(_gate(entry, laws) for entry in content["gates"]),
            tuple(_edge(entry, laws) for entry in content["edges"]),
            tuple(_clock(entry, laws) for entry in content["clocks"]),
            tuple((law["zh"], law["en"]) for law in laws.values()),
        )
    except (KeyError, TypeError) as problem:
        raise ValueError(f"{file.name}: an entry lacks or misspells a field: {problem}") from problem


def _law(entry: Mapping[str, Any], laws: Mapping[str, Any]) -> Law:
    own, then = laws[entry["law"]], entry.get("then")
    return Law(own["zh"], entry["article"], own.get("number", ""), (then["from"], _law(then, laws)) if then else None)


def _gate(entry: Mapping[str, Any], laws: Mapping[str, Any]) -> GateSpec:
    waiver = entry.get("waiver")
    return GateSpec(
        entry["key"],
        entry["zh"],
        entry["en"],
        tuple(entry.get("follows", ())),
        waiver["merged_into"] if waiver else None,
        _law(waiver, laws) if waiver else None,
    )


def _edge(entry: Mapping[str, Any], laws: Mapping[str, Any]) -> Edge:
    return Edge(entry["rule"], entry["zh"], entry["gate"], tuple(entry["needs"]), _law(entry, laws))


def _clock(entry: Mapping[str, Any], laws: Mapping[str, Any]) -> Clock:
    lengths = {
        name: entry[name]
        for name in ("months", "days", "extension_months", "extensions", "configurable", "reminder")
        if name in entry
    }
    law = _law(entry, laws) if "law" in entry else None
    return Clock(entry["rule"], entry["zh"], entry["from"], entry["until"], law=law, **lengths)
