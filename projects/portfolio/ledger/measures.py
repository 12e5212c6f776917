"""What a promise in words promises: measure, threshold, due, how firmly. LG-4 of docs/rules/ledger.md.

Only what the words say; what they leave open stays open, and is shown.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from projects.core.month import month_end
from projects.core.vocabulary import COMMITMENTS, MEASURES
from projects.sheets.reading.cells import even

# Words → measure, the first that fits counts.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"主体.{0,6}?(?:完成|达到|达|完工)[^0-9]{0,6}\d+(?:\.\d+)?%", "structure_pct"),
    (r"(?:累计|年度)?(?:完成投资|投资完成)", "investment"),
    (r"(?:形象进度|工程进度|总工程量|工程量|总体进度|总进度|进度)[^0-9]{0,8}\d+(?:\.\d+)?%", "progress_pct"),
    (r"(?:完成|达到|达)[^0-9]{0,4}\d+(?:\.\d+)?%", "progress_pct"),
    (r"投入使用|交付使用|投用|启用|运营", "in_use"),
    (r"竣工验收|通过验收|验收", "accept"),
    (r"封顶", "topped_out"),
    (r"主体.{0,4}(?:完工|完成|竣工)", "structure_done"),
    (r"基础.{0,6}(?:完成|完工)|完成.{0,4}基础|正负零|±0|出正负零", "foundation"),
    (r"装修.{0,4}(?:完成|完工)|完成.{0,6}装修|装饰装修", "fit_out"),
    (r"竣工|完工|建成|全面完成|建设完成", "complete"),
    (r"开工|动工|启动建设|进场施工", "start"),
    (r"可研|立项|批复|初步设计|前期", "approve"),
    (r"申报|争取.{0,8}资金|入库", "apply"),
    (r"谋划|储备", "reserve"),
    (r"加快|推进", "accelerate"),
)
_PATTERNS = tuple((re.compile(words), measure) for words, measure in _WORDS)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)%")
_MONEY = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(亿|万)元?")
_FIRMLY = (
    (re.compile(r"确保|务必|必须|保证"), "must"),
    (re.compile(r"力争|争取|尽力"), "strive"),
    (re.compile(r"尽快|加快"), "soon"),
)
_MONTH_DAY = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月(?:(\d{1,2})[日号]|(底|末|份|前)?)")
_YEAR_END = re.compile(r"(?:(20\d\d)年)?(?:年内|年底|年末|底前|当年|本年)|(20\d\d)年(?:内|底|末)?")
_OF_PERCENT = frozenset({"structure_pct", "progress_pct"})


@dataclass(frozen=True)
class Promise:
    """A promise of one project; `threshold` in hundredths of a percent, or in fen for investment."""

    wording: str
    measure: str = "unspecified"
    threshold: int | None = None
    due: dt.date | None = None
    commitment: str = "none"


def promised(
    wording: str,
    year: int | None,
    measure: str | None = None,
    threshold: int | None = None,
    due: dt.date | None = None,
    commitment: str | None = None,
) -> Promise:
    """The promise that `wording` makes; what is given beside it counts before what it says. `year` is that of the
    sheet.
    """
    said = even(wording).replace(" ", "")
    found = measure or measure_of(said)
    return Promise(
        wording,
        found,
        threshold if threshold is not None else threshold_of(said, found),
        due or due_of(said, year),
        commitment or firmly(said),
    )


def measure_of(said: str) -> str:
    """The measure that words name; `unspecified` where they name none."""
    return next((measure for pattern, measure in _PATTERNS if pattern.search(said)), "unspecified")


def threshold_of(said: str, measure: str) -> int | None:
    """The threshold that words name, where their measure has one."""
    if measure in _OF_PERCENT and (found := _PERCENT.search(said)):
        return round(float(found[1]) * 100) if float(found[1]) <= 100 else None
    if measure == "investment" and (found := _MONEY.search(said)):
        return round(float(found[1]) * (10_000_000_000 if found[2] == "亿" else 1_000_000))
    return None


def due_of(said: str, year: int | None) -> dt.date | None:
    """The day by which words promise: the end of a month or year, or a day."""
    if found := _MONTH_DAY.search(said):
        own = int(found[1]) if found[1] else year
        try:
            return own and _day(own, int(found[2]), found[3])  # type: ignore[return-value]
        except ValueError:
            return None
    if found := _YEAR_END.search(said):
        own = int(found[1] or found[2]) if found[1] or found[2] else year
        return dt.date(own, 12, 31) if own else None
    return None


def _day(year: int, month: int, day: str | None) -> dt.date:
    first = dt.date(year, month, 1)
    return first.replace(day=int(day)) if day else month_end(first)


def firmly(said: str) -> str:
    """How firmly words promise."""
    return next((key for words, key in _FIRMLY if words.search(said)), "none")


MEASURE_WORDS = {word: key for key, word in MEASURES.items()} | {key: key for key in MEASURES}
COMMITMENT_WORDS = {word: key for key, word in COMMITMENTS.items()} | {key: key for key in COMMITMENTS}
