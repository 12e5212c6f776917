"""The chart on paper: sheet sizes, columns, which rows stand on which page, and texts cut to their column. Pure;
lengths in millimetres of an A3 sheet.

Other sizes are the same sheet scaled: on A1 everything is twice as large, on A4 it is 0.8 of it with fewer rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from projects.core.text import N_, Text
from projects.pictures.gantt.axis import Tick, ticks
from projects.pictures.gantt.facts import ChartStage, Promise
from projects.pictures.gantt.layout import Block, Chart, ChartRow, SlipBand

KINDS = {"pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml"}
MARGIN = 10.0
ROW = 5.0  # height of a row
TOP = 33.0  # where rows begin: title, notes, date axis above
BOTTOM = 17.0  # legend and footer below
MOST_ROWS = 48
NARROWEST = 371.0  # of A4; below this the bars would have too little room beside three answers and their labels
CONTINUED = N_("%(title)s (续)")


@dataclass(frozen=True)
class ChartPaper:
    """A sheet: width and height in real millimetres; `scale` of real to sheet millimetres."""

    width: float
    height: float
    scale: float
    endless: bool = False  # a roll: as many rows as it was cut for

    @property
    def rows(self) -> int:
        """How many rows fit between axis and legend."""
        fit = int((self.height / self.scale - TOP - BOTTOM) / ROW + 0.01)
        return fit if self.endless else min(MOST_ROWS, fit)

    def filled(self, rows: int) -> ChartPaper:
        """This sheet with everything larger where so few rows would leave it half empty, as long as the bars keep their
        room.
        """
        if rows >= self.rows:
            return self
        return replace(
            self, scale=max(self.scale, min(self.width / NARROWEST, self.height / (TOP + BOTTOM + ROW * rows)))
        )


PAPERS = {"a3": ChartPaper(420, 297, 1.0), "a1": ChartPaper(841, 594, 2.0), "a4": ChartPaper(297, 210, 0.8)}


def roll(rows: int) -> ChartPaper:
    """A sheet as tall as so many rows need, for pictures."""
    return ChartPaper(420, TOP + BOTTOM + ROW * max(rows, 3), 1.0, endless=True)


class Columns(NamedTuple):
    """Left edges of the columns, and where the bars begin and end."""

    name: float
    place: float
    verdict: float
    works: float
    percent: float
    left: float
    right: float

    @classmethod
    def of(cls, paper: ChartPaper) -> Columns:
        """The columns of `paper`; labels keep their width, the bars take the rest."""
        place, verdict, works, percent, left = (MARGIN + edge for edge in (84, 106, 138, 180, 193))
        return cls(MARGIN, place, verdict, works, percent, left, paper.width / paper.scale - MARGIN)


class PaperLine(NamedTuple):
    """A row at its place on a page; `title` as it is to be shown."""

    row: ChartRow
    title: str | Text


class PaperPage(NamedTuple):
    """A page's number from 1, and its lines from the top."""

    number: int
    lines: tuple[PaperLine, ...]


def pages(chart: Chart, size: int) -> list[PaperPage]:
    """`chart` cut into pages of at most `size` rows; what continues is headed again, and no heading stands alone at a
    page's foot.

    Parts of which nothing is known, neither a date nor a percent, are left off: paper is short.
    """
    found: list[list[PaperLine]] = [[]]
    for band in chart.bands:
        for block in band.blocks or (None,):
            head = [_group_line(band)] if block is None or block is band.blocks[0] else []
            own = [] if block is None else [_line(block.head), *[_line(row) for row in block.parts if _is_known(row)]]
            _place(found, head, own, (band, block), size)
    return [PaperPage(number, tuple(lines)) for number, lines in enumerate(found, 1)]


def _is_known(row: ChartRow) -> bool:
    source = row.source
    return (
        bool(row.bars or row.diamonds or row.notes)
        or isinstance(source, Promise)
        or (isinstance(source, ChartStage) and source.percent is not None)
    )


def _place(
    found: list[list[PaperLine]],
    head: list[PaperLine],
    own: list[PaperLine],
    where: tuple[SlipBand, Block | None],
    size: int,
) -> None:
    """Append a block's lines to the last page, turning pages; a block is broken only where it does not fit a page of
    its own.
    """
    band, block = where
    need = len(head) + min(len(own), 3)
    whole = len(head) + len(own)
    left = size - len(found[-1])
    if found[-1] and (need > left or (whole > left and whole < size // 2)):
        found.append([] if head else [_continued(_group_line(band))])
    for line in (*head, *own):
        if len(found[-1]) >= size:
            found.append(
                [_continued(_group_line(band)), *([_continued(_line(block.head))] if block and block.parts else [])]
            )
        found[-1].append(line)


def _group_line(band: SlipBand) -> PaperLine:
    return PaperLine(band.head, band.group.title)


def _line(row: ChartRow) -> PaperLine:
    return PaperLine(row, row.label)


def _continued(line: PaperLine) -> PaperLine:
    return PaperLine(line.row._replace(bars=(), diamonds=(), flags=()), Text(CONTINUED, {"title": line.title}))


def fitting_ticks(chart: Chart, width: float) -> tuple[Tick, ...]:
    """The finest ticks whose words fit a chart `width` wide: months from 5.5 mm, quarters from 10 mm, else years."""
    per_day = width / chart.days
    zoom = "month" if per_day * 28 >= 5.5 else "quarter" if per_day * 90 >= 10 else "year"
    return ticks(chart.start, chart.days, zoom)[1]


def shortened(text: str, room: float, width_of: Callable[[str], float]) -> str:
    """`text` if it fits `room`, else its beginning and end round an ellipsis: names of projects differ at both."""
    if width_of(text) <= room:
        return text
    low, high = 0, len(text) - 1
    while low < high:  # the most letters that fit
        kept = (low + high + 1) // 2
        if width_of(_around(text, kept)) <= room:
            low = kept
        else:
            high = kept - 1
    return _around(text, low)


def _around(text: str, kept: int) -> str:
    tail = kept // 3
    return f"{text[: kept - tail]}…{text[len(text) - tail :]}"


def hatch_lines(
    left: float, right: float, top: float, bottom: float, gap: float
) -> Sequence[tuple[float, float, float, float]]:
    """Diagonals inside a box, as x0, y0, x1, y1: drawn as lines they look the same in every format and size."""
    height = bottom - top
    found = []
    start = left - height
    while start < right:
        x0, x1 = max(start, left), min(start + height, right)
        if x1 > x0:
            found.append((x0, bottom - (x0 - start), x1, bottom - (x1 - start)))
        start += gap
    return found
