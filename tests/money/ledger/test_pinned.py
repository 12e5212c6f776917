"""What may be posted of many made-up postings, kept whole: rules M-9 to M-14, from docs/rules/money.md."""

from __future__ import annotations

import datetime as dt
import random

from pins import pinned

from projects.money.ledger.closing import Closed
from projects.money.ledger.numbers import numbered
from projects.money.ledger.posting import Book, DocumentState, LineState, Posting, ReceiptState

TODAY = dt.date(2021, 11, 30)
SOURCES = ("cbi", "cbi", "county")


def book(draw: random.Random) -> Book:
    lines = {
        number: LineState(
            draw.choice((1, 1, 2)),
            draw.choice(SOURCES),
            draw.choice((0, 99, 100, 101, 250)),
            draw.choice((None, 5, 5)),
            draw.choice((None, 2020)),
            draw.random() < 0.3,
            draw.random() < 0.9,
        )
        for number in (1, 9)
    }
    return Book(
        TODAY,
        Closed(frozenset(draw.choice((set(), {(dt.date(2021, 10, 1), "370800")})))),
        {1: "370831", 2: "360000"},
        lines=lines,
        receipts={1: ReceiptState(draw.choice((0, 99, 100, 101)), draw.random() < 0.3, draw.random() < 0.9)},
        documents={
            1: DocumentState(draw.choice((None, 5, 5, 4)), draw.choice((None, 2019)), "文", draw.random() < 0.3)
        },
        contracts={1: (draw.choice((1, 1, 2)), draw.random() < 0.3)},
        taken={numbered("paid", (None, "370831"), TODAY, "1")},
        sums={(1, "cbi", "paid"): draw.choice((0, 99, 100))},
    )


def posting(draw: random.Random) -> Posting:
    kind = draw.choice(("normal", "normal", "normal", "refund", "correction"))
    sign = -1 if kind == "refund" or (kind == "correction" and draw.random() < 0.5) else 1
    return Posting(
        draw.choice(SOURCES),
        draw.choice(("received", "received", "paid", "allocated", "planned", "contracted")),
        draw.choice((TODAY, TODAY, dt.date(2021, 10, 31))),
        sign * draw.choice((1, 99, 100, 101)),
        memo=draw.choice(("", "更正")),
        kind=kind,
        budget_year=draw.choice((None, None, 2018)),
        external_id=draw.choice(("", "", "1", "2")),
        document_id=draw.choice((None, None, 1)),
        allocation_id=draw.choice((None, 1, 9)),
        receipt_id=draw.choice((None, None, 1)),
        contract_id=draw.choice((None, None, None, 1)),
    )


def test_what_batches_may_post_stays_what_it_was():
    draw, lines = random.Random(41), []
    for number in range(60):
        own, said = book(draw), []
        for _ in range(8):
            project, one = draw.choice((1, 1, 1, 2)), posting(draw)
            wrong = own.complaints(project, one)
            if wrong:
                said.append(" ".join(f"{name}={str(text)[:24]}" for name, text in wrong.items()))
            else:
                said.append(f"taken {own.take(project, one):d} {own.year(one)}")
        left = [line.left_fen for line in (*own.lines.values(), *own.receipts.values())]
        lines.append(f"{number} {'; '.join(said)} | {left} {sorted(own.sums.items())}")
    pinned("money_ledger_posting", lines)
