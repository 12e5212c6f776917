"""Cells of imported tables: amounts to fen, dates to days, exactly or with a reason why not. Rules IM-2 to IM-4 of
docs/rules/imports.md.

Nothing is guessed: what has no unit, no day, two readings, or is finer than a fen is refused with words that say what
to write instead.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from projects.core.money import FEN_PER, LARGEST_FEN
from projects.core.text import N_, Text, one_width
from projects.sheets.reading import numerals

Value = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
BLANK = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "空", "n/a", "#n/a", "null", "none", "nan", "*", "#error!"}
)
_LONGEST_BLANK = max(map(len, BLANK))
_PLAIN = re.compile(r"\d{1,16}(\.\d{1,10})?|\d{1,3}(,\d{3})+(\.\d{1,10})?|\d{1,3}( \d{3})+(\.\d{1,10})?", re.ASCII)
_MIXED = re.compile(
    r"(?:(?P<yi>[\d,.]+)亿)?(?:(?P<wan>[\d,.]+)万)?(?P<rest>[\d,. ]+)?(?P<yuan>元)?(?:整|正)?", re.ASCII
)
_BEFORE_UNIT = re.compile(r"(?<!\s)\s++(?=[亿万元])")
_SIGNS = re.compile(r"^(人民币|rmb|cny)?[:\s]*+[¥￥]?\s*+", re.IGNORECASE)
_NEGATIVE = re.compile(r"[-−]([^-−()]{1,60}+)|\(([^-−()]{1,60}+)\)|([^-−()]{1,60}+)-")
_UNSEEN = dict.fromkeys(  # of no width: pasted along, and nobody's words
    [0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF]
)
_ERRORS = re.compile(r"#(div/0!|n/a|name\?|null!|num!|ref!|value!)", re.IGNORECASE)
_DAY = re.compile(
    r"(?P<year>\d{4})(?:(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})|年(?P<month2>\d{1,2})月"
    r"(?P<day2>\d{1,2})[日号])",
    re.ASCII,
)
_COUNTED_DAYS = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_CHINESE_DAY = re.compile(
    r"([零〇○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_TIME = re.compile(
    r"(?:(?<![T\s])[T\s]++\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}秒?(?:\.\d++)?)?(?:Z|[+-]\d{2}:?\d{2})?"
    r"|(?<![\s(])[\s(]*+(?:星期|周)[一二三四五六日天]\)?)$"
)
SERIALS = range(32_874, 73_051)  # 1990-01-01 to 2099-12-31, counted from 1899-12-30
FIRST, LAST = dt.date(1990, 1, 1), dt.date(2099, 12, 31)


class CellRefusedError(ValueError):
    """A cell that can't be taken; `text` says why and what to write."""

    def __init__(self, msgid: str, **params: object) -> None:
        self.text = Text(msgid, params)
        super().__init__(msgid)


BROKEN = "#ERROR!"  # what an error of Excel's (#REF!, #N/A, …) is read as


