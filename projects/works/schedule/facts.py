"""What a plan is made of, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TemplateStage:
    """A work stage of the template: weight in percent of the whole, its name in both languages."""

    key: str
    weight: float
    zh: str
    en: str
