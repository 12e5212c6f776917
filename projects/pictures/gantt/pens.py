"""What draws outlines on a sheet: points with path codes, in millimetres. Pure."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]
MOVE, TO, CLOSE = 1, 2, 79  # matplotlib's path codes


class Pen:
    """Outlines of one style: points with matplotlib's path codes."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.codes: list[int] = []

    def polygon(self, points: Sequence[Point]) -> None:
        """Close `points` to an outline."""
        self.points += [*points, points[0]]
        self.codes += [MOVE, *[TO] * (len(points) - 1), CLOSE]

    def box(self, left: float, top: float, right: float, bottom: float) -> None:
        """A rectangle."""
        self.points += [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        self.codes += [MOVE, TO, TO, TO, CLOSE]

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A straight line."""
        self.points += [(x0, y0), (x1, y1)]
        self.codes += [MOVE, TO]


def dashes(pen: Pen, x: float, top: float, bottom: float) -> None:
    """A dashed line downwards."""
    y = top
    while y < bottom:
        pen.line(x, y, x, min(y + 1.6, bottom))
        y += 2.4


def whisker(pen: Pen, left: float, right: float, top: float, height: float) -> None:
    """A line between two short strokes: a range."""
    pen.line(left, top, left, top + height)
    pen.line(left, top + height / 2, right, top + height / 2)
    pen.line(right, top, right, top + height)
