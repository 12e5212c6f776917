"""Statements and the years of payments on many made-up months, kept whole: rules M-15 and Y-1, from
docs/rules/money.md.
"""

from __future__ import annotations

import datetime as dt
import random

from pins import pinned

from projects.money.receipts.statement import LedgerSum, Money, ReceiptFigures, statement

MONTH = dt.date(2021, 11, 1)
SOURCES = ("cbi", "county", "self")


def receipt(draw: random.Random) -> ReceiptFigures:
    matched = {source: draw.choice((0, 10, 20)) for source in draw.sample(SOURCES, draw.randint(0, 2))}
    return ReceiptFigures(MONTH, draw.choice((40, 50)), draw.choice((None, *SOURCES)), matched, draw.choice((0, 0, 5)))


def test_the_statements_of_many_months_stay_what_they_were():
    draw, lines = random.Random(51), []
    for number in range(60):
        before = [receipt(draw) for _ in range(draw.randint(0, 2))]
        ledger = [
            LedgerSum(source, step, draw.choice((0, 70)), draw.choice((0, 30)), draw.choice((0, 7)))
            for source in SOURCES
            for step in ("allocated", "received", "paid", "planned")
            if draw.random() < 0.5
        ]
        now = [*before, *(receipt(draw) for _ in range(draw.randint(0, 2)))]
        made = statement(MONTH, "370800", now, before, ledger)
        rows = " ".join(
            f"{source}({','.join(str(fen) for fen in figures.values())})" for source, figures in made.figures.items()
        )
        lines.append(f"{number} {rows} {made.seal}")
    pinned("money_receipts_statement", lines)


def test_the_years_that_payments_belong_to_stay_what_they_were():
    draw, lines = random.Random(52), []
    for _ in range(200):
        allocated = {year: draw.choice((1, 10, 20, -5)) for year in draw.sample(range(2018, 2022), draw.randint(0, 3))}
        paid = {year: draw.choice((0, 1, 10, 15, -5)) for year in draw.sample(range(2018, 2022), draw.randint(0, 2))}
        money = Money(allocated, paid, draw.choice((-30, -10, -1, 0, 1, 10, 15, 30)))
        years = " ".join(str(money.paid_of(year)) for year in range(2018, 2023))
        lines.append(f"{allocated} {paid} {money.bare_fen}: {years}")
    pinned("money_receipts_years", lines)
