"""Money that came back: negative rows of a treasury's file, set against the receipts that they return. Rule IM-9 of
docs/rules/imports.md.

A receipt and its return in one file leave nothing to book: neither is imported, and both are named. A return of
anything else is refused by its cell.
"""

from __future__ import annotations

from collections.abc import Iterable

from projects.core.money import exact_yuan
from projects.core.text import N_, Text
from projects.money.imports.plan import PostingPlan
from projects.money.imports.reading import CellFault, SheetRow
from projects.money.matching.names import canonical


def settle(plan: PostingPlan, returns: Iterable[SheetRow]) -> None:
    """Take each of `returns` (negative amounts) out of the plan together with the newest earlier receipt of that amount
    that has a party in common.
    """
    for row in sorted(returns, key=lambda one: (one.day("received"), one.number)):
        where = [place for place, (one, _, _) in enumerate(plan.new) if _is_return(row, one)]
        if not where:
            said = exact_yuan(row.amount_fen)
            why = Text(
                N_("“%(value)s”是负数, 文件里没有更早的同额、同单位的到账可以相抵: 请删去这一行, 在系统内冲销原来那笔"),
                {"value": said},
            )
            plan.faults.append(CellFault(row.sheet, row.cells["amount"], said, why))
            continue
        came = plan.new.pop(
            max(where, key=lambda place: (plan.new[place][0].day("received"), plan.new[place][0].number))
        )[0]
        plan.returned |= {(row.sheet, row.number), (came.sheet, came.number)}
        for one, other in ((came, row), (row, came)):
            text = Text(N_("与 %(cell)s 的退回相抵, 两笔都没有读入"), {"cell": other.cells["amount"]})
            plan.notes.append(CellFault(one.sheet, one.cells["amount"], exact_yuan(one.amount_fen), text))


def _is_return(row: SheetRow, came: SheetRow) -> bool:
    """Whether `row` returns what `came`: the opposite amount, not earlier, to or from the same unit."""
    if came.amount_fen != -row.amount_fen or came.day("received") > row.day("received"):
        return False
    units = {canonical(row.text(name)) for name in ("payer", "payee")} - {""}
    return canonical(came.text("payee")) in units or not came.text("payee")
