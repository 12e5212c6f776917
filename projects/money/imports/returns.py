"""Money that came back: negative rows of a treasury's file, set against the receipts that they return. Rule IM-9 of
docs/rules/imports.md.

A receipt and its return in one file leave nothing to book: neither is imported, and both are named. A return of
anything else is refused by its cell.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from projects.core.money import exact_yuan
from projects.core.text import N_, Text
from projects.money.imports.plan import PostingPlan
from projects.money.imports.reading import CellFault, SheetRow
from projects.money.matching.names import canonical


def settle(plan: PostingPlan, returns: Iterable[SheetRow]) -> None:
    """Take each of `returns` (negative amounts) out of the plan together with the newest earlier receipt of that amount
    that has a party in common.

    Receipts come into reach day by day: of each amount and unit the newest lies on top, and no row is compared with
    every other.
    """
    waiting = sorted(range(len(plan.new)), key=lambda place: (*_order(plan.new[place][0]), -place), reverse=True)
    within_reach: dict[tuple[int, str | None], list[int]] = defaultdict(list)
    settled: set[int] = set()
    for row in sorted(returns, key=_order):
        while waiting and plan.new[waiting[-1]][0].day("received") <= row.day("received"):
            place = waiting.pop()
            within_reach[_owed(plan.new[place][0])].append(place)
        units = {canonical(row.text(name)) for name in ("payer", "payee")} - {""}
        heaps = [heap for unit in (None, *units) if (heap := within_reach.get((-row.amount_fen, unit)))]
        if not heaps:
            said = exact_yuan(row.amount_fen)
            why = Text(
                N_("“%(value)s”是负数, 文件里没有更早的同额、同单位的到账可以相抵: 请删去这一行, 在系统内冲销原来那笔"),
                {"value": said},
            )
            plan.faults.append(CellFault(row.sheet, row.cells["amount"], said, why))
            continue
        place = max(heaps, key=lambda heap: (*_order(plan.new[heap[-1]][0]), -heap[-1])).pop()
        settled.add(place)
        came = plan.new[place][0]
        plan.returned |= {(row.sheet, row.number), (came.sheet, came.number)}
        for one, other in ((came, row), (row, came)):
            text = Text(N_("与 %(cell)s 的退回相抵, 两笔都没有读入"), {"cell": other.cells["amount"]})
            plan.notes.append(CellFault(one.sheet, one.cells["amount"], exact_yuan(one.amount_fen), text))
    plan.new = [one for place, one in enumerate(plan.new) if place not in settled]


def _order(row: SheetRow) -> tuple[dt.date, int]:
    return row.day("received"), row.number


def _owed(came: SheetRow) -> tuple[int, str | None]:
    """The amount of a receipt and the unit that may have returned it; None for anyone, where none is named."""
    return came.amount_fen, canonical(came.text("payee")) if came.text("payee") else None
