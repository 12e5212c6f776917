"""One page of the chart as plain marks: outlines by style and words by place, in millimetres from the sheet's upper
left corner. Pure; render.py inks it.

Every style differs from the others in black and white too: by height, fill, hatch or shape, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from projects.core.text import N_, Text, told
from projects.core.vocabulary import LIGHT_OF
from projects.pictures.gantt.facts import ChartItem, ChartMilestone, ChartStage, Promise
from projects.pictures.gantt.icons import ICONS
from projects.pictures.gantt.layout import Chart, ChartRow
from projects.pictures.gantt.paper import (
    BOTTOM,
    MARGIN,
    ROW,
    TOP,
    ChartPaper,
    Columns,
    PaperLine,
    PaperPage,
    fitting_ticks,
    hatch_lines,
    shortened,
)
from projects.pictures.gantt.pens import Pen, dashes, whisker
from projects.pictures.gantt.wording import LEGEND, ChartWords


class Typesetting(NamedTuple):
    """What setting type needs to know of a font: `measure(text, points, bold)` in millimetres of the sheet,
    `clean(text, bold)` as the font can draw it.
    """

    measure: Callable[[str, float, bool], float]
    clean: Callable[[str, bool], str]


class BarStyle(NamedTuple):
    """Fill and stroke colours (None for neither) and the stroke's width in points."""

    fill: str | None
    stroke: str | None = None
    width: float = 0.0


MISSED = Text(N_("未见达成"))
INK, SOFT, RED = "#1b2430", "#4d5966", "#b3261e"
LIGHTS = {"red": "#d55e00", "yellow": "#e69f00", "green": "#009e73", "grey": "#ffffff", "done": "#0072b2"}
STYLES = {  # in the order of drawing
    "band": BarStyle("#e9edf2"),
    "stripe": BarStyle("#f7f9fb"),
    "minor": BarStyle(None, "#e3e8ee", 0.4),
    "major": BarStyle(None, "#aab4c0", 0.6),
    "rule": BarStyle(None, "#7d8894", 0.8),
    "today": BarStyle(None, RED, 0.9),
    "baseline": BarStyle(None, "#6b7480", 0.5),
    "plan": BarStyle("#9aa3ae"),
    "forecast": BarStyle("#ffffff", "#0072b2", 0.8),
    "actual": BarStyle("#0072b2"),
    "slip": BarStyle("#ffe9da", "#b3420b", 0.6),
    "hatch": BarStyle(None, "#d55e00", 0.9),
    "range": BarStyle(None, INK, 0.8),
    "planned": BarStyle("#ffffff", INK, 0.7),
    "reached": BarStyle(INK, "#ffffff", 0.3),
    "missed": BarStyle("#ffffff", RED, 1.3),
    **{f"flag-{light}": BarStyle(color, INK, 0.6) for light, color in LIGHTS.items()},
    **{f"icon-{light}": BarStyle(color, INK, 0.4) for light, color in LIGHTS.items()},
}
LANES = {
    "baseline": (0.35, 0.35),
    "plan": (0.95, 0.8),
    "actual": (2.05, 1.95),
    "forecast": (2.05, 1.95),
    "slip": (2.05, 1.95),
    "range": (2.4, 1.25),
}  # top and height in a row
HALF = {"planned": 0.85, "reached": 1.0, "missed": 0.85}  # half a diamond


class Word(NamedTuple):
    """A text whose baseline begins at x, y."""

    x: float
    y: float
    text: str
    size: float  # points on A3
    bold: bool
    color: str


class ChartSheet:
    """A page being drawn: pens by style, and words."""

    def __init__(self, chart: Chart, paper: ChartPaper, words: ChartWords, setting: Typesetting) -> None:
        self.chart, self.paper, self.words = chart, paper, words
        self.measure, self.clean = setting
        self.columns = Columns.of(paper)
        self.per_day = (self.columns.right - self.columns.left) / chart.days
        self.pens = {style: Pen() for style in STYLES}
        self.texts: list[Word] = []

    def x(self, day: float) -> float:
        """Where a day begins."""
        return self.columns.left + day * self.per_day

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 7.5,
        *,
        bold: bool = False,
        color: str = INK,
        room: float = 0.0,
        right: bool = False,
    ) -> None:
        """Put `text` with its baseline at `x`, `y` (its right end there where `right`), cut to `room`."""
        text = self.clean(text, bold)
        if not text:
            return
        if room:
            text = shortened(text, room, lambda part: self.measure(part, size, bold))
        if right:
            x -= self.measure(text, size, bold)
        self.texts.append(Word(x, y, text, size, bold, color))


def draw_page(sheet: ChartSheet, page: PaperPage, count: int, about: Sequence[str]) -> None:
    """Draw `page` of `count`; `about` is the title, then the lines under it (scope, unit and source, samples)."""
    bottom = TOP + ROW * len(page.lines)
    _heading(sheet, page, count, about)
    _axis(sheet, bottom)
    for number, line in enumerate(page.lines):
        _row(sheet, line, TOP + ROW * number, shaded=number % 2 == 1)
    _legend(sheet)
    _footer(sheet, page, count, about)


