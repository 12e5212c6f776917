"""The shapes of the states (vocabulary SHAPES) as outlines, for what is drawn with a pen. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from projects.pictures.gantt.pens import Point

_CIRCLE = tuple((math.cos(turn * math.pi / 8), math.sin(turn * math.pi / 8)) for turn in range(16))
_STAR = tuple(
    (
        math.sin(turn * math.pi / 5) * (1 if turn % 2 == 0 else 0.42),
        -math.cos(turn * math.pi / 5) * (1 if turn % 2 == 0 else 0.42),
    )
    for turn in range(10)
)
ICONS: dict[str, Sequence[Point]] = {  # in a box from -1 to 1
    "overdue": (
        (-1, -0.6),
        (-0.6, -1),
        (0, -0.4),
        (0.6, -1),
        (1, -0.6),
        (0.4, 0),
        (1, 0.6),
        (0.6, 1),
        (0, 0.4),
        (-0.6, 1),
        (-1, 0.6),
        (-0.4, 0),
    ),
    "behind": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "at_risk": ((0, -1), (1, 0.85), (-1, 0.85)),
    "overdue_no_evidence": (
        *_CIRCLE,
        _CIRCLE[0],
        (0.55, 0.15),
        (-0.55, 0.15),
        (-0.55, -0.15),
        (0.55, -0.15),
        (0.55, 0.15),
    ),
    "contradicted": (
        (-0.9, -0.6),
        (0.25, -0.6),
        (0.45, -1),
        (0.75, -0.85),
        (0.6, -0.6),
        (0.9, -0.6),
        (0.9, -0.2),
        (0.4, -0.2),
        (0.2, 0.2),
        (0.9, 0.2),
        (0.9, 0.6),
        (0, 0.6),
        (-0.25, 1),
        (-0.55, 0.85),
        (-0.4, 0.6),
        (-0.9, 0.6),
        (-0.9, 0.2),
        (-0.2, 0.2),
        (0, -0.2),
        (-0.9, -0.2),
    ),
    "unknown": (
        (-0.65, -0.45),
        (-0.4, -0.95),
        (0.4, -0.95),
        (0.7, -0.5),
        (0.5, -0.05),
        (0.2, 0.2),
        (0.2, 0.95),
        (-0.2, 0.95),
        (-0.2, 0.05),
        (0.15, -0.25),
        (0.25, -0.45),
        (0.1, -0.6),
        (-0.1, -0.6),
        (-0.25, -0.45),
    ),
    "undated": ((-0.9, -0.2), (0.9, -0.2), (0.9, 0.2), (-0.9, 0.2)),
    "on_track": _CIRCLE,
    "met_late": ((0, -1), (1, 0), (0, 1), (-1, 0)),
    "met_on_time": ((-1, 0.1), (-0.65, -0.3), (-0.3, 0.15), (0.65, -0.9), (1, -0.5), (-0.28, 0.9)),
    "met_early": _STAR,
}
