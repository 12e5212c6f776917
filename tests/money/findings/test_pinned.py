"""What the money findings say on many made-up projects, kept whole: rules F-1 to F-22 and F-15, from
docs/rules/money.md.

The figures are small and round, so that they often lie exactly on a limit.
"""

from __future__ import annotations

import datetime as dt
import random

from pins import pinned

from projects.money.findings.assess import assess
from projects.money.findings.deadlines import late_documents, waiting_receipt
from projects.money.findings.extract import shipped, workdays
from projects.money.findings.facts import Cell, ContractFacts, DocumentFacts, MoneyFacts
from projects.money.findings.finding import MoneyFinding
from projects.money.findings.limits import Limit, Limits

SHIPPED = Limits(*shipped())
OWN = Limits(
    [
        *(Limit(f"points_{rule}", rule, "自定", number=0, is_own=True) for rule in ("F-4", "F-5", "F-10", "F-21")),
        *(
            Limit(f"own_{rule}", rule, "自定", number=1, is_own=True)
            for rule in ("F-8", "F-17", "F-18", "F-22", "F-23")
        ),
        Limit("own_F-6", "F-6", "自定", rate=12.5, is_own=True),
        Limit("own_F-7", "F-7", "自定", amount_fen=50, is_own=True),
        Limit("own_F-12", "F-12", "自定", rate=0.5, is_own=True),
        Limit("own_F-13", "F-13", "自定", rate=33.33, is_own=True),
        Limit("own_F-14", "F-14", "自定", rate=0.0, is_own=True),
    ]
)
SOURCES = ("cbi", "central_special", "county", "special_bond", "self", "bank_loan")
PLACES = ("370831", "370800", "360900", "610000", "540100")
DAYS = tuple(map(dt.date.fromisoformat, ("2023-12-30", "2023-12-31", "2024-06-30", "2024-12-31")))


def made_up(draw: random.Random) -> MoneyFacts:
    """A project of small round sums; a tenth of a part is often exactly what a rule allows."""
    chosen = draw.sample(SOURCES, draw.randint(1, 3))
    cells = [
        Cell(
            source,
            step,
            draw.choice((2021, 2022, 2023, None)),
            fen,
            fen - draw.choice((0, 0, 20)),
            fen,
            draw.choice(DAYS),
        )
        for source in chosen
        for step in ("planned", "allocated", "received", "contracted", "paid")
        if (fen := draw.choice((0, 10, 60, 70, 80, 85, 90, 100, 101, 110))) or draw.random() < 0.5
    ]
    composition = {
        (kind, source): draw.choice((0, 1, 50, 90, 100, 110, 200))
        for kind in ("approved_estimate", "feasibility_estimate", "final_account")
        for source in chosen
        if draw.random() < 0.6
    }
    contracts = [
        ContractFacts(
            number,
            f"合同{number}",
            draw.choice(("works", "works", "works", "equipment")),
            draw.choice((dt.date(2017, 7, 1), dt.date(2022, 7, 31), dt.date(2022, 8, 1))),
            draw.choice((None, 0.0, 2.5, 3.0, 3.01, 5.0)),
            draw.choice((0, 100, 333, 1000)),
            draw.choice((0, 79, 80, 81)),
            draw.choice((0, 100, 101)),
        )
        for number in range(draw.randint(0, 2))
    ]
    days = (None, None, dt.date(2023, 9, 30), dt.date(2024, 3, 30), dt.date(2024, 3, 31))
    return MoneyFacts(
        1,
        "a",
        "甲",
        draw.choice(PLACES),
        "某县",
        draw.choice(("hospital", "cdc", "tcm")),
        draw.choice((None, "national_regional_centre")),
        composition=composition,
        cells=tuple(cells),
        contracts=tuple(contracts),
        misused=tuple((source, draw.choice((0, 1, 50)), "旧欠", number) for number, source in enumerate(chosen)),
        percent=draw.choice((None, 0.0, 45.0, 55.0, 70.5)),
        accepted_on=draw.choice(days),
        accounted_on=draw.choice(days),
        built_on=draw.choice(days),
    )


def brief(found: MoneyFinding) -> str:
    return f"{found.rule} {found.source} {found.amount_fen}"


def whole(found: MoneyFinding) -> str:
    return f"{brief(found)} | {found.text} | {found.law}"


def test_the_findings_of_many_projects_stay_what_they_were():
    draw = random.Random(11)
    lines = []
    for number in range(140):
        one, day = made_up(draw), draw.choice(DAYS)
        for name, limits in (("shipped", SHIPPED), ("own", OWN)):
            lines.append(f"{number} {name}: {'; '.join(map(brief, assess(one, day, limits)))}")
    pinned("money_findings_amounts", lines)


def test_the_words_and_laws_of_the_findings_stay_what_they_were():
    draw, seen, lines = random.Random(12), {}, []
    for number in range(200):
        one, day, limits = made_up(draw), draw.choice(DAYS), draw.choice((SHIPPED, OWN))
        for found in assess(one, day, limits):
            key = found.rule, limits is OWN
            seen[key] = seen.get(key, 0) + 1
            if seen[key] <= 4:
                lines.append(f"{number} {whole(found)}")
    pinned("money_findings_words", lines)


def test_late_documents_and_waiting_receipts_stay_what_they_were():
    draw, calendar, lines = random.Random(13), workdays(), []
    days = (dt.date(2024, 1, 31), dt.date(2024, 2, 1), dt.date(2024, 3, 1), dt.date(2031, 9, 26), None)
    for number in range(120):
        since = draw.choice(days[draw.randint(0, 2) :])
        sent = tuple(since and since + dt.timedelta(past) for past in (14, 17, 28, 30, 31))
        one = DocumentFacts(
            number,
            draw.choice(("plan", "plan", "plan", "budget", "budget", "quota")),
            f"文{number}",
            since,
            draw.choice((None, since, since, since)),
            draw.choice((None, 0, 100, 100, 100)),
            draw.choice((0, 100, 100)),
            tuple((draw.choice((None, *sent)), draw.choice((0, 40, 60))) for _ in range(draw.randint(0, 3))),
            None,
        )
        at = (since or DAYS[0]) + dt.timedelta(draw.choice((14, 17, 28, 30, 31, 60)))
        lines.append(f"{number} {'; '.join(map(whole, late_documents(one, at, SHIPPED, calendar)))}")
    for fen in (-1, 0, 1, 1_000_000):
        for past in (0, 1, 29, 30, 31):
            for name, limits in (("shipped", SHIPPED), ("own", OWN)):
                found = waiting_receipt(fen, DAYS[0], "", "院", DAYS[0] + dt.timedelta(past), limits)
                lines.append(f"{fen} {past} {name}: {found and whole(found)}")
    pinned("money_findings_deadlines", lines)
