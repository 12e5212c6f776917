"""The template of work stages, projects/data/stages.yaml, as frozen facts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from projects.config import DATA
from projects.sheets.entries.extract import entries, refuse_twice
from projects.works.schedule.facts import TemplateStage


@cache
def stage_template() -> tuple[TemplateStage, ...]:
    """The shipped template of work stages, in order."""
    return tuple(read_stages(DATA))


def read_stages(folder: Path) -> Iterator[TemplateStage]:
    """The stages of `folder`/stages.yaml; ValueError naming the entry where they can't be true."""
    total, keys = 0.0, []
    for entry in entries(folder, "stages.yaml"):
        stage = TemplateStage(entry.text("key"), entry.read("weight", float) or 0.0, entry.text("zh"), entry.text("en"))
        entry.done()
        total += stage.weight
        keys.append(stage.key)
        yield stage
    refuse_twice("stages.yaml", keys)
    if abs(total - 100) > 0.005:
        raise ValueError(f"stages.yaml: weights sum to {total:g}, not 100")
