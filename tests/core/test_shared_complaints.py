"""Features refuse the same mistake in the same words: too long a text, letters nobody can see, a day yet to come."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.core.complaints import day_complaint, text_complaint
from projects.verdicts.rules.checks import check_exemption, check_reason
from projects.works.schedule.checks import ProjectPlan
from projects.works.schedule.checks import check as check_plan
from projects.works.stops.checks import check_stop

TODAY = dt.date(2021, 11, 30)
STOP = {"effect": "stop", "on": "2021-11-01", "reason": "停工令"}
EXEMPTION = {"light": "progress", "until": "2022-03-31", "reason": "防汛停工", "requested_by": "项目单位"}
TAKEN = {
    "stop": (200, lambda text: check_stop(STOP | {"reason": text}, None, TODAY)[1].get("reason")),
    "plan": (500, lambda text: check_plan(ProjectPlan({}), ProjectPlan({}), text).get("reason")),
    "rules": (1000, lambda text: check_reason(text)[1].get("reason")),
    "asker": (120, lambda text: check_exemption(EXEMPTION | {"requested_by": text}, TODAY)[1].get("requested_by")),
}


@pytest.mark.parametrize("where", TAKEN)
def test_a_text_is_refused_alike_everywhere(where: str):
    limit, complaint = TAKEN[where]
    assert complaint("长" * limit) is None
    assert complaint(f" {'长' * limit}\r\n") is None  # what stands around it is not counted
    assert complaint("长" * (limit + 1)) == text_complaint("长" * (limit + 1), limit)
    assert complaint("看不见\x07") == text_complaint("\x07", limit)


@pytest.mark.parametrize("on", ["", "x", "2021-12-01", "1999-12-31"])
def test_a_stop_is_of_a_day_that_has_come(on: str):
    day = dt.date.fromisoformat(on) if len(on) == 10 else None
    assert check_stop(STOP | {"on": on}, None, TODAY)[1] == {"on": day_complaint(day, TODAY)}
