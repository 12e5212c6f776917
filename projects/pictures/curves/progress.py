"""The S-curve of a project as SVG: plan, actual, forecast, target flags, the as-of line. Pure: figures in,
markup out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from projects.verdicts.facts.curve import PlanCurve

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 16, 34
EDGE = 24  # half of the words under a tick


@dataclass(frozen=True)
class Flag:
    """A dated promise on the curve: its day, the overall percent it stands at (None: on the axis), its words."""

    on: dt.date
    percent: float | None
    words: str


@dataclass(frozen=True)
class SCurve:
    """What is drawn: plan curve, actual points (day, percent), forecast points, flags, the as-of day; and the words of
    the legend.
    """

    plan: PlanCurve | None
    actual: Sequence[tuple[dt.date, float]]
    forecast: Sequence[tuple[dt.date, float]]
    flags: Sequence[Flag]
    as_of: dt.date
    words: dict[str, str]
    likely: tuple[dt.date, dt.date] | None = None  # P10 and P90 of the finish


def draw(chart: SCurve) -> str:
    """The SVG element, or an empty string where there is nothing dated to draw."""
    days = [day for day, _ in (*chart.actual, *chart.forecast)] + [flag.on for flag in chart.flags]
    days += [*(chart.likely or ())]
    days += [chart.plan.start, chart.plan.finish] if chart.plan else []
    if len(days) < 2:
        return ""
    first, last = min(*days, chart.as_of), max(*days, chart.as_of)
    span = max(1, (last - first).days)

    def x(day: dt.date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span

    def y(percent: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - percent / 100)

    def path(points: Sequence[tuple[dt.date, float]]) -> str:
        return "M" + "L".join(f"{x(day):.1f} {y(percent):.1f}" for day, percent in points)

    parts = [_grid(first, last, x, y)]
    if chart.plan:
        parts.append(f'<path d="{path(chart.plan.points)}" fill="none" stroke="#6b7480" stroke-width="2"/>')
    if chart.forecast:
        parts.append(
            f'<path d="{path(chart.forecast)}" fill="none" stroke="#d55e00" stroke-width="2" stroke-dasharray="6 4"/>'
        )
    if chart.likely:
        left, right = (x(day) for day in chart.likely)
        top = y(100)
        parts.append(
            f'<path d="M{left:.1f} {top - 5:.1f}v10m0-5H{right:.1f}m0-5v10" fill="none" stroke="#b3420b" '
            f'stroke-width="1.5"/>'
        )
    if chart.actual:
        parts.append(f'<path d="{path(chart.actual)}" fill="none" stroke="#0072b2" stroke-width="3"/>')
        parts += [
            f'<circle cx="{x(day):.1f}" cy="{y(percent):.1f}" r="3" fill="#0072b2"/>' for day, percent in chart.actual
        ]
    for flag in chart.flags:
        level = y(flag.percent if flag.percent is not None else 0)
        parts.append(
            f'<g><title>{escape(flag.words)}</title><path d="M{x(flag.on):.1f} {level:.1f}v-22l11 5l-11 5" '
            f'fill="#e69f00" stroke="#1b2430"/>'
            f'<path d="M{x(flag.on):.1f} {level:.1f}V{y(0):.1f}" stroke="#1b2430" stroke-dasharray="2 3"/></g>'
        )
    line = x(chart.as_of)
    anchor = "end" if line > WIDTH - 120 else "start"
    parts.append(f'<path d="M{line:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#b3261e" stroke-width="1.5"/>')
    parts.append(
        f'<text x="{line + (-4 if anchor == "end" else 4):.1f}" y="{TOP - 5}" font-size="11" fill="#b3261e" '
        f'text-anchor="{anchor}">{chart.as_of}</text>'
    )
    title = escape(chart.words["title"])
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img" '
        f'aria-label="{title}"><title>{title}</title>{"".join(parts)}</svg>'
    )


def _grid(first: dt.date, last: dt.date, x: Callable[[dt.date], float], y: Callable[[float], float]) -> str:
    parts = []
    for percent in (0, 25, 50, 75, 100):
        level = y(percent)
        parts.append(f'<path d="M{LEFT} {level:.1f}H{WIDTH - RIGHT}" stroke="#d9dee5"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{level + 4:.1f}" font-size="11" fill="#5a6675" '
            f'text-anchor="end">{percent}%</text>'
        )
    months = (last.year - first.year) * 12 + last.month - first.month
    step = 1 if months <= 8 else 3 if months <= 26 else 6 if months <= 60 else 12
    ticks = 0
    for count in range(months + 2):
        year, month = divmod(first.year * 12 + first.month - 1 + count, 12)
        day = dt.date(year, month + 1, 1)
        if first <= day <= last and month % step == 0:
            at = x(day)
            parts.append(f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eef1f5"/>')
            narrow = ' class="wide-only"' if ticks % 2 else ""  # a phone has room for every second month
            ticks += 1
            side = anchor_of(at, LEFT, WIDTH - RIGHT)
            parts.append(
                f'<text{narrow} x="{at:.1f}" y="{HEIGHT - BOTTOM + 16}" font-size="11" fill="#5a6675" '
                f'text-anchor="{side}">{day:%Y-%m}</text>'
            )
    return "".join(parts)


def anchor_of(at: float, first: float, last: float) -> str:
    """Where the words under a tick begin: those at an end stay inside the drawing, and off the value beside it."""
    return "start" if at < first + EDGE else "end" if at > last - EDGE else "middle"
