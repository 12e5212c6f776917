"""Chinese numerals as amounts (IM-2) and dates (IM-3) carry them: 壹佰贰拾万元整, 一百二十万, 二〇二五.

Strict: what could be read in two ways is refused.
"""

from __future__ import annotations

from decimal import Decimal
from math import inf

DIGITS = {
    letter: value
    for value, letters in enumerate(
        ("零〇○Ｏ", "一壹弌", "二贰貳弍两兩", "三叁參参弎叄", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for letter in letters
}
TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
HALVED = frozenset("百佰千仟") | frozenset(MYRIADS)  # 一百二 is 102 or 120, 三万五 30,005 or 35,000
LETTERS = frozenset(DIGITS) | frozenset(TENS) | frozenset(MYRIADS)
YUAN = "元圆圓"


def plain(text: str) -> int:
    """A whole number such as 一亿二千万 or 壹佰零伍; ValueError where it is none."""
    if not text or (len(text) > 1 and text[-1] in "零〇○") or any(letter not in LETTERS for letter in text):
        raise ValueError(text)
    total, section, digit = 0, 0, None
    last = limit = inf
    for letter in text:
        if letter in DIGITS:
            if digit:
                raise ValueError(text)
            digit = DIGITS[letter]
        elif letter in TENS:
            unit = TENS[letter]
            if unit >= limit or digit == 0 or (digit is None and not (unit == 10 and section == 0)):
                raise ValueError(text)
            section, digit, limit = section + (digit or 1) * unit, None, unit
        else:
            unit = MYRIADS[letter]
            section += digit or 0
            if unit >= last or not section:
                raise ValueError(text)
            total, section, digit, last, limit = total + section * unit, 0, None, unit, inf
    if digit and text[-2:-1] in HALVED:
        raise ValueError(text)
    return total + section + (digit or 0)


def yuan(text: str) -> Decimal:
    """An amount of money in yuan as written on cheques, such as 壹佰贰拾万元整 or 叁元伍角; ValueError where it is
    none.
    """
    body = text.removeprefix("人民币").removeprefix(":")
    whole = next((body.index(letter) for letter in YUAN if letter in body), None)
    if whole is None:
        raise ValueError(text)
    value = Decimal(plain(body[:whole])) if body[:whole] else Decimal(0)
    rest = body[whole + 1 :].removesuffix("整").removesuffix("正").lstrip("零〇")
    for letter, part in (("角", Decimal("0.1")), ("分", Decimal("0.01"))):
        if letter in rest:
            digit, _, rest = rest.partition(letter)
            digit = digit.lstrip("零〇")
            if len(digit) != 1 or digit not in DIGITS or not DIGITS[digit]:
                raise ValueError(text)
            value += DIGITS[digit] * part
    if rest or (not body[:whole] and not value):
        raise ValueError(text)
    return value


def year(text: str) -> int:
    """A year digit by digit: 二〇二五."""
    if len(text) != 4 or any(letter not in DIGITS for letter in text):
        raise ValueError(text)
    return int("".join(str(DIGITS[letter]) for letter in text))