def text_of(value: Value) -> str:
    """What a cell says as text: trimmed, in one line; whole numbers without .0."""
    if type(value) is str:  # most are
        return _line(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return _line(str(value))


@lru_cache(maxsize=1024)  # a cell is asked several times what it says, and columns repeat themselves
def _line(text: str) -> str:
    seen = text if text.isascii() else text.translate(_UNSEEN)
    return " ".join(seen.split()).removeprefix("'")


@lru_cache(maxsize=1024)
def even(text: str) -> str:
    """`text` in one width, without blanks around it."""
    return one_width(text).strip()


def _has_marks(value: object) -> bool:
    """Whether a text has footnote marks, raised figures or fractions, which one width would turn into digits: 1200① is
    not 12001.
    """
    return (
        isinstance(value, str) and not value.isascii() and any(unicodedata.category(letter) == "No" for letter in value)
    )


def is_blank(value: Value) -> bool:
    """Whether a cell says nothing; a dash or 无 is nothing, 0 is something."""
    return value is None or (isinstance(value, str) and _is_blank(value))


@lru_cache(maxsize=1024)
def _is_blank(text: str) -> bool:
    line = _line(text)
    return len(line) <= _LONGEST_BLANK and even(line).lower() in BLANK


def amount(value: Value, unit: str | None) -> int:
    """The fen of a cell; `unit` is that of the column (元, 万元, 亿元), None where it names none.

    RefusedError says why not.
    """
    if is_blank(value):
        raise CellRefusedError(N_("没有金额; 公式没有保存结果时请在表格软件里重新保存"))
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        raise CellRefusedError(N_("不是金额, 请检查单元格的格式"))
    if isinstance(value, int | float):
        return _fen(_decimal(value), _required(unit))
    if _has_marks(value):
        raise CellRefusedError(N_("“%(value)s”不是金额"), value=text_of(value))
    typed = even(text_of(value))
    if _ERRORS.fullmatch(typed):
        raise CellRefusedError(N_("单元格是公式错误 %(value)s"), value=typed)
    body = _SIGNS.sub("", typed)
    if body.startswith(("-", "−", "(")) or body.endswith("-"):
        raise CellRefusedError(N_("“%(value)s”是负数: 退回和更正请在系统内登记"), value=typed)
    if any(letter in numerals.LETTERS for letter in body) and not any(
        letter.isdigit() and letter.isascii() for letter in body
    ):
        return _chinese(body, unit)
    return _mixed(body, unit, typed)


def returned(value: Value, unit: str | None) -> int | None:
    """The fen of a negative cell (-100, −100, (100), 100-) without its sign; None where it is not negative.

    RefusedError as for `amount`.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return amount(-value, unit) if value < 0 else None
    if not isinstance(value, str):
        return None
    body = _SIGNS.sub("", even(text_of(value)))
    found = _NEGATIVE.fullmatch(body)
    return amount(found[1] or found[2] or found[3], unit) if found else None


def _required(unit: str | None) -> str:
    if unit is None:
        raise CellRefusedError(N_("看不出单位: 请在表头写明元、万元或亿元, 或在导入时选择"))
    return unit


def _decimal(value: float) -> Decimal:
    """The number that a spreadsheet shows: its own 15 significant digits."""
    if value != value or abs(value) >= 1e15:  # noqa: PLR0124 - NaN alone differs from itself
        raise CellRefusedError(N_("数太大, 无法精确保存"))
    return Decimal(f"{value:.15g}")


def _fen(number: Decimal, unit: str) -> int:
    fen = number * FEN_PER[unit]
    if fen < 0:
        raise CellRefusedError(N_("“%(value)s”是负数: 退回和更正请在系统内登记"), value=f"{number:f}")
    if fen != fen.to_integral_value():
        raise CellRefusedError(
            N_("%(value)s %(unit)s 细于一分, 不能舍入保存: 请写到分"), value=f"{number:f}", unit=unit
        )
    if fen == 0:
        raise CellRefusedError(N_("金额是 0"))
    if fen > LARGEST_FEN:
        raise CellRefusedError(N_("金额太大"))
    return int(fen)


def _chinese(body: str, unit: str | None) -> int:
    bare = body.removesuffix("整").removesuffix("正")
    try:
        if any(letter in bare for letter in numerals.YUAN):
            return _fen(numerals.yuan(body), "元")
        number = Decimal(numerals.plain(bare))
    except ValueError:
        raise CellRefusedError(N_("“%(value)s”不是完整的中文金额"), value=body) from None
    return _fen(number, "元" if any(letter in bare for letter in numerals.MYRIADS) else _required(unit))


def _mixed(body: str, unit: str | None, typed: str) -> int:
    found = _MIXED.fullmatch(_BEFORE_UNIT.sub("", body).replace("亿元", "亿").replace("万元", "万"))
    if not found or not (found["yi"] or found["wan"] or found["rest"]):
        raise CellRefusedError(N_("“%(value)s”不是金额"), value=typed)
    parts = [(name, found[name]) for name in ("yi", "wan", "rest") if found[name]]
    if len(parts) == 1 and parts[0][0] == "rest":
        return _fen(_number(found["rest"], typed), "元" if found["yuan"] else _required(unit))
    total = Decimal(0)
    for position, (name, said) in enumerate(parts):
        number = _number(said, typed)
        if position < len(parts) - 1 and number != number.to_integral_value():
            raise CellRefusedError(N_("“%(value)s”不是金额"), value=typed)
        if position and number >= 10_000:
            raise CellRefusedError(N_("“%(value)s”不是金额"), value=typed)
        total += number * {"yi": 100_000_000, "wan": 10_000, "rest": 1}[name]
    if found["rest"] and not found["yuan"]:
        raise CellRefusedError(N_("“%(value)s”不是金额"), value=typed)
    return _fen(total, "元")


def _number(said: str, typed: str) -> Decimal:
    said = said.strip()
    if not _PLAIN.fullmatch(said):
        raise CellRefusedError(N_("“%(value)s”不是金额"), value=typed)
    return Decimal(said.replace(",", "").replace(" ", ""))


def day(value: Value, *, from_1904: bool = False) -> dt.date:
    """The day of a cell. RefusedError says why not."""
    if is_blank(value):
        raise CellRefusedError(N_("没有日期"))
    if isinstance(value, dt.datetime):
        return _within(value.date())
    if isinstance(value, dt.date):
        return _within(value)
    if isinstance(value, bool | dt.time | dt.timedelta):
        raise CellRefusedError(N_("不是日期, 请检查单元格的格式"))
    if _has_marks(value) or (isinstance(value, float) and not math.isfinite(value)):
        raise CellRefusedError(N_("“%(value)s”不是日期: 请写成 2025-03-05 的样子"), value=text_of(value))
    typed = even(text_of(value))
    if isinstance(value, int | float) or _COUNTED_DAYS.fullmatch(typed):
        return _serial(float(typed), typed, from_1904=from_1904)
    return _written(_TIME.sub("", typed), typed)


def _serial(number: float, typed: str, *, from_1904: bool) -> dt.date:
    if number.is_integer() and 19_000_000 < number < 21_000_000:
        return _written(str(int(number)), typed)
    if int(number) not in SERIALS:
        raise CellRefusedError(N_("“%(value)s”不是日期: 请写成 2025-03-05 的样子"), value=typed)
    return _within((dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 30)) + dt.timedelta(days=int(number)))


def _written(body: str, typed: str) -> dt.date:
    tight = body.replace(" ", "")
    found = _DAY.fullmatch(tight)
    compact = _COMPACT.fullmatch(tight)
    chinese = _CHINESE_DAY.fullmatch(tight)
    try:
        if found:
            return _within(
                dt.date(int(found["year"]), int(found["month"] or found["month2"]), int(found["day"] or found["day2"]))
            )
        if compact:
            return _within(dt.date(int(compact[1]), int(compact[2]), int(compact[3])))
        if chinese:
            return _within(dt.date(numerals.year(chinese[1]), numerals.plain(chinese[2]), numerals.plain(chinese[3])))
    except CellRefusedError:
        raise
    except ValueError:
        raise CellRefusedError(N_("没有“%(value)s”这一天"), value=typed) from None
    raise CellRefusedError(N_("“%(value)s”不是日期: 请写成 2025-03-05 的样子"), value=typed)


def _within(found: dt.date) -> dt.date:
    if not FIRST <= found <= LAST:
        raise CellRefusedError(N_("日期 %(value)s 不在 1990 年到 2099 年之间"), value=found)
    return found
