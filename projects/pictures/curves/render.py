"""A chart as SVG, PNG or PDF by matplotlib: title, unit, source and day inside the picture.

Byte-reproducible; only `CurveFigure` is used, never pyplot.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from projects.core.text import N_, Text
from projects.pictures.curves.drawing import BAND, GRID, INK, RED, SOFT, STYLES, month_ticks, said
from projects.pictures.curves.facts import CurveFigure
from projects.pictures.gantt.render import drawn_text, plain_svg, turn
from projects.sheets.fonts import extract as fonts

KINDS = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
DPI = 144
WIDE = 9.6 * 72 * 0.95  # points that a line of words may take
PENNANT = ((0, 0), (0, 2.2), (1.1, 1.7), (0, 1.2))
EPOCH = dt.date(1970, 1, 1).toordinal()
MARKERS = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D", "": None}
SOURCE = Text(N_("来源: 规划文件、计划节点、已通过的月报; 推算按计划曲线和已完工项目的参考类"))
SAMPLES = Text(N_("示例数据: 图中有标为“示例”的记录, 不是真实情况"))
METADATA = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
Speak = Callable[[Text], str]


def chart_file(figure: CurveFigure, kind: str, speak: Speak) -> bytes:
    """`figure` as `kind` (a key of KINDS); BusyError where too many are being drawn at the moment."""
    with turn():
        fonts.register()
        sheet = drawn_sheet(figure, speak)
        file = io.BytesIO()
        sheet.savefig(file, format=kind, metadata=METADATA[kind])
        return plain_svg(file.getvalue()) if kind == "svg" else file.getvalue()


def drawn_sheet(figure: CurveFigure, speak: Speak) -> Sheet:
    """`figure` with its words round it, which stay inside however long they are."""
    sheet = Sheet(figsize=(9.6, 5.4), dpi=DPI, facecolor="white")
    axes = sheet.add_axes((0.075, 0.22, 0.9, 0.62))
    _draw(axes, figure, speak)
    _words(sheet, figure, speak)
    return sheet


def _fitting(words: str, size: float) -> float:
    """A size of type at which a line of `words` is no wider than the sheet; full-width signs take a whole em, others
    hardly more than half of one.
    """
    ems = sum(1.0 if ord(sign) > 0x2E7F else 0.58 for sign in words)
    return min(size, WIDE / max(1.0, ems))


def _draw(axes: Axes, figure: CurveFigure, speak: Speak) -> None:
    if figure.band:
        days = [_at(day) for day, _, _ in figure.band.points]
        lows, highs = [low for _, low, _ in figure.band.points], [high for _, _, high in figure.band.points]
        axes.fill_between(
            days,
            lows,
            highs,
            facecolor=BAND,
            edgecolor="#d9803f",
            linewidth=0.6,
            label=drawn_text(speak(figure.band.label)),
        )
    for line in figure.lines:
        style = STYLES[line.style]
        dashes = (0, tuple(part / style.width for part in style.dash)) if style.dash else "-"
        axes.plot(
            [_at(day) for day, _ in line.points],
            [value for _, value in line.points],
            color=style.color,
            linewidth=style.width * 0.8,
            linestyle=dashes,
            marker=MARKERS[style.marker],
            markersize=4,
            label=drawn_text(speak(line.label)),
        )
    low, high = figure.low, figure.high
    for number, flag in enumerate(figure.flags):
        label = "" if number else drawn_text(speak(Text(N_("承诺期限"))))
        level = max(low, flag.value or 0)
        axes.plot([_at(flag.on), _at(flag.on)], [low, level], color=INK, linewidth=0.8, linestyle=":")
        look: dict[str, Any] = {"color": "#e69f00", "markeredgecolor": INK, "markeredgewidth": 0.7, "linestyle": ""}
        axes.plot([_at(flag.on)], [level], marker=PENNANT, markersize=22, label=label, **look)
    axes.axvline(_at(figure.as_of), color=RED, linewidth=1.2)
    axes.set_ylim(low, high + (0.06 * (high - low)))
    days_shown = [*figure.days, figure.as_of]
    ticks = month_ticks(min(days_shown), max(days_shown))
    axes.set_xticks([_at(day) for day in ticks], [f"{day:%Y-%m}" for day in ticks], fontsize=8, color=SOFT)
    axes.set_yticks(figure.ticks, [said(value) for value in figure.ticks], fontsize=8, color=SOFT)
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    if low < 0:
        axes.axhline(0, color="#7d8894", linewidth=1)
    axes.tick_params(length=0)
    if axes.get_legend_handles_labels()[0]:  # nothing is drawn of a project without plan and reports
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.08), ncols=4, fontsize=8, frameon=False)


def _words(sheet: Sheet, figure: CurveFigure, speak: Speak) -> None:
    title = drawn_text(speak(figure.title))
    sheet.text(0.02, 0.945, title, fontsize=_fitting(title, 13), weight="bold", color=INK)
    day = Text(N_("状态日 %(day)s"), {"day": figure.as_of})
    sheet.text(0.98, 0.9, drawn_text(speak(day)), fontsize=10, weight="bold", color=INK, ha="right")
    unit = Text(N_("单位: %(unit)s"), {"unit": figure.unit})
    sheet.text(0.02, 0.9, drawn_text(speak(unit)), fontsize=8, color=SOFT)
    notes = [speak(SOURCE), *([speak(SAMPLES)] if figure.is_sample else [])]
    for line, note in enumerate(reversed(notes)):
        words = drawn_text(note)
        sheet.text(0.02, 0.025 + 0.032 * line, words, fontsize=_fitting(words, 7.5), color=SOFT)


def _at(day: dt.date) -> float:
    return float(day.toordinal() - EPOCH)  # days since 1970, as matplotlib counts them
