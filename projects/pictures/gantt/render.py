"""The chart as SVG, PNG and PDF by matplotlib: a sheet in millimetres, one path per style, words placed by measured
widths. Byte-reproducible.

Only `Figure` is used, never pyplot, so that threads share nothing; at most AT_ONCE charts are drawn at a time in a
process, since each takes a core.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D

from projects.core.errors import ProblemError
from projects.core.text import N_, Text
from projects.pictures.gantt.facts import ChartGroup, ChartItem, Portfolio
from projects.pictures.gantt.layout import layout
from projects.pictures.gantt.paper import KINDS, PAPERS, ChartPaper, pages, roll
from projects.pictures.gantt.sheet import STYLES, ChartSheet, Typesetting, Word, draw_page
from projects.pictures.gantt.wording import ChartWords, Translate
from projects.sheets.fonts import extract as fonts

DPI = 144
MOST_PICTURE_ROWS = 300  # a taller picture opens nowhere; the PDF has pages
AT_ONCE = 2
PATIENCE = 30.0  # seconds
_STYLE = re.compile(r' style="([^"]*)"')
MILLIMETRE = 1 / 25.4
POINT = 25.4 / 72
UNIT = Text(N_("单位: 日期为年-月-日, 偏差为天 (正数为晚), 进度为 %%"))
SOURCE = Text(N_("来源: 规划文件、已通过的月报、审批与验收记录、公开事件"))
SAMPLES = Text(N_("示例数据: 图中有标为“示例”的记录, 不是真实情况"))
LEFT_OUT = Text(N_("只含最紧要的 %(shown)s 个项目, 共 %(total)s 个: 请先筛选, 或导出 Excel 看全部"))
CUT = Text(N_("图中是前 %(shown)s 个项目, 共 %(total)s 个, 全部见 PDF"))
_turns = threading.BoundedSemaphore(AT_ONCE)


class BusyError(ProblemError):
    """Too many charts are being drawn at the moment."""

    status = 503


class TooLongError(ProblemError):
    """A chart so long that drawing it would keep everybody else waiting."""

    status = 422


class Face:
    """A weight of the Chinese families, with the widths of its characters."""

    def __init__(self, *, bold: bool) -> None:
        self.weight = "bold" if bold else "normal"
        self.families = fonts.register()
        self.paths = [str(findfont(FontProperties(family=family, weight=self.weight))) for family in self.families]
        self.everyday = fonts.characters(self.paths[0])
        self.widths: dict[str, float] = {}
        self.cuts: dict[tuple[float, bool], FontProperties] = {}

    def properties(self, text: str, size: float) -> FontProperties:
        """The face at `size` points, as matplotlib asks for it; with the full family only where `text` needs it, since
        asking twice takes time.
        """
        rare = not all(ord(letter) in self.everyday for letter in text)
        if (size, rare) not in self.cuts:
            self.cuts[size, rare] = FontProperties(
                family=list(self.families if rare else self.families[:1]), weight=self.weight, size=size
            )
        return self.cuts[size, rare]

    def width(self, text: str) -> float:
        """The width of `text` in ems."""
        widths = self.widths
        return sum([widths[letter] if letter in widths else self._measured(letter) for letter in text])

    def _measured(self, letter: str) -> float:
        path = next((path for path in self.paths if ord(letter) in fonts.characters(path)), self.paths[0])
        font = get_font(path)
        glyph = font.load_char(ord(letter), flags=LoadFlags.NO_SCALE)
        self.widths[letter] = glyph.horiAdvance / font.units_per_EM
        return self.widths[letter]


@cache
def _face(bold: bool) -> Face:
    return Face(bold=bold)


def _measure(text: str, size: float, bold: bool) -> float:
    return _face(bold).width(text) * size * POINT


def drawn_text(text: str, bold: bool = False) -> str:
    """`text` as the Chinese families can draw it."""
    return fonts.drawable(text, *_face(bold).paths)


class Inscription(Artist):
    """All words of a page in one artist: their places are known, so that matplotlib's own layout, which takes longer
    than drawing, is not needed.
    """

    def __init__(self, words: Sequence[Word], scale: float) -> None:
        super().__init__()
        self.words, self.scale = words, scale

    def draw(self, renderer: RendererBase) -> None:
        """Draw each word with its baseline at its place."""
        places = self.get_transform().transform([(word.x, word.y) for word in self.words])
        flipped = renderer.get_canvas_width_height()[1] if renderer.flipy() else None
        context = renderer.new_gc()
        for (x, y), word in zip(places, self.words, strict=True):
            context.set_foreground(word.color)
            properties = _face(word.bold).properties(word.text, word.size * self.scale)
            renderer.draw_text(context, x, y if flipped is None else flipped - y, word.text, properties, 0)
        context.restore()


def _figure(sheet: ChartSheet) -> Figure:
    paper = sheet.paper
    width, height = paper.width * MILLIMETRE, paper.height * MILLIMETRE
    figure = Figure(figsize=(width, height), facecolor="white", dpi=DPI)
    unit = paper.scale * MILLIMETRE
    to_inches = Affine2D().scale(unit, -unit).translate(0, height) + figure.dpi_scale_trans
    for order, (name, style) in enumerate(STYLES.items()):
        pen = sheet.pens[name]
        if pen.points:
            outline = Outline(pen.points, pen.codes)
            colors = {"facecolor": style.fill or "none", "edgecolor": style.stroke or "none"}
            figure.add_artist(
                PathPatch(outline, **colors, linewidth=style.width * paper.scale, zorder=order, transform=to_inches)
            )
    words = Inscription(sheet.texts, paper.scale)
    words.set(transform=to_inches, zorder=len(STYLES))
    figure.add_artist(words)
    return figure


# --- whole files ------------------------------------------------------------------------------------------------------


def chart_file(
    portfolio: Portfolio,
    kind: str,
    *,
    translate: Translate = str,
    paper: str = "a3",
    detail: bool = False,
    most_rows: int | None = None,
) -> bytes:
    """`portfolio` as `kind` (a key of KINDS): a PDF has pages of `paper`, pictures are one tall sheet.

    BusyError where too many are being drawn at the moment, TooLongError where there are more than `most_rows`.
    """
    rows = sum(_rows_of(item, detail=detail) for item in portfolio.items)
    if most_rows is not None and rows > most_rows:
        raise TooLongError(
            N_("图有 %(rows)s 行, 网页一次最多 %(most)s 行: 请先筛选, 或选不含各阶段的图"), rows=rows, most=most_rows
        )
    with turn():
        words = ChartWords(translate)
        return (
            _pdf(portfolio, words, PAPERS[paper], detail=detail)
            if kind == "pdf"
            else _picture(portfolio, words, kind, detail=detail)
        )


@contextmanager
def turn() -> Iterator[None]:
    """Wait until fewer than AT_ONCE charts are being drawn; BusyError after PATIENCE."""
    if not _turns.acquire(timeout=PATIENCE):
        raise BusyError(N_("正在生成的图太多, 请过一分钟再试"))
    try:
        yield
    finally:
        _turns.release()


def write_gantt(
    path: Path, portfolio: Portfolio, *, translate: Translate = str, paper: str = "a3", detail: bool = False
) -> None:
    """`portfolio` as a file at `path`, whose ending (pdf, png or svg) says the kind; KeyError for another."""
    kind = path.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        raise KeyError(kind)
    path.write_bytes(chart_file(portfolio, kind, translate=translate, paper=paper, detail=detail))


def _about(portfolio: Portfolio, words: ChartWords, *notes: Text) -> list[str]:
    """The title, the line under it, and the notes at the foot, as they can be drawn."""
    title = words.say(portfolio.title)
    if portfolio.total > len(portfolio.items):
        shown = {"shown": len(portfolio.items), "total": portfolio.total}
        notes = (*notes, Text(LEFT_OUT.msgid, shown))
    scope = "; ".join(words.say(text) for text in (*portfolio.scope, UNIT, SOURCE))
    return [title, scope, *[words.say(text) for text in (*notes, *((SAMPLES,) if portfolio.rests_on_sample else ()))]]


def _sheets(
    portfolio: Portfolio, words: ChartWords, paper: ChartPaper, about: Sequence[str], *, detail: bool
) -> list[ChartSheet]:
    chart = layout(portfolio, detail=detail)
    found = []
    if not paper.endless:
        paper = paper.filled(sum(1 for _ in chart.rows))
    cut = pages(chart, paper.rows)
    for page in cut:
        sheet = ChartSheet(chart, paper, words, Typesetting(_measure, drawn_text))
        draw_page(sheet, page, len(cut), about)
        found.append(sheet)
    return found


def _pdf(portfolio: Portfolio, words: ChartWords, paper: ChartPaper, *, detail: bool) -> bytes:
    about = _about(portfolio, words)
    file = io.BytesIO()
    with PdfPages(file, metadata={"CreationDate": None, "Title": about[0], "Creator": None, "Producer": None}) as book:
        for sheet in _sheets(portfolio, words, paper, about, detail=detail):
            book.savefig(_figure(sheet))
    return file.getvalue()


def _picture(portfolio: Portfolio, words: ChartWords, kind: str, *, detail: bool) -> bytes:
    shown = _first(portfolio, MOST_PICTURE_ROWS, detail=detail)
    whole, part = len(portfolio.items), len(shown.items)
    notes = [Text(CUT.msgid, {"shown": part, "total": whole})] if part < whole else []
    rows = sum(1 for _ in layout(shown, detail=detail).rows)
    (sheet,) = _sheets(shown, words, roll(rows), _about(shown, words, *notes), detail=detail)
    file = io.BytesIO()
    figure = _figure(sheet)
    if kind == "png":
        figure.savefig(file, format="png", metadata={"Software": None})
        return file.getvalue()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return plain_svg(file.getvalue())


def _rows_of(item: ChartItem, *, detail: bool) -> int:
    return 1 + (len(item.stages) + len(item.milestones) + len(item.promises) if detail else 0)


def _first(portfolio: Portfolio, rows: int, *, detail: bool) -> Portfolio:
    """The first projects that fit so many rows, at least one."""
    groups: list[ChartGroup] = []
    used = 0
    for group in portfolio.groups:
        items: list[ChartItem] = []
        for item in group.items:
            used += _rows_of(item, detail=detail)
            if used > rows and (groups or items):
                break
            items.append(item)
        if items:
            groups.append(replace(group, items=tuple(items)))
        used += 1
        if used > rows:
            break
    return replace(portfolio, groups=tuple(groups))


def plain_svg(svg: bytes) -> bytes:
    """matplotlib's SVG with presentation attributes for `style`, which a page with a strict content policy would drop,
    leaving black shapes.
    """

    def spread(match: re.Match[str]) -> str:
        pairs = [pair.split(":", 1) for pair in match[1].split(";") if pair.strip()]
        return "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs)

    return _STYLE.sub(spread, svg.decode()).encode()
