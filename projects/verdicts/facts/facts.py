"""What a verdict is made from, and what it says: plain values, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from projects.core.text import Text, from_json
from projects.core.vocabulary import PROJECT_LIGHTS, SIGNAL_OF
from projects.verdicts.facts.curve import PlanCurve, StagePlan
from projects.verdicts.facts.pauses import NEVER, Pauses
from projects.verdicts.forecast.reference import Reference

DEFAULT = "gap"  # the rule set that is followed where nobody chose one


@dataclass(frozen=True)
class RuleSet:
    """Figures of the verdicts and lights, versioned; days unless said otherwise. Reasons: docs/rules/slippage.md and
    docs/rules/lights.md.

    Without a database these are the figures of the shipped default, projects/data/rule_sets.yaml.
    """

    name: str = "gap-1"
    early_days: int = 15  # met at least so long before the due day: early
    behind_days: int = 30  # a gate without a record so long after its planned day waits; without a chance, S-9
    stale_days: int = 62  # reports without progress for longer: a stall (S-10); newest report older: L-2
    kept_from: float = 80.0  # chance in percent from which a promise will be kept
    risk_from: float = 50.0  # from which it is at risk, below: behind
    fresh_days: int = 45  # newest data older: late
    silent_days: int = 90  # older: silent
    silent_months: int = 2  # so many months without their report: silent
    report_day: int = 5  # the day of the next month by which a month's report is due
    works_days: int = 15  # so many days before or after their plan: ahead, behind
    stop_days: int = 180  # how long works that stop usually stand still
    leap_points: float = 20.0  # more points a month between a report and a completion are not believed
    pace_months: int = 3  # actual pace looks back so many months
    tally_yellow: float = 80.0  # a programme's count against pro-rata, percent
    tally_red: float = 60.0
    progress_kind: str = "gap"  # behind plan in points, or "ratio": reported as a percent of plan
    progress_yellow: float = 10.0  # gap: at least so many points behind; ratio: below so many percent
    progress_red: float = 30.0  # gap: more points behind; ratio: below so many percent
    progress_running: int = 0  # so many months running not green are red; 0: never
    start_yellow: int = 1  # months missed since the planned month of the start, itself included
    start_red: int = 3
    money_ahead: float = 15.0  # paid share of the approved sum above reported progress by more points: red
    entry_yellow: int = 1  # months since the start without being entered in the statistics
    entry_red: int = 2


@dataclass(frozen=True)
class RuleBook:
    """The rule sets in force on a day, by key, and which of them a programme follows (None: all without a choice of
    their own).
    """

    sets: Mapping[str, RuleSet] = field(default_factory=dict)
    choices: Mapping[int | None, str] = field(default_factory=dict)

    def of(self, programme_id: int | None) -> RuleSet:
        """The rules of a programme's projects; the built-in ones where nothing was ever adopted."""
        key = self.choices.get(programme_id) or self.choices.get(None) or DEFAULT
        return self.sets.get(key) or self.sets.get(DEFAULT) or RuleSet()

    def with_set(self, key: str, rules: RuleSet) -> RuleBook:
        """The book as it would be with another version of a set."""
        return replace(self, sets={**self.sets, key: rules})

    def with_choice(self, programme_id: int | None, key: str) -> RuleBook:
        """The book as it would be after a programme's other choice."""
        return replace(self, choices={**self.choices, programme_id: key})


def rule_set(key: str, number: int, figures: Mapping[str, Any]) -> RuleSet:
    """The stored figures of a version as the rules take them; what a version left open is the built-in default."""
    known = {name: value for name, value in figures.items() if name in RuleSet.__dataclass_fields__ and name != "name"}
    return RuleSet(name=f"{key}-{number}", **known)


@dataclass(frozen=True)
class Observation:
    """What was known on a day: percents of stages, overall percent, cumulative investment in fen; from a report or a
    recorded event.
    """

    on: dt.date
    stages: Mapping[str, float] = field(default_factory=dict)
    overall: float | None = None
    investment_fen: int | None = None
    is_report: bool = True
    is_sample: bool = False
    in_statistics: bool | None = None
    statistics_reason: str = ""


@dataclass(frozen=True)
class DatedFigure:
    """A figure on a day."""

    on: dt.date
    value: float
    is_sample: bool = False


@dataclass(frozen=True)
class GateFact:
    """A gate passed on a day; `precision` day, month or year (a month-precise day is the month's last)."""

    on: dt.date
    precision: str = "day"
    is_sample: bool = False


@dataclass(frozen=True)
class TargetFacts:
    """A target: `threshold` in percent, fen or a number, as its measure says."""

    key: str
    measure: str
    quantifier: str
    threshold: float | None
    due: dt.date | None
    commitment: str


def in_own_unit(measure: str, quantifier: str, stored: int | None) -> float | None:
    """A stored threshold or figure in its own unit: percents are stored in hundredths, counts and fen as they are."""
    if stored is None:
        return None
    return float(stored) if quantifier == "count" or measure == "investment" else stored / 100


