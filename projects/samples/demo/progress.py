"""How far sample works are on a day: an S-curve over the baseline, spread over the work stages.

Pure and deterministic; percents run from 0 to 100.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping

from projects.samples.demo.scenarios import Scenario
from projects.works.reports.content import ReportedStage, overall_percent

# Where each work stage lies on the way from nothing (0) to handover (100): stages overlap, as trades do.
WINDOWS = {
    "preparation": (0, 5), "foundation": (5, 20), "structure": (20, 51), "secondary": (42, 62), "mep": (40, 88),
    "fit_out": (58, 94), "external": (74, 97),
    "handover": (95, 100),
}  # fmt: skip


def way(share: float) -> float:
    """How far along the way (0 to 100) works are after `share` of their time: slow at both ends."""
    share = min(1.0, max(0.0, share))
    return 100 * (0.5 * share + 0.5 * share * share * (3 - 2 * share))


def stages_at(point: float) -> dict[str, float]:
    """Each stage's percent at a point of the way, in whole percents."""
    return {
        key: float(round(100 * min(1.0, max(0.0, (point - low) / (high - low)))))
        for key, (low, high) in WINDOWS.items()
    }


def overall(percents: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The weighted percent of the whole, by the rule of monthly reports."""
    return overall_percent([ReportedStage(0, key, "", weight) for key, weight in weights.items()], percents)


def first_day(
    begins: dt.date, ends: dt.date, reached: Mapping[str, float], weights: Mapping[str, float] | None = None
) -> dt.date:
    """The first day between `begins` and `ends` on which the way reaches `reached`: {stage: percent}, or {"": overall
    percent} with `weights`.
    """
    low, high = 0, (ends - begins).days
    while low < high:
        middle = (low + high) // 2
        now = stages_at(way(middle / (ends - begins).days))
        if weights is not None:
            now = {"": overall(now, weights)}
        if all(now[key] >= percent for key, percent in reached.items()):
            high = middle
        else:
            low = middle + 1
    return begins + dt.timedelta(days=low)


def share_on(scenario: Scenario, day: dt.date) -> float:
    """The share of its baseline time that a project has worked off by `day`; wavers a little from month to month."""
    worked = (day - scenario.begins).days - scenario.late
    waver = (zlib.crc32(f"{scenario.slug}{day:%Y%m}".encode()) % 11 - 5) / 1000
    share = scenario.pace * worked / (scenario.ends - scenario.begins).days
    return share + (waver if 0.02 < share < 0.97 else 0.0)


def stage_reached(scenario: Scenario, key: str, percent: float) -> dt.date:
    """The day a stage reached `percent` at the project's own pace."""
    planned = (first_day(scenario.begins, scenario.ends, {key: percent}) - scenario.begins).days
    return scenario.begins + dt.timedelta(days=scenario.late + round(planned / scenario.pace))
