"""Loading and clearing the samples of lights."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update

from projects.extensions import db
from projects.people.accounts.tables import User
from projects.register.projects.tables import Programme
from projects.samples.rules.samples import CHOICES, EXEMPTIONS, NOT_ENTERED, STOPS
from projects.verdicts.rules.tables import Exemption, RuleChoice, RuleSetVersion
from projects.works.reports.tables import MonthlyReport
from projects.works.stops.tables import Event


def load_rules(
    projects: Mapping[str, int], begun: Collection[str], people: Mapping[str, User], now: dt.datetime
) -> None:
    """Say in the sample reports of projects whose works have begun whether they are in the statistics, and add the
    other samples.
    """
    for slug in begun:
        if slug in projects:
            told = {"in_statistics": slug not in NOT_ENTERED, "statistics_reason": NOT_ENTERED.get(slug, "")}
            db.session.execute(
                update(MonthlyReport)
                .where(MonthlyReport.project_id == projects[slug], MonthlyReport.is_sample)
                .values(**told)
            )
    for slug, light, reason, asker, since, until in EXEMPTIONS:
        if slug in projects:
            values = {
                "light": light,
                "reason": reason,
                "requested_by": asker,
                "since": since,
                "until": until,
                "is_sample": True,
            }
            db.session.add(
                Exemption(project_id=projects[slug], approver_id=people["dispatcher"].id, approved_at=now, **values)
            )
    programmes = {row.slug: row.id for row in db.session.execute(select(Programme.slug, Programme.id))}
    for slug, key, reason, since in CHOICES:
        if slug in programmes:
            db.session.add(
                RuleChoice(
                    programme_id=programmes[slug],
                    key=key,
                    reason=reason,
                    chosen_on=since,
                    chosen_at=now,
                    is_sample=True,
                )
            )
    for slug, stopped, resumed, why in STOPS:
        for effect, day in (("stop", stopped), ("resume", resumed)):
            if slug in projects:
                db.session.add(
                    Event(
                        project_id=projects[slug],
                        happened_on=day,
                        text=why,
                        effect=effect,
                        source="示例",
                        is_sample=True,
                    )
                )
    db.session.flush()


def clear_rules() -> Counter[str]:
    """Remove the sample rows; the events go with all other sample events."""
    tables = (Exemption, RuleChoice, RuleSetVersion)
    gone = {
        table.__tablename__: cast(
            "CursorResult[Any]", db.session.execute(delete(table).where(table.is_sample))
        ).rowcount
        for table in tables
    }
    return Counter(gone)