def _heading(sheet: ChartSheet, page: PaperPage, count: int, about: Sequence[str]) -> None:
    right = sheet.columns.right
    day = sheet.words.say(Text(N_("状态日 %(day)s"), {"day": sheet.chart.as_of}))
    sheet.write(right, 13.5, day, 11, bold=True, right=True)
    sheet.write(MARGIN, 13.5, about[0], 14, bold=True, room=right - MARGIN - 60)
    if count > 1:
        sheet.write(right, 19, f"{page.number} / {count}", 8, color=SOFT, right=True)
    sheet.write(MARGIN, 19, about[1], 7.5, color=SOFT, room=right - MARGIN - 20)


def _axis(sheet: ChartSheet, bottom: float) -> None:
    """Column headings, years above and months or quarters below, lines down to `bottom`."""
    c, say = sheet.columns, sheet.words.translate
    headings = (
        (c.name, N_("项目")),
        (c.place, N_("所在地、期限")),
        (c.verdict, N_("承诺和偏差")),
        (c.works, N_("工程、数据")),
    )
    for x, heading in headings:
        sheet.write(x + 1, TOP - 2, say(heading), 8, bold=True)
    sheet.write(c.left - 2, TOP - 2, say(N_("进度")), 8, bold=True, right=True)
    for tick in fitting_ticks(sheet.chart, c.right - c.left):
        left, room = sheet.x(tick.day), (tick.end - tick.day) * sheet.per_day
        sheet.pens["major" if tick.major else "minor"].line(left, TOP - (10 if tick.major else 5), left, bottom)
        text, size = sheet.words.say(tick.label), 9 if tick.major else 7
        if sheet.measure(text, size, tick.major) + 0.8 <= room:
            sheet.write(
                left + 0.6,
                TOP - (6.2 if tick.major else 1.5),
                text,
                size,
                bold=tick.major,
                color=INK if tick.major else SOFT,
            )
    rule = sheet.pens["rule"]
    rule.line(MARGIN, TOP, c.right, TOP)
    rule.line(MARGIN, bottom, c.right, bottom)
    sheet.pens["major"].line(c.left, TOP - 10, c.left, bottom)
    if sheet.chart.today is not None:
        x = sheet.x(sheet.chart.today)
        dashes(sheet.pens["today"], x, TOP - 4.2, bottom)
        sheet.pens["flag-red"].polygon(((x, TOP - 3.4), (x - 1, TOP - 5), (x + 1, TOP - 5)))


def _row(sheet: ChartSheet, line: PaperLine, top: float, *, shaded: bool) -> None:
    row, c = line.row, sheet.columns
    base = top + ROW / 2 + 0.95  # baseline of the text
    title = (
        sheet.words.say(line.title)
        if isinstance(line.title, Text) or row.kind in {"stage", "milestone"}
        else line.title
    )
    if row.level == 0:
        sheet.pens["band"].box(MARGIN, top, c.right, top + ROW)
        sheet.write(c.name + 1, base, title, 8.5, bold=True, room=c.verdict - c.name - 2)
    else:
        if shaded:
            sheet.pens["stripe"].box(MARGIN, top, c.right, top + ROW)
        _labels(sheet, row, title, base)
    _bars(sheet, row, top)
    for series, day in row.diamonds:
        lane, height = LANES["actual" if series == "reached" else "plan"]
        _diamond(sheet, series, sheet.x(day), top + lane + height / 2)
    for flag in row.flags:
        flag_at(
            sheet.pens[f"flag-{LIGHT_OF[flag.promise.state]}"],
            sheet.x(flag.day),
            top + 0.3,
            LIGHT_OF[flag.promise.state],
        )


def _diamond(sheet: ChartSheet, series: str, x: float, y: float) -> None:
    half = HALF[series]
    sheet.pens[series].polygon(((x, y - half), (x + half, y), (x, y + half), (x - half, y)))


def flag_at(pen: Pen, x: float, top: float, light: str) -> None:
    """A pole with a pennant, which is a square cloth once the promise is kept."""
    cloth = (
        ((x, top), (x + 2.1, top), (x + 2.1, top + 1.6), (x, top + 1.6))
        if light == "done"
        else ((x, top), (x + 2.3, top + 0.9), (x, top + 1.8))
    )
    pen.polygon(cloth)
    pen.line(x, top, x, top + ROW - 0.6)


def _bars(sheet: ChartSheet, row: ChartRow, top: float) -> None:
    for series, start, end in row.bars:
        lane, height = LANES[series]
        left, right, y = sheet.x(start), sheet.x(end), top + lane
        if series == "range":
            whisker(sheet.pens[series], left, right, y, height)
            continue
        sheet.pens[series].box(left, y, right, y + height)
        if series == "slip":
            hatch = sheet.pens["hatch"]
            for line in hatch_lines(left, right, y, y + height, 0.9):
                hatch.line(*line)


