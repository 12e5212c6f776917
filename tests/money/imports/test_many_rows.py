"""What is said of many rows is what comparing each with every other says, and takes steps of their number only: rules
IM-1, IM-7, IM-9 of docs/rules/imports.md, M-14 of docs/rules/money.md and MT-1 of docs/rules/matching.md.

Each has the slow way beside it, written again from the rule.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

import pytest
from runs import runs

from projects.core.month import month_of
from projects.core.places import within
from projects.money.documents.citations import Nearby, near
from projects.money.documents.numbers import normalise
from projects.money.imports.plan import KnownRows, PostingPlan, make, place_of
from projects.money.imports.reading import Read, SheetRow, SheetRows, read
from projects.money.imports.returns import settle
from projects.money.ledger.closing import Closed
from projects.money.matching.names import canonical

MAY = dt.date(2025, 5, 1)
UNITS = ("甲院", "乙院", "甲 院", "。", "")


def row(at: int, /, **values: Any) -> SheetRow:
    return SheetRow("表", at, values, {name: f"{name[0].upper()}{at}" for name in values})


def receipt(number: int, fen: int, day: int, payer: str, payee: str) -> SheetRow:
    on = MAY + dt.timedelta(day)
    return row(number, voucher=f"V{number}", received=on, payer=payer, payee=payee, amount=fen, memo="")


def settled_slowly(came: Sequence[SheetRow], returns: Sequence[SheetRow]) -> tuple[list[int], list[int]]:
    """The numbers of the receipts that stay, and of the returns that nothing settles."""
    left, alone = list(came), []
    for back in sorted(returns, key=lambda one: (one.day("received"), one.number)):
        units = {canonical(back.text("payer")), canonical(back.text("payee"))} - {""}
        fitting = [
            one
            for one in left
            if one.amount_fen == -back.amount_fen
            and one.day("received") <= back.day("received")
            and (not one.text("payee") or canonical(one.text("payee")) in units)
        ]
        if fitting:
            left.remove(max(fitting, key=lambda one: (one.day("received"), one.number)))
        else:
            alone.append(back.number)
    return [one.number for one in left], alone


def test_im9_returns_settle_as_if_each_was_compared_with_every_receipt():
    lot = random.Random(9)
    for _ in range(runs(300, 5000)):
        rows = [
            receipt(number, lot.choice((5, 5, 7, -5, -5, -7)), lot.randrange(4), lot.choice(UNITS), lot.choice(UNITS))
            for number in range(2, lot.randrange(3, 14))
        ]
        came, returns = ([one for one in rows if (one.amount_fen > 0) is sign] for sign in (True, False))
        plan = PostingPlan(new=[(one, None, "") for one in came])
        settle(plan, returns)
        stay, alone = settled_slowly(came, returns)
        assert [one.number for one, _, _ in plan.new] == stay
        assert [one.cell for one in plan.faults] == [f"A{number}" for number in alone]


def test_im9_twenty_thousand_returns_of_twenty_thousand_receipts():
    came = [receipt(number, 500, 0, "局", "院") for number in range(2, 20_002)]
    returns = [receipt(number, -500, 1, "局", "院") for number in range(30_000, 50_001)]
    plan = PostingPlan(new=[(one, None, "") for one in came])
    settle(plan, returns)
    assert (plan.new, len(plan.faults), len(plan.notes)) == ([], 1, 40_000)


PREFIXES = ("财建", "浙财建", "建", "发改投资")


def a_number(lot: random.Random) -> str:
    serial = "".join(lot.choices("012", k=lot.choice((1, 2, 3, 3)))) + lot.choice(("", "", "-2"))
    forms = ("{0}〔{1}〕{2}号", "{0}{1}年{2}号", "关于{0}〔{1}〕{2}号文", "{0}")
    return normalise(lot.choice(forms).format(lot.choice(PREFIXES), lot.choice((2024, 2025, 2030)), serial))


def test_mt1_a_number_near_one_of_many_is_found_as_if_each_was_compared():
    lot = random.Random(1)
    found = 0
    for _ in range(runs(400, 5000)):
        known = dict.fromkeys(a_number(lot) for _ in range(lot.randrange(1, 12)))
        nearby, own = Nearby(known), a_number(lot)
        if own in known:
            continue
        other = nearby.to(own)
        assert (other is not None) == any(near(own, one) for one in known), (own, list(known))
        assert other is None or near(own, other)
        found += other is not None
    assert found > 15


def test_im7_fifty_thousand_numbers_beside_ten_thousand_known_ones():
    rows = [
        row(at, line=f"L{at}", number=f"示例〔2024〕{at * 13}号", issued=MAY, code="C", name="", source="cbi", amount=5)
        for at in range(50_000)
    ]
    known = KnownRows(codes={"C": 1}, numbers=[f"别处〔2024〕{place * 7}号" for place in range(10_000)])
    assert make("allocations", Read(rows=rows), known, None).notes == []


def test_m14_months_are_closed_as_if_each_closing_was_asked():
    lot = random.Random(14)
    codes = ("", "370000", "370800", "370831", "360000", "360100")
    for _ in range(300):
        months = frozenset((dt.date(2025, lot.randrange(1, 4), 1), lot.choice(codes)) for _ in range(lot.randrange(4)))
        closed, place, day = Closed(months), lot.choice((None, *codes[1:])), dt.date(2025, lot.randrange(1, 5), 15)
        slowly = any(
            month == month_of(day) and (not code or (place is not None and within(place, code)))
            for month, code in months
        )
        assert closed.covers(place, day) is slowly


def test_im7_a_place_is_the_longest_that_a_unit_begins_with():
    places = {"甲": "1", "甲乙县": "2", "甲乙县丙镇": "3", "370831": "4"}
    lot = random.Random(7)
    for _ in range(500):
        text = "".join(lot.choices("甲乙县丙镇院", k=lot.randrange(8)))
        begun = [name for name in places if len(name) > 2 and text.startswith(name)]
        expected = (places[max(begun, key=len)], False) if begun else ("9", True)
        assert place_of(row(2, unit=text), KnownRows(places=places), "9") == expected


HEAD = ["凭证号", "到账日期", "付款单位", "收款单位", "金额(元)", "摘要"]


@pytest.mark.parametrize(("wrong", "noted"), [(0, 0), (1, 1)])
def test_im1_a_subtotal_after_each_of_twenty_thousand_rows(wrong: int, noted: int):
    rows: list[list[object]] = [HEAD]
    for number in range(20_000):
        rows += [[f"V{number}", "2025-05-01", "局", "院", "2.00", ""], ["小计", None, None, None, "2.00", None]]
    rows.append(["合计", None, None, None, f"{40_000 + wrong}.00", None])
    found = read([SheetRows("表", rows)], "receipts")
    assert (len(found.rows), found.totals, len(found.notes)) == (20_000, 20_001, noted)
