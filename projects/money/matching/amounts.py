"""How a receipt's amount relates to what is left of a line: all of it, the rest, a plausible share, or just a part.
Rule MT-3 of docs/rules/matching.md.

Scores are natural logarithms of how much likelier the amount is if the receipt pays the line than if it does not. A
round amount proves less than an odd one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

YUAN = 100
WAN = 1_000_000
USUAL = (30, 40, 50)  # percent, as treasuries pay by progress
OTHER = (10, 15, 20, 25, 35, 45, 55, 60, 65, 70, 75, 80, 85, 90, 95, 97)
THIRDS = ((1, 3), (2, 3))
FEE = 50 * YUAN  # banks take off at most so much of a payment of some size
FEE_FROM = 1000 * FEE


class Relation(NamedTuple):
    """What the amount is of the line: `kind` whole, rest, share, net (of a bank's fee), rounded, part or none;
    `percent` of a share, of the `whole` line or what is left; the score.
    """

    kind: str
    percent: float
    score: float
    of_total: bool = False


NONE = Relation("none", 0.0, float("-inf"))


@lru_cache(maxsize=1 << 15)
def relation(amount: int, rest: int, total: int) -> Relation:
    """How `amount` relates to a line of `total` of which `rest` is left; all in fen."""
    if not 0 < amount <= rest:
        return NONE
    odd = oddness(amount)
    if amount == rest:
        return Relation("whole", 100.0, 5.0 + 0.25 * odd) if rest == total else Relation("rest", 100.0, 4.0 + 0.6 * odd)
    for base, of_total in ((rest, False), (total, True)) if rest != total else ((total, True),):
        for percent in _percents(amount, base, USUAL):
            if is_share(amount, base, percent, 100):
                return Relation("share", float(percent), 2.2 + 0.75 * odd - 0.5 * of_total * (rest != total), of_total)
    return _loose(amount, rest, total, odd)


def _loose(amount: int, rest: int, total: int, odd: float) -> Relation:
    if rest - amount <= FEE and amount >= FEE_FROM:
        return Relation("net", 100.0, 3.0)
    for base, of_total in ((rest, False), (total, True)) if rest != total else ((total, True),):
        if found := _other(amount, base, odd, of_total=of_total):
            return found
    if amount % WAN == 0 and rest - amount < WAN:
        return Relation("rounded", 100.0, 1.5)
    return Relation("part", 100.0 * amount / total, -2.5)


def _other(amount: int, base: int, odd: float, *, of_total: bool) -> Relation | None:
    for percent in _percents(amount, base, OTHER):
        if is_share(amount, base, percent, 100):
            return Relation("share", float(percent), 0.0 + 0.6 * odd, of_total)
    for part, of in THIRDS:
        if is_share(amount, base, part, of):
            return Relation("share", 100.0 * part / of, -0.5 + 0.6 * odd, of_total)
    if amount % WAN == 0:
        for percent in USUAL:
            if abs(amount - base * percent // 100) < WAN:
                return Relation("rounded", float(percent), -0.5, of_total)
    return None


def _percents(amount: int, base: int, of: tuple[int, ...]) -> tuple[int, ...]:
    """Those of the percents that `amount` may be of `base`: the nearest one alone, unless the base is so small that a
    yuan is much of it.
    """
    if base <= 200 * YUAN:
        return of
    nearest = (200 * amount + base) // (2 * base)
    return (nearest,) if nearest in of else ()


def oddness(amount: int) -> float:
    """0 for whole 万元 to 6 for odd fen: how unlikely it is to meet the amount by chance."""
    if amount % (10 * WAN) == 0:
        return 0.0
    for unit, value in ((WAN, 1.0), (WAN // 10, 3.0), (WAN // 100, 4.5), (YUAN, 5.5)):
        if amount % unit == 0:
            return value
    return 6.0


def is_share(amount: int, base: int, part: int, of: int) -> bool:
    """Whether `amount` is part/of `base`, cut or rounded to fen or yuan."""
    exact = base * part
    if not -YUAN * of < amount * of - exact < YUAN * of:
        return False
    return amount in (
        exact // of,
        -(-exact // of),
        exact // of // YUAN * YUAN,
        (exact // of + YUAN // 2) // YUAN * YUAN,
    )


def bases(amount: int, percents: Iterable[int] = USUAL) -> list[tuple[int, int, int]]:
    """For each percent the (percent, least, most) that a line may have so that `amount` is this share of it."""
    return [(percent, (amount - YUAN) * 100 // percent, (amount + YUAN) * 100 // percent + 1) for percent in percents]