@dataclass(frozen=True)
class ProjectFacts:
    """What is known of a project: plan, observations in order of days, gates passed, planned days of gates.

    `reference` is the class of finished projects that forecasts lean on; without one they are plain earned schedule.
    `stops` are the suspensions, by which the planned days have been moved already; `pauses` are the days lost by them,
    and `as_planned` is the curve before it was moved (None: it never was). `dropped_on` and `archived_on` say since
    when the project is so (None: it is not); nothing that came after it was dropped is among the facts (S-27).
    """

    curve: PlanCurve | None
    stages: tuple[StagePlan, ...]
    observations: tuple[Observation, ...]
    gates: Mapping[str, GateFact]
    gate_plans: Mapping[str, dt.date]
    plan_is_sample: bool = False
    reference: Reference | None = None
    stops: tuple[tuple[dt.date, dt.date | None], ...] = ()
    pauses: Pauses = NEVER
    as_planned: PlanCurve | None = None
    dropped_on: dt.date | None = None
    archived_on: dt.date | None = None

    def seen(self, as_of: dt.date) -> tuple[Observation, ...]:
        """What was observed up to a day."""
        return tuple(one for one in self.observations if one.on <= as_of)

    def passed(self, as_of: dt.date) -> dict[str, GateFact]:
        """The gates passed by a day."""
        return {key: gate for key, gate in self.gates.items() if gate.on <= as_of}

    @property
    def worked_curve(self) -> PlanCurve | None:
        """The plan in days of work: as it was before suspensions moved it."""
        return self.as_planned or self.curve


@dataclass(frozen=True)
class Verdict:
    """State (vocabulary STATES), slip in days (positive is late), the days it rests on, paces in points a month, and
    the reasons in words.

    `met_on` is the day it was met; where evidence only says by when at the latest, `met_by` alone, and the slip of what
    was met late is the most that it can be.
    """

    state: str
    slip_days: int | None = None
    forecast_on: dt.date | None = None
    met_on: dt.date | None = None
    current: float | None = None
    required_pace: float | None = None
    actual_pace: float | None = None
    reasons: tuple[Text, ...] = ()
    rests_on_sample: bool = False
    forecast_p10: dt.date | None = None
    forecast_p90: dt.date | None = None
    probability: float | None = None  # percent
    met_by: dt.date | None = None


@dataclass(frozen=True)
class WorksVerdict:
    """The works against their own plan: a state (vocabulary WORKS_STATES), days (positive is behind) where they can be
    told.
    """

    state: str
    days: int | None = None


@dataclass(frozen=True)
class DataVerdict:
    """How fresh what is known is: a state (vocabulary DATA_STATES), the newest day and its age in days."""

    state: str
    since: dt.date | None = None
    age: int | None = None

    @property
    def is_usable(self) -> bool:
        """Whether a chance or a day may be told from it."""
        return self.state in {"fresh", "late"}


@dataclass(frozen=True)
class ProjectVerdict:
    """A project as of a day: the worst of its promises, the works against their plan, how fresh the data are, and
    where the whole stands.
    """

    state: str
    slip_days: int | None
    percent: float | None
    plan_percent: float | None
    actual_start: dt.date | None
    actual_finish: dt.date | None
    forecast_finish: dt.date | None
    worst: str | None
    investment_fen: int | None
    rests_on_sample: bool
    works: WorksVerdict
    data: DataVerdict
    forecast_p10: dt.date | None = None
    forecast_p90: dt.date | None = None
    probability: float | None = None  # percent, of the promise that decides
    finish_chance: float | None = None  # percent, of the plan's own finish

    def finish_slip(self, planned: dt.date | None) -> int | None:
        """Days by which the finish, actual or forecast, is later than planned; None where either is not known."""
        finish = self.actual_finish or self.forecast_finish
        return (finish - planned).days if finish and planned else None


@dataclass(frozen=True)
class ReportRef:
    """The newest approved report of a project as of a day."""

    id: int
    month: dt.date


def lights_by_key(letters: str) -> dict[str, str]:
    """The signals of the four lights that a status row stores as letters."""
    return {key: SIGNAL_OF[letter] for key, letter in zip(PROJECT_LIGHTS, letters, strict=True)}


@dataclass(frozen=True)
class StatusRow:
    """A project's verdict as of a day, as stored in ProjectStatus or computed live."""

    project_id: int
    as_of: dt.date
    place_code: str
    programme_id: int | None
    state: str
    works_state: str
    works_days: int | None
    data_state: str
    data_on: dt.date | None
    severity: int
    lag_days: int | None
    slip_days: int | None
    percent: float | None
    plan_percent: float | None
    plan_kind: str
    plan_start: dt.date | None
    plan_finish: dt.date | None
    actual_start: dt.date | None
    actual_finish: dt.date | None
    forecast_finish: dt.date | None
    forecast_p10: dt.date | None
    forecast_p90: dt.date | None
    probability: float | None
    light: str
    lights: str
    light_reasons: Sequence[dict[str, Any]]
    report_id: int | None
    report_month: dt.date | None
    investment_fen: int | None
    target_id: int | None
    finding_count: int
    rests_on_sample: bool
    rule_set: str

    @property
    def four_lights(self) -> list[tuple[str, str, Text]]:
        """Each light's key, its signal and its reason in words, in their order."""
        return [
            (key, SIGNAL_OF[letter], from_json(reason))
            for key, letter, reason in zip(PROJECT_LIGHTS, self.lights, self.light_reasons, strict=False)
        ]


@dataclass(frozen=True)
class TargetStatusRow:
    """A target's verdict as of a day, as stored in TargetStatus or computed live; paces in points a month, `current` in
    the threshold's stored unit.
    """

    target_id: int
    as_of: dt.date
    state: str
    slip_days: int | None
    forecast_on: dt.date | None
    forecast_p10: dt.date | None
    forecast_p90: dt.date | None
    probability: float | None
    met_on: dt.date | None
    met_by: dt.date | None
    current: int | None
    required_pace: float | None
    actual_pace: float | None
    reasons: Sequence[dict[str, Any]]
    rests_on_sample: bool
    rule_set: str

    @property
    def words(self) -> list[Text]:
        """The reasons as texts."""
        return [from_json(packed) for packed in self.reasons]
