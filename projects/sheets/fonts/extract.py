"""The Chinese font of charts and documents: static TrueType files made once from the variable font of the package
`justmytype-intl-cjk` (Noto Sans SC, OFL).

matplotlib draws a variable font at its thinnest only, and PDFs need TrueType outlines for text that can be searched and
copied. Each weight is made in two sizes: one with the characters of everyday texts (GB 2312, a third of the file, and
of the time that every PDF costs), and a full one that stands in for rare characters of names and places. It takes about
20 s on two cores, once per installation: by `python -m projects.sheets.fonts.extract`, else at the first chart. Where
it can't be done, a Chinese font of the system is used.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from projects.config import ROOT

if TYPE_CHECKING:
    from matplotlib.font_manager import FontManager

FAMILY, FULL_FAMILY = "Noto Sans SC", "Noto Sans SC Full"
WEIGHTS = {"Regular": 400, "Bold": 700}
EDITION = 1  # raise it when the making changes, so that old files are left aside
SYSTEM_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "Hiragino Sans GB",
    "SimHei",
    "Noto Serif CJK SC",
)
IDLE_TABLES = (
    "GSUB",
    "GPOS",
    "GDEF",
    "BASE",
    "vhea",
    "vmtx",
    "VVAR",
    "VORG",
    "gasp",
    "prep",
    "DSIG",
)  # not needed for drawing, and slow to read
EVERYDAY = (
    (0x20, 0x24F),
    (0x2000, 0x27BF),
    (0x3000, 0x303F),
    (0x3200, 0x33FF),
    (0xFF00, 0xFFEF),
)  # Latin, punctuation, symbols, full-width forms; and all of GB 2312
MISSING = "〓"  # the printer's mark for a character that the fount lacks


def folder() -> Path:
    """Where the prepared files lie: with the installation, not with the data."""
    return Path(sys.prefix) / "share" / "projects-fonts"


def prepared(where: Path | None = None) -> list[Path]:
    """The files to have, whether they exist or not: for each weight the everyday one and the full one."""
    return [(where or folder()) / f"NotoSansSC-{size}{name}-{EDITION}.ttf" for name in WEIGHTS for size in ("", "Full")]


def source() -> Path:
    """The variable font as its package brings it; FileNotFoundError or ModuleNotFoundError where that is missing."""
    path = Path(str(files("justmytype_intl_cjk") / "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"))
    if not path.is_file():
        raise FileNotFoundError(path)
    return path


def make_static(weight: int, everyday: Path, full: Path) -> None:
    """Write one weight of the font, in both sizes; each file whole or not at all, so that two processes may do it at
    the same time.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(source(), recalcTimestamp=False)  # the same bytes on every machine, and so in every PDF
    for tag in IDLE_TABLES:
        if tag in font:
            del font[tag]
    font = instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True, updateFontNames=True)
    del font["STAT"]  # it gave the weight its name
    font["cmap"].tables = [table for table in font["cmap"].tables if (table.platformID, table.platEncID) == (3, 10)]
    _keep_glyph_names(font)
    for record in font["name"].names:
        if record.nameID in {1, 16}:
            record.string = FULL_FAMILY
    with _whole(full) as file:
        font.save(file)
    font = TTFont(full, recalcTimestamp=False)
    for record in font["name"].names:
        if record.nameID in {1, 16}:
            record.string = FAMILY
    subsetter = Subsetter(Options(layout_features=[], name_IDs=["*"], notdef_outline=True, glyph_names=True))
    subsetter.populate(unicodes=_everyday(font.getBestCmap()))
    subsetter.subset(font)
    with _whole(everyday) as file:
        font.save(file)


def _keep_glyph_names(font: Any) -> None:
    """Names kept in the file are read faster than worked out."""
    post = font["post"]
    post.formatType, post.extraNames, post.mapping, post.glyphOrder = 2.0, [], {}, font.getGlyphOrder()


def _everyday(codes: dict[int, str]) -> list[int]:
    return [code for code in codes if any(low <= code <= high for low, high in EVERYDAY) or _in_gb2312(code)]


def _in_gb2312(code: int) -> bool:
    try:
        chr(code).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def _whole(target: Path) -> Iterator[Any]:
    """A file that appears at `target` once it is complete."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def prepare(where: Path | None = None, say: Callable[[str], object] = lambda _: None) -> list[Path]:
    """Make the files that are missing, a process per weight; returns them all. OSError where nothing can be written."""
    wanted = prepared(where)
    pairs = zip(WEIGHTS.values(), wanted[::2], wanted[1::2], strict=True)
    missing = [one for one in pairs if not (one[1].exists() and one[2].exists())]
    if missing:
        source()
        wanted[0].parent.mkdir(parents=True, exist_ok=True)
        say(f"preparing {FAMILY} in {wanted[0].parent}, about 20 seconds, once")
        commands = [[sys.executable, "-m", "projects.sheets.fonts.extract", *map(str, one)] for one in missing]
        # our own module, on our own paths
        jobs = [subprocess.Popen(command, cwd=ROOT) for command in commands]  # noqa: S603
        for job, (_, *paths) in zip(jobs, missing, strict=True):
            if job.wait() != 0:
                raise OSError(f"could not make {paths[0]}")
            say(f"  {', '.join(path.name for path in paths)}")
    return wanted


@cache
def register() -> tuple[str, ...]:
    """Make the Chinese families known to matplotlib and set what all our charts share, once per process; returns them,
    first choice first.
    """
    import matplotlib as mpl
    from matplotlib import font_manager

    families = _families(font_manager.fontManager)
    mpl.rcParams.update(
        {
            "font.family": list(families),
            "pdf.fonttype": 42,
            # matplotlib 3.11 asks this one, in PDF too, how finely to split fonts: at 3 each font is embedded in pieces
            # of 256 characters
            "ps.fonttype": 42,
            "svg.fonttype": "path",
            "svg.hashsalt": "projects",
            "text.parse_math": False,
            "axes.unicode_minus": False,
        }
    )
    return families


def _families(manager: FontManager) -> tuple[str, ...]:
    try:
        paths = prepare()
    except (OSError, ImportError):
        known = {entry.name for entry in manager.ttflist}
        return (next((name for name in SYSTEM_FAMILIES if name in known), "DejaVu Sans"),)
    for path in paths:
        manager.addfont(path)
    return FAMILY, FULL_FAMILY


@cache
def characters(path: str) -> frozenset[int]:
    """The code points that the font file at `path` can draw."""
    from matplotlib import font_manager

    return frozenset(font_manager.get_font(path).get_charmap())


def missing(text: str, *paths: str) -> set[str]:
    """The characters of `text` that none of the font files can draw."""
    return {letter for letter in text if not any(ord(letter) in characters(path) for path in paths)}


def drawable(text: str, *paths: str) -> str:
    """`text` with what the fonts can't draw replaced by a mark, so that no chart breaks on an odd name; line breaks and
    the like become spaces.
    """
    flat = text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)
    odd = missing(flat, *paths)
    if not odd:
        return flat
    mark = "?" if missing(MISSING, *paths) else MISSING
    return "".join(mark if letter in odd else letter for letter in flat)


if __name__ == "__main__":
    if sys.argv[1:]:
        make_static(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        prepare(say=print)
