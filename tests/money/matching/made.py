"""Small made worlds of lines and receipts that meet on round sums, for answers that are kept (tests/pins.py)."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from projects.money.matching.books import Register
from projects.money.matching.facts import Candidate, OpenLine, Proposal, Receipt
from projects.money.matching.finding import Finder

YUAN, WAN = 100, 1_000_000
MARCH = dt.date(2025, 3, 1)
UNITS = ("河口区人民医院", "河口区中医医院", "龙潭县人民医院")
WORKS = ("感染性疾病楼", "外科大楼", "感染性疾病楼(二期)")
NUMBERS = ("财建〔2025〕23号", "浙财建〔2025〕23号", "财建〔2025〕32号", "浙发改投资〔2024〕8号")
SUMS = (300 * WAN, 300 * WAN, 77 * WAN, 210 * WAN, 391_764_285, 100 * WAN, 8_750_000 * YUAN)
SOURCES = ("cbi", "central_special", "special_bond", "county")
MEMOS = (
    "拨",
    "拨款",
    "第2批",
    "第1批",
    "中央预算内投资",
    "专项债券",
    "水费",
    "退汇重拨",
    "按30%拨付",
    "及市级配套",
    "300万元",
)
DAYS = (0, 1, 20, 21, 22, 160, 161, 300, 301, -1, -15, -16)


def line(key: str, fen: int = 300 * WAN, **more: Any) -> OpenLine:
    """A line of 300 万元 of the ministry's document for a county hospital's building, unless told otherwise."""
    unit, works = more.pop("unit", UNITS[0]), more.pop("works", WORKS[0])
    own = {
        "document": more.pop("number", NUMBERS[0]),
        "issued_on": MARCH,
        "project": f"P-{unit}{works}",
        "project_name": unit + works,
        "unit": unit,
        "place": "",
        "source": "cbi",
        "amount_fen": fen,
        "open_fen": more.pop("left", fen),
    }
    return OpenLine(key, **(own | more))


def receipt(
    key: str,
    fen: int,
    memo: str = "",
    day: dt.date = dt.date(2025, 5, 1),
    payee: str = UNITS[0],
    payer: str = "市财政局",
) -> Receipt:
    """Money of the city's treasury for the hospital."""
    return Receipt(key, day, payer, payee, fen, memo)


def finder(lines: list[OpenLine], *receipts: Receipt) -> Finder:
    """What the receipts find among the lines, each for itself."""
    found = Finder(Register(lines), ())
    found.change([], lines, (), receipts, lambda *_: None)
    return found


@dataclass
class Made:
    """Lines, receipts."""

    lines: list[OpenLine]
    receipts: list[Receipt]


def made(seed: int, lines: int = 8, receipts: int = 12) -> Made:
    """A world of the seed."""
    dice = random.Random(seed)
    found = Made([], [])
    for place in range(1, lines + 1):
        found.lines.append(_line(dice, str(place)))
    for place in range(1, receipts + 1):
        found.receipts.append(_receipt(dice, f"{100 + place}", found.lines))
    return found


def _line(dice: random.Random, key: str) -> OpenLine:
    fen = dice.choice(SUMS)
    parts = dice.choice((0, 0, 0, 1, 2, 3))
    paid = tuple((MARCH + dt.timedelta(days=30 * place), fen * 10 // 100) for place in range(parts))
    return line(
        key,
        fen,
        left=fen - sum(one for _, one in paid),
        unit=dice.choice(UNITS),
        works=dice.choice(WORKS),
        number=dice.choice(NUMBERS),
        parents=dice.choice(((), (), (NUMBERS[3],))),
        source=dice.choice(SOURCES),
        parts=parts,
        paid=paid,
        place=dice.choice(("", "", "河口区")),
    )


def _receipt(dice: random.Random, key: str, lines: list[OpenLine]) -> Receipt:
    of = dice.choice(lines)
    amount = dice.choice((
        of.open_fen,
        of.open_fen,
        of.open_fen * 30 // 100,
        of.open_fen * 70 // 100,
        of.amount_fen * 50 // 100,
        of.open_fen - 20 * YUAN,
        of.open_fen // 10_000,
        of.open_fen + dice.choice(lines).open_fen,
        of.open_fen // WAN * WAN,
        17 * WAN,
    ))  # fmt: skip
    said = [
        dice.choice(("", "", of.document, of.document[-8:], NUMBERS[0], "财建〔2026〕23号")),
        dice.choice(("", of.project_name, of.project_name[len(of.unit) :], of.unit[-4:], dice.choice(UNITS))),
        dice.choice(MEMOS),
    ]
    payee = dice.choice((of.unit, of.unit, of.unit[3:], dice.choice(UNITS), "河口区卫生健康局基建专户", "某公司"))
    payer = dice.choice(("市财政局", "市财政局", "国库支付中心", "某某医药公司", "甲"))
    return receipt(key, max(1, amount), " ".join(said), MARCH + dt.timedelta(days=dice.choice(DAYS)), payee, payer)


def spelled(candidate: Candidate) -> str:
    """A candidate in a few letters: lines and fen, how sure, the kind of other money."""
    parts = "+".join(f"{part.line}:{part.amount_fen}" for part in candidate.parts)
    return f"{parts or candidate.outside} {candidate.sure:.5f}"


def told(seed: int, one: Proposal) -> str:
    """A proposal in one line."""
    return f"{seed} {one.receipt} {'sure' if one.confident else 'ask'} | " + " | ".join(map(spelled, one.candidates))
