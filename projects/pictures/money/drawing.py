"""Pictures of money as SVG: the ladder by source as bars, and money against works as curves.

Pure: figures in, markup out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from html import escape

from projects.core.money import in_unit
from projects.money.ladder.sums import Ladder, LadderLine
from projects.pictures.money.works import MoneyPoint

STEPS = ("approved", "planned", "allocated", "received", "contracted", "paid")
FILLS = {
    "approved": "#d9dee5",
    "planned": "#b7c3d0",
    "allocated": "#56b4e9",
    "received": "#0072b2",
    "contracted": "#cc79a7",
    "paid": "#009e73",
}
BAR, GAP, HEAD, LABEL, WIDTH, SPACE = 13, 14, 34, 190, 800, 110


def ladder_picture(ladder: Ladder, word: Callable[[str], str], step: Callable[[str], str], title: str) -> str:
    """Bars of each source and step on one scale, with the 万元 beside; empty where there is no money.

    A step without money is left out.
    """
    rows = [(line, [name for name in STEPS if _of(line, name)]) for line in ladder.lines]
    rows = [(line, names) for line, names in rows if names]
    if not rows:
        return ""
    most = max(abs(_of(line, name)) for line, names in rows for name in names)
    height = HEAD + sum(len(names) * BAR + GAP for _, names in rows)
    parts = [_legend([name for name in STEPS if any(name in names for _, names in rows)], step)]
    y = HEAD
    for line, names in rows:
        parts.append(
            f'<text x="{LABEL - 8}" y="{y + len(names) * BAR / 2 + 4:.0f}" text-anchor="end" '
            f'fill="#1b2430">{escape(word(line.key))}</text>'
        )
        for name in names:
            fen = _of(line, name)
            long = (WIDTH - LABEL - SPACE) * max(0, fen) / most
            parts.append(f'<rect x="{LABEL}" y="{y}" width="{long:.1f}" height="{BAR - 3}" fill="{FILLS[name]}"/>')
            parts.append(
                f'<text x="{LABEL + long + 5:.1f}" y="{y + BAR - 4}" font-size="11" '
                f'fill="#4a5563">{in_unit(fen):,}</text>'
            )
            y += BAR
        y += GAP
    return _svg(WIDTH, height, title, parts)


def _of(line: LadderLine, name: str) -> int:
    return int(getattr(line, name) or 0)


def _legend(names: Sequence[str], step: Callable[[str], str]) -> str:
    parts, x = [], LABEL
    for name in names:
        text = step(name)
        parts.append(
            f'<rect x="{x}" y="8" width="11" height="11" fill="{FILLS[name]}"/><text x="{x + 15}" y="18" '
            f'font-size="12" fill="#1b2430">{escape(text)}</text>'
        )
        x += 26 + sum(13 if ord(letter) > 0x2E80 else 7 for letter in text)
    return "".join(parts)


def _svg(width: int, height: float, title: str, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" role="img" '
        f'font-size="13">'
    )
    return f"{head}<title>{escape(title)}</title>{''.join(parts)}</svg>"


# --- money against works ----------------------------------------------------------------------------------------------

CURVES = {"works": "#1b2430", "received": "#0072b2", "paid": "#009e73"}
TALL, LEFT, RIGHT, TOP, BOTTOM = 300, 44, 14, 30, 34


def works_picture(points: Sequence[MoneyPoint], word: Callable[[str], str], title: str) -> str:
    """Works, received and paid over time in percent; empty where there are fewer than two months."""
    if len(points) < 2:
        return ""
    first, span = points[0].on, max(1, (points[-1].on - points[0].on).days)
    most = max([100.0, *(value for point in points for value in (point.received, point.paid) if value is not None)])

    def x(day: dt.date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span

    def y(percent: float) -> float:
        return TOP + (TALL - TOP - BOTTOM) * (1 - percent / most)

    parts = [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(level):.1f}" y2="{y(level):.1f}" stroke="#d9dee5"/><text '
        f'x="{LEFT - 6}" y="{y(level) + 4:.1f}" text-anchor="end" font-size="11" fill="#4a5563">{level}</text>'
        for level in (0, 25, 50, 75, 100)
    ]
    parts += [
        f'<text x="{x(point.on):.1f}" y="{TALL - 12}" text-anchor="{"end" if point is points[-1] else "middle"}" '
        f'font-size="11" fill="#4a5563">{point.on:%Y-%m}</text>'
        for point in points[len(points) - 1 :: -max(1, len(points) // 8)]
    ]
    at = LEFT
    for name, colour in CURVES.items():
        known = [(point.on, getattr(point, name)) for point in points if getattr(point, name) is not None]
        if known:
            path = "M" + "L".join(f"{x(day):.1f} {y(value):.1f}" for day, value in known)
            dash = ' stroke-dasharray="6 4"' if name == "received" else ""
            parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2.2"{dash}/>')
            parts += [
                f'<circle cx="{x(day):.1f}" cy="{y(value):.1f}" r="2.6" fill="{colour}"/>' for day, value in known
            ]
        text = word(name)
        parts.append(
            f'<rect x="{at}" y="8" width="16" height="4" fill="{colour}"/><text x="{at + 20}" y="15" font-size="12" '
            f'fill="#1b2430">{escape(text)}</text>'
        )
        at += 34 + sum(13 if ord(letter) > 0x2E80 else 7 for letter in text)
    return _svg(WIDTH, TALL, title, parts)
