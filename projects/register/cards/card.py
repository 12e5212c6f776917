"""What a project's card holds and how it may be typed (CD-1 to CD-3): pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.core.complaints import choice_complaint, plain, text_complaint
from projects.core.money import parse_fen, plain_yuan
from projects.core.text import N_, Text, one_width
from projects.core.vocabulary import CARD, FUNDING_SOURCES, NATURES

NATIONAL_CODE = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}", re.ASCII)
_PHONE = re.compile(r"[0-9+()\-, /转]{5,40}", re.ASCII)
_COUNT = re.compile(r"\d{1,3}(,\d{3}){0,3}|\d{1,9}", re.ASCII)
_DEGREES = re.compile(r"\d{1,3}(\.\d{1,8})?", re.ASCII)
WIDEST = {"longitude": (73, 136), "latitude": (3, 54)}  # of the country, in degrees
NUMBERS = frozenset({"count", "money"})  # kinds whose empty value is None, of the others ""
PARTS = ("building_fen", "equipment_fen", "other_fen")
FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True)
class Asked:
    """A field of the card: its key, what kind of value it takes, and how many letters at most."""

    key: str
    kind: str
    most: int = 0

    @property
    def unit(self) -> str:
        """In what it is counted, "" where it is not."""
        return UNITS.get(self.key, "")

    @property
    def label(self) -> str:
        """What it is called."""
        return CARD[self.key]


def _asked(kind: str, most: int, *keys: str) -> tuple[Asked, ...]:
    return tuple(Asked(key, kind, most) for key in keys)


SECTIONS: tuple[tuple[str, tuple[Asked, ...]], ...] = (
    (N_("建设内容和规模"), (
        *_asked("choice", 20, "nature"),
        *_asked("long", 2000, "content"),
        *_asked("count", 12, "area_approved", "area_built", "beds_approved", "beds_built"),
        *_asked("long", 1000, "quantities"),
    )),
    (N_("总投资"), _asked("money", 24, "total_fen", *PARTS)),
    (N_("单位和责任人"), (
        *_asked("text", 120, "legal_unit", "supervising_unit"),
        *_asked("text", 60, "supervisor", "responsible"),
        *_asked("phone", 40, "responsible_phone"),
        *_asked("text", 60, "contact"),
        *_asked("phone", 40, "contact_phone"),
    )),
    (N_("地址和编码"), (
        *_asked("text", 200, "address"),
        *_asked("degrees", 12, "longitude", "latitude"),
        *_asked("text", 40, "major_code", "statistics_code"),
        *_asked("text", 60, "industry"),
    )),
)  # fmt: skip
FIELDS: dict[str, Asked] = {one.key: one for _, fields in SECTIONS for one in fields}
UNITS = {"area_approved": "㎡", "area_built": "㎡", "beds_approved": N_("张"), "beds_built": N_("张"), "longitude": "°",
         "latitude": "°"}  # fmt: skip


def as_typed(key: str, value: Any) -> str:
    """A stored value as its field shows it: money in 万元, exactly."""
    if value is None:
        return ""
    return _wan(value) if FIELDS[key].kind == "money" else str(value)


def _wan(fen: int) -> str:
    whole, rest = divmod(fen, 1_000_000)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def read(typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Text]]:
    """The card's values from what was typed, and what can't be taken, by field. A field that is not named is left out;
    one left empty has no value: "" of words, None of numbers.
    """
    values: dict[str, Any] = {}
    wrong: dict[str, Text] = {}
    for key in FIELDS.keys() & typed.keys():
        value, problem = _read(FIELDS[key], typed[key])
        if problem:
            wrong[key] = problem
        else:
            values[key] = value
    if not wrong and (problem := _split(values)):
        wrong["total_fen"] = problem
    return values, wrong


def _read(field: Asked, typed: str) -> tuple[Any, Text | None]:
    text = plain(typed)
    if field.kind in {"text", "long"}:
        return text, text_complaint(text, field.most)
    if field.kind == "choice":
        return text, choice_complaint(text, ("", *NATURES))
    text = one_width(text)
    if not text:
        return None if field.kind in NUMBERS else "", None
    return _number(field.kind, text) if field.kind in NUMBERS else (text, _complaint(field, text))


def _complaint(field: Asked, text: str) -> Text | None:
    if field.kind == "phone":
        return None if _PHONE.fullmatch(text) else Text(N_("“%(text)s”不是电话号码"), {"text": text[:40]})
    low, high = WIDEST[field.key]
    if _DEGREES.fullmatch(text) and len(text) <= field.most and low <= float(text) <= high:
        return None
    return Text(N_("请填写 %(low)s 到 %(high)s 之间的度数"), {"low": low, "high": high})


def _number(kind: str, text: str) -> tuple[int | None, Text | None]:
    if kind == "count":
        return (int(text.replace(",", "")), None) if _COUNT.fullmatch(text) else (None, Text(N_("请填写整数")))
    try:
        fen = parse_fen(text, "万元")
    except ValueError:
        return None, Text(N_("“%(text)s”不是以万元计的金额"), {"text": text[:40]})
    return fen, None if fen >= 0 else Text(N_("金额不能是负数"))


def _split(values: Mapping[str, Any]) -> Text | None:
    """The parts of an investment never sum to more than the whole; they may to less (CD-2)."""
    total, parts = values.get("total_fen"), [values.get(key) for key in PARTS]
    split = sum(one for one in parts if one is not None)
    if total is None or split <= total:
        return None
    said = {"split": plain_yuan(split), "total": plain_yuan(total)}
    return Text(N_("建安、设备、其他合计 %(split)s 元, 多于总投资 %(total)s 元"), said)


@dataclass(frozen=True)
class YearRow:
    """A row of the yearly plans as typed."""

    year: str = ""
    amount: str = ""
    content: str = ""


@dataclass(frozen=True)
class NeedRow:
    """A row of what is needed by source and year, as typed."""

    source: str = ""
    year: str = ""
    amount: str = ""


def read_years(rows: Sequence[YearRow]) -> tuple[dict[int, tuple[int | None, str]], Text | None]:
    """The plans by year: money in fen or None, and content; and what can't be taken, by the row (CD-3)."""
    found: dict[int, tuple[int | None, str]] = {}
    for number, row in enumerate(rows, 1):
        if not (row.year or row.amount or row.content):
            continue
        year, fen, problem = _year_and_amount(row.year, row.amount, needed=False)
        problem = problem or text_complaint(row.content, 500)
        if problem is None and year in found:
            problem = Text(N_("%(year)s 年写了两次"), {"year": year})
        if problem:
            return {}, Text(N_("第 %(row)s 行: %(problem)s"), {"row": number, "problem": problem})
        found[year] = fen, plain(row.content)
    return found, None


