"""Reads the verdicts of one project or programme as they stand in the open transaction, for requests to compare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from projects.core.text import N_, Text
from projects.core.vocabulary import PROJECT_LIGHTS, SIGNALS, STATES, WORKS_STATES
from projects.extensions import db
from projects.people.requests.effects import standing
from projects.people.requests.kinds import Effect
from projects.register.promises.tables import Target
from projects.verdicts.facts.facts import StatusRow, TargetStatusRow, lights_by_key
from projects.verdicts.status.queries import computed


def verdicts_of(effect: Effect, day: dt.date) -> list[dict[str, Any]]:
    """Each promise of the project, and of its programme, that stands; the works; their end; the four lights; what is
    found about approvals. Worked out anew from the rows as they are now.
    """
    if effect.project_id is not None:
        status, targets = computed({effect.project_id}, day)
    else:
        status, targets = computed((), day, () if effect.programme_id is None else {effect.programme_id})
    words = _words([row.target_id for row in targets])
    found = [_promise(row, words[row.target_id]) for row in targets]
    return [*found, *(line for row in status for line in _works(row))]


def _words(ids: list[int]) -> Mapping[int, str]:
    rows = db.session.execute(select(Target.id, Target.wording).where(Target.id.in_(ids)))
    return {row.id: row.wording for row in rows}


def _promise(row: TargetStatusRow, wording: str) -> dict[str, Any]:
    day = row.met_on or row.met_by or row.forecast_on
    what = Text(N_("承诺: %(wording)s"), {"wording": wording})
    return standing(f"promise-{row.target_id}", what, Text(STATES[row.state]), day, row.slip_days)


def _works(row: StatusRow) -> list[dict[str, Any]]:
    lights = lights_by_key(row.lights)
    finish = row.actual_finish or row.forecast_finish
    ends = N_("完工日") if row.actual_finish else N_("预计") if finish else STATES["unknown"]
    percents = {"done": row.percent or 0.0, "planned": row.plan_percent or 0.0}
    return [
        standing("works", Text(N_("施工对照计划")), Text(WORKS_STATES[row.works_state]), None, row.works_days),
        standing("finish", Text(N_("完工")), Text(ends), finish),
        standing("percents", Text(N_("已报与计划进度")), Text(N_("%(done)s%%, 计划 %(planned)s%%"), percents)),
        *(
            standing(f"light-{key}", Text(N_("%(name)s灯"), {"name": Text(word)}), Text(SIGNALS[lights[key]]))
            for key, word in PROJECT_LIGHTS.items()
        ),
        standing("findings", Text(N_("审批与验收的问题")), Text(N_("%(count)s 处"), {"count": row.finding_count})),
    ]
