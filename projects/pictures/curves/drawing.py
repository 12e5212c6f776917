"""A chart as SVG for the page. Pure: figures in, markup out; what people typed is escaped.

Lines differ in dash and marker, not by colour alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from projects.core.text import Text
from projects.pictures.curves.facts import CurveFigure

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 48, 14, 18, 34
EDGE = 24  # half of the words under a tick
INK, SOFT, GRID, RED, BAND = "#1b2430", "#5a6675", "#d9dee5", "#b3261e", "#fbe3d3"


class CurveStyle(NamedTuple):
    """Colour, width, dashes and marker of a line."""

    color: str
    width: float
    dash: tuple[float, ...]
    marker: str


STYLES = {
    "plan": CurveStyle("#6b7480", 2, (), ""),
    "actual": CurveStyle("#0072b2", 3, (), "circle"),
    "forecast": CurveStyle("#b3420b", 2, (6, 4), ""),
    "first": CurveStyle("#0072b2", 2, (), "circle"),
    "second": CurveStyle("#b3420b", 2, (6, 4), "square"),
    "third": CurveStyle("#00694c", 2, (2, 3), "triangle"),
    "fourth": CurveStyle("#6b7480", 2, (8, 3, 2, 3), "diamond"),
}
Speak = Callable[[Text], str]


@dataclass(frozen=True)
class DrawnCurve:
    """A chart as a page shows it: its markup (empty where there is nothing to draw), and the picture and words of each
    line and of the band.
    """

    figure: CurveFigure
    markup: str
    keys: Sequence[tuple[str, str]]


def drawn(figure: CurveFigure, speak: Speak) -> DrawnCurve:
    """A chart in the reader's language."""
    return DrawnCurve(figure, draw(figure, speak), legend(figure, speak))


def draw(figure: CurveFigure, speak: Speak) -> str:
    """The SVG element, or an empty string where there is nothing to draw."""
    if figure.is_empty:
        return ""
    days = [*figure.days, figure.as_of]
    first, last = min(days), max(days)
    span = max(1, (last - first).days)

    def x(day: dt.date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (figure.high - value) / (figure.high - figure.low)

    parts = [_levels(figure, y), _months(first, last, x)]
    if figure.band:
        upper = [(x(day), y(high)) for day, _, high in figure.band.points]
        lower = [(x(day), y(low)) for day, low, _ in reversed(figure.band.points)]
        parts.append(
            f'<path d="{_path([*upper, *lower])}z" fill="{BAND}" stroke="#d9803f" stroke-width=".8" '
            f'stroke-dasharray="3 3"/>'
        )
    for line in figure.lines:
        style = STYLES[line.style]
        places = [(x(day), y(value)) for day, value in line.points]
        dash = f' stroke-dasharray="{" ".join(f"{part:g}" for part in style.dash)}"' if style.dash else ""
        parts.append(
            f'<path d="{_path(places)}" fill="none" stroke="{style.color}" stroke-width="{style.width:g}"{dash}/>'
        )
        if style.marker:
            parts.append(
                f'<path d="{"".join(marker(style.marker, *place) for place in places)}" fill="{style.color}"/>'
            )
    parts += [
        _flag(x(flag.on), y(max(figure.low, flag.value or 0)), y(figure.low), flag.label) for flag in figure.flags
    ]
    parts.append(_today(figure.as_of, x(figure.as_of)))
    title = escape(f"{speak(figure.title)}; {speak(figure.unit)}; {figure.as_of}")
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img" '
        f'aria-label="{title}"><title>{title}</title>{"".join(parts)}</svg>'
    )


def legend(figure: CurveFigure, speak: Speak) -> list[tuple[str, str]]:
    """A little picture and the words of each line and of the band."""
    found = []
    for line in figure.lines:
        style = STYLES[line.style]
        dash = f' stroke-dasharray="{" ".join(f"{part:g}" for part in style.dash)}"' if style.dash else ""
        mark = f'<path d="{marker(style.marker, 17, 8)}" fill="{style.color}"/>' if style.marker else ""
        found.append(
            (
                _key(f'<path d="M1 8H33" stroke="{style.color}" stroke-width="{style.width:g}"{dash}/>{mark}'),
                speak(line.label),
            )
        )
    if figure.band:
        found.append(
            (
                _key(f'<path d="M1 2H33V14H1z" fill="{BAND}" stroke="#d9803f" stroke-dasharray="3 3"/>'),
                speak(figure.band.label),
            )
        )
    return found


