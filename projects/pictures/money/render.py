"""The chart of money against works as PNG or PDF by matplotlib, Chinese letters embedded.

Only `Figure` is used, never pyplot. Byte-reproducible.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence

from matplotlib.dates import DateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from projects.pictures.gantt.render import drawn_text
from projects.pictures.money.drawing import CURVES
from projects.pictures.money.works import MoneyPoint
from projects.sheets.fonts import extract as fonts

_turns = threading.BoundedSemaphore(1)


def works_file(points: Sequence[MoneyPoint], kind: str, word: Callable[[str], str], title: str) -> bytes:
    """The chart as `kind` (png or pdf)."""
    with _turns:
        font = FontProperties(family=list(fonts.register()), size=10)
        figure = Figure(figsize=(9.5, 4.6), dpi=144, facecolor="white", layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(drawn_text(title), fontproperties=FontProperties(family=list(fonts.register()), size=13))
        for name, colour in CURVES.items():
            known = [point for point in points if getattr(point, name) is not None]
            if known:
                days = date2num([point.on for point in known])  # type: ignore[no-untyped-call]
                values = [getattr(point, name) for point in known]
                axes.plot(
                    days,
                    values,
                    color=colour,
                    linewidth=1.8,
                    marker="o",
                    markersize=3,
                    linestyle="--" if name == "received" else "-",
                    label=word(name),
                )
        axes.set_ylabel("%", fontproperties=font)
        axes.set_ylim(bottom=0)
        axes.grid(visible=True, color="#d9dee5", linewidth=0.6)
        axes.xaxis.set_major_formatter(DateFormatter("%Y-%m"))  # type: ignore[no-untyped-call]
        if axes.get_legend_handles_labels()[0]:
            axes.legend(prop=font, loc="upper left")
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            label.set_fontproperties(font)
        file = io.BytesIO()
        metadata = {"CreationDate": None, "Creator": None, "Producer": None} if kind == "pdf" else {"Software": None}
        figure.savefig(file, format=kind, metadata=metadata)
        return file.getvalue()
