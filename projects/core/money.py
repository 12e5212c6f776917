"""Money is an integer number of fen (分); rounding happens once, half up, and only for show.

Source of the one rule: docs/rules/money.md. Numbers enter through `parse_fen`, which refuses rather than guesses.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

FEN_PER = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}
LARGEST_FEN = 9_999_999_999_999_99
_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d{1,16})(\.\d{1,8})?", re.ASCII)


def parse_fen(text: str, unit: str = "元") -> int:
    """`text`, a plain decimal in `unit` (元, 万元 or 亿元), as fen; ValueError if it is none, too large, or finer than
    a fen.
    """
    cleaned = text.strip()
    if not _NUMBER.fullmatch(cleaned):
        raise ValueError(text)
    fen = Decimal(cleaned.replace(",", "")) * FEN_PER[unit]
    if fen != fen.to_integral_value() or abs(fen) > LARGEST_FEN:
        raise ValueError(text)
    return int(fen)


def in_unit(fen: int, unit: str = "万元", places: int = 2) -> Decimal:
    """`fen` in `unit`, rounded half up to `places`; for show only."""
    return (Decimal(fen) / FEN_PER[unit]).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def shown_wan(fen: int) -> str:
    """`fen` in 万元 with two decimals, rounded as `in_unit` does, with separators: 163300000000 → '163,300.00'; in
    whole numbers, as lists show thousands.
    """
    hundredths = (abs(fen) + 5_000) // 10_000
    return f"{'-' if fen < 0 and hundredths else ''}{hundredths // 100:,}.{hundredths % 100:02d}"


def exact_yuan(fen: int) -> str:
    """`fen` as exact yuan, for hovering and exports: 163300000000 → '1,633,000,000.00'."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def plain_yuan(fen: int) -> str:
    """`fen` as exact yuan without separators, for CSV and form fields."""
    return exact_yuan(fen).replace(",", "")


def rate(part_fen: int, whole_fen: int) -> float | None:
    """`part` of `whole` in percent, or None where there is no whole."""
    return 100 * part_fen / whole_fen if whole_fen else None