def _key(inner: str) -> str:
    return f'<svg width="34" height="16" viewBox="0 0 34 16" aria-hidden="true">{inner}</svg>'


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def marker(kind: str, x: float, y: float) -> str:
    """The outline of a marker."""
    match kind:
        case "square":
            return f"M{x - 3:.1f} {y - 3:.1f}h6v6h-6z"
        case "triangle":
            return f"M{x:.1f} {y - 4:.1f}l4 7h-8z"
        case "diamond":
            return f"M{x:.1f} {y - 4:.1f}l4 4l-4 4l-4-4z"
        case _:
            return f"M{x - 3:.1f} {y:.1f}a3 3 0 1 0 6 0a3 3 0 1 0-6 0z"


def _flag(x: float, level: float, ground: float, label: str) -> str:
    pole = (
        f'<path d="M{x:.1f} {level:.1f}V{ground:.1f}" stroke="{INK}" stroke-dasharray="2 3"/>'
        if ground - level > 1
        else ""
    )
    return (
        f'<g><title>{escape(label)}</title><path d="M{x:.1f} {level:.1f}v-22l11 5l-11 5" fill="#e69f00" '
        f'stroke="{INK}"/>{pole}</g>'
    )


def _today(as_of: dt.date, x: float) -> str:
    anchor, shift = ("end", -4) if x > WIDTH - 120 else ("start", 4)
    text = f'<text x="{x + shift:.1f}" y="{TOP - 6}" font-size="11" fill="{RED}" text-anchor="{anchor}">{as_of}</text>'
    return f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{RED}" stroke-width="1.5"/>{text}'


def _levels(figure: CurveFigure, y: Callable[[float], float]) -> str:
    parts = []
    for value in figure.ticks:
        level = y(value)
        parts.append(f'<path d="M{LEFT} {level:.1f}H{WIDTH - RIGHT}" stroke="{"#7d8894" if value == 0 else GRID}"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{level + 4:.1f}" font-size="11" fill="{SOFT}" '
            f'text-anchor="end">{said(value)}</text>'
        )
    return "".join(parts)


def said(value: float) -> str:
    """A value on the axis."""
    return f"{value:g}".replace("-", "−")


def month_ticks(first: dt.date, last: dt.date) -> list[dt.date]:
    """First days of months to name on the axis, as many as fit."""
    months = (last.year - first.year) * 12 + last.month - first.month
    step = 1 if months <= 9 else 3 if months <= 27 else 6 if months <= 60 else 12
    found = []
    for count in range(months + 2):
        year, month = divmod(first.year * 12 + first.month - 1 + count, 12)
        day = dt.date(year, month + 1, 1)
        if first <= day <= last and month % step == 0:
            found.append(day)
    return found


def _months(first: dt.date, last: dt.date, x: Callable[[dt.date], float]) -> str:
    parts = []
    for count, day in enumerate(month_ticks(first, last)):
        narrow = ' class="wide-only"' if count % 2 else ""  # a phone has room for every second one
        parts.append(f'<path d="M{x(day):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eef1f5"/>')
        side = anchor_of(x(day), LEFT, WIDTH - RIGHT)
        parts.append(
            f'<text{narrow} x="{x(day):.1f}" y="{HEIGHT - BOTTOM + 16}" font-size="11" fill="{SOFT}" '
            f'text-anchor="{side}">{day:%Y-%m}</text>'
        )
    return "".join(parts)


def anchor_of(at: float, first: float, last: float) -> str:
    """Where the words under a tick begin: those at an end stay inside the drawing, and off the value beside it."""
    return "start" if at < first + EDGE else "end" if at > last - EDGE else "middle"
