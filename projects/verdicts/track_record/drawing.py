"""The reliability diagram as SVG: what was said against what came true, the size of a mark by how many there are.

Pure: figures in, markup out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from projects.verdicts.track_record.scores import Bin

SIDE, LEFT, BOTTOM, TOP, RIGHT = 320, 40, 40, 32, 14
COLOURS = {"own": "#0072b2", "real": "#d55e00"}  # told apart by shape too: circles and squares


def draw(sets: Mapping[str, Sequence[Bin]], words: Mapping[str, str]) -> str:
    """The SVG element; an empty string where nothing was scored.

    `words`: title, said, came, perfect, and a name for each set.
    """
    shown = {key: bins for key, bins in sets.items() if bins}
    if not shown:
        return ""
    width, height = LEFT + SIDE + RIGHT, TOP + SIDE + BOTTOM
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    title = f'<title id="reliability-title">{escape(words["title"])}</title>'
    parts = [f'<svg {box} role="img" aria-labelledby="reliability-title">{title}', *_axes(words)]
    for key, bins in shown.items():
        parts += [_mark(key, one, words[key]) for one in bins]
    return "".join([*parts, "</svg>"])


def _x(share: float) -> float:
    return LEFT + SIDE * share


def _y(share: float) -> float:
    return TOP + SIDE * (1 - share)


def _axes(words: Mapping[str, str]) -> list[str]:
    parts = []
    for tenth in range(0, 11, 2):
        share = tenth / 10
        parts.append(
            f'<path d="M{_x(share):.1f} {_y(0):.1f}V{_y(1):.1f}M{_x(0):.1f} {_y(share):.1f}H{_x(1):.1f}" '
            f'stroke="#d5dade" fill="none"/>'
        )
        parts.append(
            f'<text x="{_x(share):.1f}" y="{_y(0) + 16:.1f}" font-size="12" text-anchor="middle" '
            f'fill="#3b444d">{tenth * 10}</text>'
        )
        parts.append(
            f'<text x="{_x(0) - 6:.1f}" y="{_y(share) + 4:.1f}" font-size="12" text-anchor="end" '
            f'fill="#3b444d">{tenth * 10}</text>'
        )
    parts.append(
        f'<path d="M{_x(0):.1f} {_y(0):.1f}L{_x(1):.1f} {_y(1):.1f}" stroke="#6b7480" stroke-dasharray="6 4" '
        f'fill="none"/>'
    )
    parts.append(
        f'<text x="{_x(0.5):.1f}" y="{_y(0) + 34:.1f}" font-size="12" text-anchor="middle" '
        f'fill="#3b444d">{escape(words["said"])}</text>'
    )
    parts.append(f'<text x="4" y="{TOP - 14}" font-size="12" fill="#3b444d">{escape(words["came"])}</text>')
    return parts


def _mark(key: str, one: Bin, name: str) -> str:
    size = 4 + 1.2 * math.log2(one.count + 1)
    tip = f"{name}: {100 * one.said:.0f}% → {100 * one.came:.0f}% ({one.count})"
    x, y, style = _x(one.said), _y(one.came), f'fill="{COLOURS[key]}" fill-opacity="0.75" stroke="{COLOURS[key]}"'
    if key == "own":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" {style}><title>{escape(tip)}</title></circle>'
    return (
        f'<rect x="{x - size * 0.85:.1f}" y="{y - size * 0.85:.1f}" width="{size * 1.7:.1f}" '
        f'height="{size * 1.7:.1f}" {style}><title>{escape(tip)}</title></rect>'
    )
