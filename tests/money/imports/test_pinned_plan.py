"""What imports of many made-up files would do, kept whole: rules IM-5, IM-7 and IM-9, from docs/rules/imports.md."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from pins import pinned

from projects.money.imports.plan import KnownRows, PostingPlan, Taken, make, stored
from projects.money.imports.reading import Read, SheetRow
from projects.money.imports.returns import settle
from projects.money.ledger.closing import Closed
from projects.money.ledger.numbers import numbered

MAY = dt.date(2025, 5, 1)
DAYS = (dt.date(2025, 3, 31), dt.date(2025, 4, 30), MAY, dt.date(2025, 5, 2))
CODES = ("2101-370831-04-01-123456", "2101-370831-04-01-123457", "370831", "")
NUMBERS = ("财建〔2025〕23号", "财建[2025]023号", "财建〔2025〕32号", "发改投资〔2025〕7号", "第九号")
PLACES = {"泗水县": "370831", "济宁市": "370800", "山东省": "370000", "曲阜市": "370881", "泗水": "1"}
OWNERS = {1: (5, "370831"), 2: (5, "370881")}
NAMES = ("泗水县人民医院", "中医院", "甲", "济宁市疾控中心", "乙")


def row(number: int, values: dict[str, Any]) -> SheetRow:
    return SheetRow("表", number, values, {key: f"{key}{number}" for key in values})


def made_up(draw: random.Random, kind: str, number: int) -> SheetRow:
    values: dict[str, Any] = {"code": draw.choice(CODES), "name": draw.choice(NAMES), "unit": draw.choice((*NAMES, ""))}
    if kind == "projects":
        return row(number, values | {"place": draw.choice((*PLACES, "某地", "泗 水 县", ""))})
    values["amount"] = draw.choice((100, 100, 200))
    if kind == "receipts":
        values["amount"] *= draw.choice((1, 1, 1, -1))
        values |= {"received": draw.choice(DAYS), "voucher": draw.choice(("", "", "", "1", "2"))}
        values |= {"payer": draw.choice(("局", "")), "payee": draw.choice(("院", "局", "")), "memo": draw.choice("ab")}
    elif kind == "payments":
        values |= {"paid": draw.choice(DAYS), "source": draw.choice(("cbi", "county"))}
        values |= {"voucher": draw.choice(("", "1", "2", "3"))}
    else:
        values |= {"issued": draw.choice(DAYS), "source": draw.choice(("cbi", "county"))}
        values |= {"line": draw.choice(("", "1", "2")), "number": draw.choice(NUMBERS)}
    return row(number, values)


def known(draw: random.Random, kind: str) -> KnownRows:
    homes = {1: "370831", 2: "370881", 3: "990000", 4: "110000"}
    everywhere = {name: [(key, homes[key]) for key in draw.sample(sorted(homes), 2)] for name in NAMES[:4]}
    taken = {}
    if kind != "projects":
        there = frozenset(stored(kind, made_up(draw, kind, 0), 1) for _ in range(9))
        owner = (None, None) if kind == "receipts" else (5, "370831")
        taken = {numbered("paid", owner, MAY, one): there for one in "12"}
    return KnownRows(
        codes={CODES[0]: 1, CODES[1]: 2},
        names={"泗水县人民医院": 1, "甲": 2, "乙": None},
        reach=draw.choice((None, frozenset({1, 3}), frozenset({1, 2}))),
        places=PLACES,
        taken=Taken("paid", taken if draw.random() < 0.5 else {}, OWNERS),
        numbers=NUMBERS[: draw.choice((0, 1, 1))],
        today=draw.choice((None, MAY)),
        closed=draw.choice((None, Closed(frozenset({(dt.date(2025, 4, 1), "370831")})))),
        homes=homes,
        everywhere=everywhere,
    )


def spelled(plan: PostingPlan) -> str:
    new = " ".join(f"{one.number}:{project}:{key[:9]}" for one, project, key in plan.new)
    faults = " ".join(f"{one.cell}:{one.value[:12]}:{str(one.text)[:12]}" for one in plan.faults)
    notes = " ".join(f"{one.cell}:{one.value[:12]}:{str(one.text)[:12]}" for one in plan.notes)
    return f"{new} | {plan.existing} {plan.amount_fen} | {faults} | {notes} | {sorted(plan.returned)}"


def test_what_imports_would_do_stays_what_it_was():
    draw, lines = random.Random(31), []
    for number in range(200):
        kind = draw.choice(("projects", "receipts", "payments", "allocations"))
        rows = [made_up(draw, kind, place) for place in range(2, draw.randint(3, 8))]
        plan = make(kind, Read(rows=rows), known(draw, kind), draw.choice((None, "370800", "370831", "990000")))
        if kind == "receipts":
            settle(plan, [one for one in rows if one.amount_fen < 0])
        lines.append(f"{number} {kind} {spelled(plan)}")
    pinned("money_imports_plan", lines)