def read_needs(rows: Sequence[NeedRow]) -> tuple[dict[tuple[str, int], int], Text | None]:
    """What is needed in fen, by source and year; and what can't be taken, by the row (CD-3)."""
    found: dict[tuple[str, int], int] = {}
    for number, row in enumerate(rows, 1):
        if not (row.source or row.year or row.amount):
            continue
        year, fen, problem = _year_and_amount(row.year, row.amount, needed=True)
        problem = problem or choice_complaint(row.source, FUNDING_SOURCES)
        if problem is None and (row.source, year) in found:
            problem = Text(N_("%(year)s 年的这个来源写了两次"), {"year": year})
        if problem:
            return {}, Text(N_("第 %(row)s 行: %(problem)s"), {"row": number, "problem": problem})
        found[row.source, year] = fen or 0
    return found, None


def _year_and_amount(year: str, amount: str, *, needed: bool) -> tuple[int, int | None, Text | None]:
    text = one_width(year).strip().removesuffix("年")
    if not (text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        return 0, None, Text(N_("请填写年份, 如 2021"))
    if not amount.strip() and not needed:
        return int(text), None, None
    fen, problem = _number("money", one_width(amount).strip())
    return int(text), fen, problem


def told_years(plans: Mapping[int, tuple[int | None, str]]) -> str:
    """The yearly plans in a line, as the history tells them."""
    return "; ".join(
        f"{year}: {'' if fen is None else _wan(fen) + ' 万元'} {content}".rstrip()
        for year, (fen, content) in sorted(plans.items())
    )
