"""Each project's ladder and findings as they stand on a day: worked out from all its money, and as stored.

A stored row is never older than what it says: whatever bears on it is noticed as it is written
(projects/verdicts/renewal), and rows made under other limits than those in force, or of another day, are not read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import FromClause, func, select

from projects import temporary
from projects.core.text import from_json
from projects.core.vocabulary import LADDER_RULES, LEDGER_STEPS
from projects.extensions import db
from projects.money.evidence.queries import budgets, facts_of, limits
from projects.money.findings.assess import assess
from projects.money.findings.finding import MoneyFinding
from projects.money.findings.limits import Limits
from projects.money.receipts.statement import Spent, money_of
from projects.money.standing.tables import CompletionStatus, FindingStatus, LadderStatus, MoneyStatus
from projects.register.projects.tables import Project

MODELS = MoneyStatus, LadderStatus, FindingStatus, CompletionStatus
Row = dict[str, Any]


class MoneyRows(NamedTuple):
    """The rows of each table, whatever the number of projects."""

    status: list[Row]
    ladders: list[Row]
    findings: list[Row]
    completions: list[Row]


class MoneyTables(NamedTuple):
    """The tables of a day, stored or temporary."""

    status: FromClause
    ladders: FromClause
    findings: FromClause
    completions: FromClause


def money_tables(as_of: dt.date) -> MoneyTables:
    """The tables that hold the money of all projects as of a day: the stored ones where every project's was worked out
    for that day under the limits in force, or temporary ones of this transaction, worked out now.
    """
    return MoneyTables(*temporary.tables_of(MODELS, as_of, lambda: _is_stored(as_of), lambda: computed(None, as_of)))


def _is_stored(as_of: dt.date) -> bool:
    own = MoneyStatus
    stored = select(func.count()).where(own.as_of == as_of, own.law == fingerprint(limits())).scalar_subquery()
    return bool(db.session.scalar(select(stored == select(func.count(Project.id)).scalar_subquery())))


def fingerprint(rows: Limits) -> str:
    """The limits in short: every figure takes part, the shipped ones and the installation's own."""
    return hashlib.sha256(repr((rows.rows, sorted(rows.regions.items()))).encode()).hexdigest()[:40]


def computed(ids: Collection[int] | None, as_of: dt.date) -> MoneyRows:
    """The rows of some projects, or of all, from their money itself."""
    rows = limits()
    wanted = [] if ids is None else [Project.id.in_(ids)]
    facts = {one.project_id: one for one in facts_of(wanted, as_of, rows)}
    found, law = MoneyRows([], [], [], completions(budgets(wanted, as_of))), fingerprint(rows)
    for key in db.session.scalars(select(Project.id).where(*wanted).order_by(Project.id)):
        one = facts.get(key)
        said = assess(one, as_of, rows) if one else ()
        of_ladder = [finding.amount_fen for finding in said if finding.rule in LADDER_RULES]
        found.status.append(
            {
                "project_id": key,
                "as_of": as_of,
                "law": law,
                "ladder_count": len(of_ladder),
                "ladder_fen": sum(of_ladder),
                "rests_on_sample": one is not None and one.is_sample,
            }
        )
        found.ladders.extend(
            {"project_id": key, "source": line.key, "approved_fen": line.approved}
            | {f"{step}_fen": getattr(line, step) for step in LEDGER_STEPS}
            for line in (one.ladder.lines if one else ())
        )
        found.findings.extend(
            {"project_id": key, "position": position, **_packed(finding)} for position, finding in enumerate(said)
        )
    return found


def completions(found: Mapping[int, Sequence[Spent]]) -> list[Row]:
    """What of each year's plan each project had paid by the year's end, and since."""
    rows = []
    for key, spent in sorted(found.items()):
        now = money_of(spent)
        for year in sorted(year for year, fen in now.allocated.items() if year and fen):
            then = [one for one in spent if one.step == "allocated" or one.paid_in <= year]
            paid = money_of(then).paid_of(year)
            rows.append(
                {
                    "project_id": key,
                    "year": year,
                    "allocated_fen": now.allocated[year],
                    "paid_fen": paid,
                    "since_fen": now.paid_of(year),
                    "rests_on_sample": any(one.is_sample for one in then),
                }
            )
    return rows


def _packed(finding: MoneyFinding) -> Row:
    return {
        "rule": finding.rule,
        "source": finding.source,
        "amount_fen": finding.amount_fen,
        "text": finding.text.to_json(),
        "basis": finding.basis and finding.basis.to_json(),
    }


def unpacked(row: Any) -> MoneyFinding:
    """The finding that a row of the findings' table holds."""
    return MoneyFinding(row.rule, row.source, row.amount_fen, from_json(row.text), row.basis and from_json(row.basis))
