"""Ladders of many made-up projects, kept whole: rules M-4 to M-8, from docs/rules/money.md."""

from __future__ import annotations

import datetime as dt
import random

from pins import pinned

from projects.core.vocabulary import LEDGER_STEPS
from projects.money.ladder.sums import PostedSum, Rung, approved, gather, ladder, sums

SOURCES = ("cbi", "central_special", "county", "self")
DAY = dt.date(2021, 11, 30)


def spelled(one: Rung) -> str:
    rates = [getattr(one, name, None) for name in ("allocation_rate", "receipt_rate", "payment_rate")]
    return f"{getattr(one, 'key', 'total')} {one.approved} {[getattr(one, step) for step in LEDGER_STEPS]} {rates}"


def test_the_ladders_of_many_projects_stay_what_they_were():
    draw, lines, all_lines = random.Random(61), [], []
    for number in range(45):
        composition = {
            (kind, source): draw.choice((0, 1, 300, 1000))
            for kind in draw.sample(("approved_estimate", "feasibility_estimate", "final_account"), 2)
            for source in draw.sample(SOURCES, draw.randint(0, 2))
        }
        entries = [
            PostedSum(
                draw.choice(SOURCES),
                draw.choice(list(LEDGER_STEPS)),
                DAY + dt.timedelta(draw.choice((-1, 0, 1))),
                draw.choice((1, 100, 999, -1)),
            )
            for _ in range(draw.randint(0, 9))
        ]
        kind, given = approved(composition)
        one = ladder(given, sums(entries, DAY))
        all_lines += one.lines
        lines.append(f"{number} {kind} {spelled(one.total)}")
        lines += [f"  {spelled(line)}" for line in (*one.lines, one.central, one.local)]
    whole = gather(all_lines)
    lines += [spelled(line) for line in (*whole.lines, whole.central, whole.local, whole.total)]
    pinned("money_ladder_sums", lines)
