"""What must hold for any schedule: more progress never worsens a forecast, an earlier due day never raises a
probability, no row sees the future.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import NOW, TODAY, make_day, make_gate, make_programme, make_project, make_report, make_target, make_user
from charts import DEFAULT_STAGES, drawn, promise
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import runs

from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import (
    Event,
    Exemption,
    FundingComposition,
    LedgerEntry,
    Project,
    ReferenceVersion,
    RuleChoice,
    RuleSetVersion,
)
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import assess_programme
from projects.verdicts.facts.facts import Observation, RuleSet, Verdict
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.rules.figures import figures_of
from projects.verdicts.rules.operations import load_rule_sets
from projects.verdicts.status.queries import computed

PLAN = "0 10 20 30 40 50 60 70 80 90 100"
MEASURES = st.sampled_from(["progress_pct", "structure_pct", "in_use", "complete", "start", "topped_out"])
LEVELS = st.lists(st.integers(0, 99), min_size=1, max_size=8).map(sorted)
DAY = dt.date(2021, 12, 15)


def stages_at(percent: float) -> dict[str, float]:
    found, before = {}, 0.0
    for stage in DEFAULT_STAGES:
        found[stage.key] = 100 * min(1.0, max(0.0, (percent - before) / stage.weight))
        before += stage.weight
    return found


def facts(levels: list[int]):
    """A project whose stages follow one another, reported with `levels` of the whole."""
    made = drawn("2021-01", plan=PLAN, reported=" ".join(str(level) for level in levels))
    seen = tuple(Observation(one.on, stages_at(one.overall), one.overall) for one in made.observations)
    return replace(made, observations=seen, reference=packaged_reference())


def asked(measure: str, due: dt.date):
    return replace(promise(measure, 50 if measure.endswith("_pct") else None), due=due)


@settings(max_examples=runs(60, 1000), deadline=None)
@given(LEVELS, st.integers(1, 30), MEASURES, st.integers(0, 900))
def test_more_progress_never_worsens_a_verdict(levels: list[int], more: int, measure: str, wait: int):
    target = asked(measure, DAY + dt.timedelta(days=wait))
    before, after = (assess(target, facts(one), DAY) for one in (levels, [*levels[:-1], min(100, levels[-1] + more)]))
    if before.forecast_on and (after.forecast_on or after.met_on):
        assert (after.met_on or after.forecast_on) <= before.forecast_on
    if before.probability is not None and after.probability is not None:
        assert after.probability >= before.probability - 1e-9


@settings(max_examples=runs(60, 1000), deadline=None)
@given(LEVELS, MEASURES, st.integers(0, 900), st.integers(1, 400))
def test_an_earlier_due_day_never_raises_a_probability(levels: list[int], measure: str, wait: int, earlier: int):
    late, early = (
        assess(asked(measure, DAY + dt.timedelta(days=days)), facts(levels), DAY) for days in (wait + earlier, wait)
    )
    if late.probability is not None and early.probability is not None:
        assert early.probability <= late.probability + 1e-9


@settings(max_examples=runs(60, 1000), deadline=None)
@given(LEVELS, MEASURES, st.integers(-300, 900))
def test_the_range_holds_the_median_and_lies_ahead(levels: list[int], measure: str, wait: int):
    made = assess(asked(measure, DAY + dt.timedelta(days=wait)), facts(levels), DAY)
    if made.forecast_on and made.forecast_p10 and made.forecast_p90:
        assert DAY <= made.forecast_p10 <= made.forecast_on <= made.forecast_p90


@pytest.mark.parametrize(
    ("chances", "needed", "chance"), [((50, 50, 50), 2, 50.0), ((90, 10), 1, 91.0), ((100, 0), 1, 100.0)]
)
def test_s11_the_chance_of_a_count_follows_from_its_projects(chances: tuple[float, ...], needed: int, chance: float):
    members = [Verdict("on_track", probability=float(one)) for one in chances]
    target = replace(promise("start", needed, "2021-12-31"), quantifier="count")
    assert assess_programme(target, members, (), dt.date(2021, 6, 30)).probability == pytest.approx(chance)
    unknown = [*members, Verdict("unknown")]
    assert assess_programme(target, unknown, (), dt.date(2021, 6, 30)).probability is None


# --- whole rows -------------------------------------------------------------------------------------------------------

EARLIER = dt.date(2021, 10, 20)


def _report(project: Project) -> None:
    make_report(project, "2021-10", structure=60, foundation=100)


def _correction(project: Project) -> None:
    make_report(
        project,
        "2021-08",
        structure=60,
        foundation=100,
        revision=2,
        approved_on=dt.date(2021, 10, 21),
        correction_reason="x",
    )


def _gate(project: Project) -> None:
    make_gate(project, "in_use", dt.date(2021, 10, 21))


def _add(row: object) -> None:
    with transaction():
        db.session.add(row)


def _stop(project: Project) -> None:
    _add(Event(project_id=project.id, happened_on=dt.date(2021, 10, 21), text="停工", effect="stop", source="x"))


def _stage(project: Project) -> None:
    _add(
        Event(
            project_id=project.id,
            happened_on=dt.date(2021, 10, 21),
            text="封顶",
            stage_key="structure",
            percent=100.0,
            source="x",
        )
    )


def _payment(project: Project) -> None:
    _add(
        LedgerEntry(
            project_id=project.id,
            source="cbi",
            step="paid",
            entry_on=dt.date(2021, 10, 21),
            amount_fen=10**12,
            recorded_at=NOW,
        )
    )


def _exemption(project: Project) -> None:
    days = {"since": dt.date(2021, 10, 21), "until": TODAY}
    _add(
        Exemption(
            project_id=project.id,
            light="progress",
            reason="x",
            requested_by="x",
            approver_id=make_user().id,
            approved_at=NOW,
            **days,
        )
    )


def _version(_project: Project) -> None:
    figures = figures_of(RuleSet(progress_yellow=0.0, progress_red=1.0, behind_days=1))
    _add(
        RuleSetVersion(key="gap", number=2, name="x", figures=figures, adopted_on=dt.date(2021, 10, 21), adopted_at=NOW)
    )


def _choice(project: Project) -> None:
    _add(
        RuleChoice(programme_id=project.programme_id, key="escalating", chosen_on=dt.date(2021, 10, 21), chosen_at=NOW)
    )


def _reference(_project: Project) -> None:
    _add(
        ReferenceVersion(
            made_on=dt.date(2021, 10, 21), made_at=NOW, members=[{"key": "x", "way": [0.5] * 21, "finish": [0.9] * 21}]
        )
    )


LATER: list[Callable[[Project], None]] = [
    _report,
    _correction,
    _gate,
    _stop,
    _stage,
    _payment,
    _exemption,
    _version,
    _choice,
    _reference,
]


@pytest.mark.parametrize("later", LATER, ids=lambda one: one.__name__.strip("_"))
def test_what_comes_later_changes_no_row_as_of_an_earlier_day_and_does_change_today(
    app: Flask, later: Callable[[Project], None]
):
    with app.app_context():
        make_day()
        with transaction():
            load_rule_sets(SYSTEM, NOW)
        programme = make_programme()
        promised = [
            {"threshold": 50, "due": dt.date(2021, 12, 31)},
            {"measure": "in_use", "due": dt.date(2022, 12, 31)},
        ]
        project = make_project("one", programme_id=programme.id, targets=promised)
        make_target(programme, quantifier="count", measure="in_use", threshold=1, due=dt.date(2022, 12, 31))
        make_gate(project)
        _add(FundingComposition(project_id=project.id, source="cbi", amount_fen=10**12))
        for month in ("2021-07", "2021-08"):
            make_report(project, month, foundation=50, structure=5)
        before, today = computed(None, EARLIER), computed(None, TODAY)
        later(project)
        assert computed(None, EARLIER) == before
        assert computed(None, TODAY) != today
