"""A table as a PDF to be printed and signed: landscape A4, as many pages as it takes, Chinese letters embedded.

Only `Figure` is used, never pyplot.
"""

from __future__ import annotations

import io
import threading
import unicodedata
from collections.abc import Sequence
from functools import cache

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.lines import Line2D

from projects.money.receipts.paper import StatementPaper
from projects.sheets.fonts import extract as fonts

WIDTH, HEIGHT, MARGIN = 297.0, 210.0, 14.0  # millimetres
INCH = 25.4
ROW, SIZE = 6.4, 7.4  # millimetres, points
LEAD, GAP = 3.2, 1.6  # millimetres: between the lines of a heading, between columns
ROWS = 22
_turns = threading.BoundedSemaphore(1)


@cache
def _families() -> tuple[tuple[str, ...], tuple[str, ...]]:
    families = tuple(fonts.register())
    return families, tuple(str(findfont(FontProperties(family=family))) for family in families)


def extent(text: str, size: float) -> float:
    """About how wide `text` is drawn, in millimetres: a Chinese letter is as wide as it is high, others somewhat over
    half.
    """
    ems = sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.58 for letter in text)
    return ems * size * INCH / 72


def lines_of(text: str, room: float, size: float) -> list[str]:
    """`text` in lines that fit `room` millimetres where it has spaces to break at."""
    lines: list[str] = []
    for word in text.split():
        if lines and extent(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def fitting(text: str, room: float, size: float) -> float:
    """`size`, or what of it lets `text` fit `room` millimetres."""
    return min(size, size * room / max(extent(text, size), 0.1))


def _words(
    figure: Figure, x: float, y: float, text: str, *, size: float = SIZE, bold: bool = False, align: str = "left"
) -> None:
    families, paths = _families()
    font = FontProperties(family=list(families), size=size, weight="bold" if bold else "normal")
    figure.text(
        x / WIDTH,
        1 - y / HEIGHT,
        fonts.drawable(text, *paths),
        fontproperties=font,
        ha=align,
        va="baseline",
        color="#1b2430",
    )


def _line(figure: Figure, y: float, width: float) -> None:
    at = 1 - y / HEIGHT
    figure.add_artist(Line2D([MARGIN / WIDTH, 1 - MARGIN / WIDTH], [at, at], color="#6b7480", linewidth=width))


def to_pdf(paper: StatementPaper) -> bytes:
    """The pages; byte-reproducible."""
    with _turns:
        file = io.BytesIO()
        pages = [paper.rows[start : start + ROWS] for start in range(0, len(paper.rows), ROWS)] or [()]
        with PdfPages(
            file, metadata={"CreationDate": None, "Title": paper.title, "Creator": None, "Producer": None}
        ) as book:
            for number, rows in enumerate(pages, 1):
                book.savefig(_page(paper, rows, number, len(pages)))
        return file.getvalue()


def _page(paper: StatementPaper, rows: Sequence[Sequence[str]], number: int, count: int) -> Figure:
    figure = Figure(figsize=(WIDTH / INCH, HEIGHT / INCH), facecolor="white")
    _words(figure, MARGIN, 20, paper.title, size=15, bold=True)
    for place, text in enumerate(paper.about):
        _words(figure, MARGIN, 27 + 5 * place, text, size=SIZE)
    _words(figure, WIDTH - MARGIN, 20, f"{number} / {count}", align="right")
    first = (WIDTH - 2 * MARGIN) * 0.11
    step = (WIDTH - 2 * MARGIN - first) / max(1, len(paper.heading) - 1)
    headings = [
        lines_of(text, (step if place else first + step * 0.2) - GAP, SIZE - 1)
        for place, text in enumerate(paper.heading)
    ]
    deep = LEAD * (max(map(len, headings), default=1) - 1)
    top = 30 + 5 * len(paper.about) + deep
    _line(figure, top - deep - 5, 1.0)
    for place, lines in enumerate(headings):
        for up, text in enumerate(reversed(lines)):
            size = fitting(text, (step if place else first + step * 0.2) - GAP, SIZE - 1)
            x = MARGIN if place == 0 else MARGIN + first + step * place
            _words(figure, x, top - LEAD * up, text, size=size, bold=True, align="left" if place == 0 else "right")
    _line(figure, top + 2, 0.6)
    for down, row in enumerate(rows, 1):
        y = top + 2 + ROW * down - 1.6
        for place, text in enumerate(row):
            x, size = (
                (MARGIN, fitting(text, first + step * 0.2, SIZE))
                if place == 0
                else (MARGIN + first + step * place, fitting(text, step - GAP, SIZE))
            )
            _words(figure, x, y, text, size=size, align="left" if place == 0 else "right")
    _line(figure, top + 2 + ROW * len(rows), 1.0)
    if number == count:
        for place, text in enumerate(paper.signs):
            _words(figure, MARGIN + place * (WIDTH - 2 * MARGIN) / max(1, len(paper.signs)), HEIGHT - 16, text, size=9)
    return figure