def _labels(sheet: ChartSheet, row: ChartRow, title: str, base: float) -> None:
    source, c = row.source, sheet.columns
    if isinstance(source, ChartItem):
        sheet.write(c.name + 1, base, sheet.words.marked(title, source), room=c.place - c.name - 2)
        sheet.write(c.place + 1, base, source.sublabel, 7, color=SOFT, room=c.verdict - c.place - 2)
        _verdict(sheet, source.state, source.slip_days, base)
        about = f"{sheet.words.works(source)} · {sheet.words.data(source, sheet.chart.as_of)}"
        sheet.write(c.works + 1, base, about, 7, color=SOFT, room=c.percent - c.works - 1)
        _percent(sheet, source.percent, base)
    else:
        sheet.write(c.name + 5, base, title, 7, color=INK if row.kind == "promise" else SOFT, room=c.place - c.name - 6)
        _part_labels(sheet, row, base)
    if row.notes and not (row.bars or row.diamonds or row.flags):
        sheet.write(c.left + 2, base, sheet.words.say(row.notes[0]), 7, color=SOFT)


def _part_labels(sheet: ChartSheet, row: ChartRow, base: float) -> None:
    """A part's planned day, how late it is, and its percent."""
    source, c = row.source, sheet.columns
    if isinstance(source, Promise):
        day = source.due
        _verdict(sheet, source.state, source.slip_days, base)
    elif isinstance(source, ChartStage):
        day = source.plan_finish
        late = next((bar.end - bar.start for bar in row.bars if bar.series == "slip"), None)
        sheet.write(c.verdict + 4.4, base, sheet.words.days(late), 7, color=SOFT)
        _percent(sheet, source.percent, base)
    else:
        assert isinstance(source, ChartMilestone)  # noqa: S101 - layout makes no other parts
        day = source.plan
        if source.plan and source.actual:
            sheet.write(
                c.verdict + 4.4,
                base,
                sheet.words.days((source.actual - (source.baseline or source.plan)).days),
                7,
                color=SOFT,
            )
        elif any(mark.series == "missed" for mark in row.diamonds):
            sheet.write(c.verdict + 4.4, base, sheet.words.say(MISSED), 7, color=RED)
    if day:
        sheet.write(c.place + 1, base, day.isoformat(), 7, color=SOFT)


def _verdict(sheet: ChartSheet, state: str, slip: int | None, base: float) -> None:
    x = sheet.columns.verdict + 2.2
    _icon(sheet, state, x, base - 0.95)
    text = f"{sheet.words.state[state]} {sheet.words.days(slip)}".rstrip()
    sheet.write(x + 2.2, base, text, 7.5, bold=LIGHT_OF[state] == "red", room=sheet.columns.works - x)


def _icon(sheet: ChartSheet, state: str, x: float, y: float) -> None:
    sheet.pens[f"icon-{LIGHT_OF[state]}"].polygon([(x + 1.1 * dx, y + 1.1 * dy) for dx, dy in ICONS[state]])


def _percent(sheet: ChartSheet, percent: float | None, base: float) -> None:
    if percent is not None:
        sheet.write(sheet.columns.left - 2, base, f"{told(percent, 0)}%", 7.5, right=True)


def _legend(sheet: ChartSheet) -> None:
    """The kinds of marks with their words, in one line at the foot, set smaller where a language needs more room."""
    y, room = sheet.paper.height / sheet.paper.scale - BOTTOM + 6, sheet.columns.right - MARGIN
    texts = [sheet.words.legend[entry.key] for entry in LEGEND]
    fixed = 14 * len(LEGEND)
    size = min(7.5, 7.5 * (room - fixed) / sum(sheet.measure(text, 7.5, False) for text in texts))
    x = MARGIN
    for entry, text in zip(LEGEND, texts, strict=True):
        _sample(sheet, entry.key, x, y)
        sheet.write(x + 9, y + 0.95, text, size)
        x += 14 + sheet.measure(text, size, False)


def _sample(sheet: ChartSheet, key: str, x: float, y: float) -> None:
    if key == "range":
        whisker(sheet.pens[key], x, x + 7.5, y - LANES[key][1] / 2, LANES[key][1])
    elif key in LANES:
        height = LANES[key][1]
        sheet.pens[key].box(x, y - height / 2, x + 7.5, y + height / 2)
        if key == "slip":
            for line in hatch_lines(x, x + 7.5, y - height / 2, y + height / 2, 0.9):
                sheet.pens["hatch"].line(*line)
    elif key == "flag":
        flag_at(sheet.pens["flag-red"], x + 3, y - 2.2, "red")
    elif key == "today":
        dashes(sheet.pens["today"], x + 4, y - 2.2, y + 2.2)
    else:
        _diamond(sheet, key, x + 4, y)


def _footer(sheet: ChartSheet, page: PaperPage, count: int, about: Iterable[str]) -> None:
    y = sheet.paper.height / sheet.paper.scale - BOTTOM + 11.5
    number = sheet.words.say(Text(N_("第 %(page)s 页, 共 %(pages)s 页"), {"page": page.number, "pages": count}))
    sheet.write(sheet.columns.right, y, number, 7.5, color=SOFT, right=True)
    sheet.write(MARGIN, y, "  ".join(list(about)[2:]), 7.5, color=SOFT, room=sheet.columns.right - MARGIN - 40)
