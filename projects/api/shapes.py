"""The API's objects: plain JSON, days as 2021-12-31, months as 2021-11, money in fen, percentages in points, words
never instead of keys.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from projects.core.month import format_month
from projects.core.vocabulary import LEDGER_STEPS
from projects.money.ladder.sheet import ProjectMoney
from projects.portfolio.projects.rows import PortfolioRow, TargetRow
from projects.register.projects.tables import Project
from projects.verdicts.facts.facts import StatusRow, lights_by_key
from projects.web.i18n import speak
from projects.works.reports.lines import ReportLine

_STATUS = (
    "state",
    "works_state",
    "works_days",
    "data_state",
    "data_on",
    "slip_days",
    "percent",
    "plan_percent",
    "plan_finish",
    "forecast_finish",
    "forecast_p10",
    "forecast_p90",
    "probability",
    "investment_fen",
    "finding_count",
    "rests_on_sample",
)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def page_of(items: Sequence[Any], total: int, page: int, per_page: int, as_of: dt.date) -> dict[str, Any]:
    """One page of a list; `next` is the number of the next page, null on the last."""
    more = page * per_page < total
    return {
        "as_of": as_of.isoformat(),
        "total": total,
        "page": page,
        "per_page": per_page,
        "next": page + 1 if more else None,
        "items": list(items),
    }


def project_line(row: PortfolioRow) -> dict[str, Any]:
    """A project in a list."""
    head = {name: getattr(row, name) for name in ("slug", "name", "category", "place", "programme", "unit")}
    month = format_month(row.report_month) if row.report_month else None
    return (
        head
        | {name: _plain(getattr(row, name)) for name in _STATUS}
        | {"report_month": month, "lights": lights_by_key(row.lights), "plan_published_later": _plain(row.unpublished)}
    )


def project(found: Project, status: StatusRow | None, targets: Sequence[TargetRow], as_of: dt.date) -> dict[str, Any]:
    """One project with its promises."""
    return {
        "as_of": as_of.isoformat(),
        "slug": found.slug,
        "name": found.name,
        "category": found.category,
        "national_code": found.national_code,
        "place": {"code": found.place_code, "name": found.place.name},
        "unit": found.unit.name if found.unit else None,
        "programme": found.programme.name if found.programme else None,
        "plan": found.document.slug if found.document else None,
        "status": {name: _plain(getattr(status, name)) for name in _STATUS} | {"lights": lights_by_key(status.lights)}
        if status
        else None,
        "targets": [target(row) for row in targets],
    }


def target(row: TargetRow) -> dict[str, Any]:
    """A promise with its clause, verdict and reasons."""
    return row.to_json(speak)


def reports(rows: Sequence[ReportLine]) -> list[dict[str, Any]]:
    """A project's reports, the newest first."""
    return [
        {
            "month": format_month(row.month),
            "revision": row.revision,
            "state": row.state,
            "percent": row.overall,
            "investment_fen": row.investment_fen,
            "approved_on": _plain(row.approved_on),
            "is_sample": row.is_sample,
        }
        for row in rows
    ]


def money(found: ProjectMoney) -> list[dict[str, Any]]:
    """A project's money by source, in all steps of the ladder; the rates are of one source each."""
    rates = ("allocation_rate", "receipt_rate", "payment_rate")
    sums = ("approved", *LEDGER_STEPS)
    return [
        {"source": line.key}
        | {f"{name}_fen": getattr(line, name) for name in sums}
        | {name: getattr(line, name) for name in rates}
        for line in found.ladder.lines
    ]
