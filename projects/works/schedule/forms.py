"""The form of a project's plan."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from projects.people.requests.forms import ChangeForm
from projects.web.forms import DayField
from projects.works.schedule.checks import NAMES, ProjectPlan


class MeasureForm(ChangeForm):
    """Why what a project is measured by is changed, and since when it counts."""

    since = DayField(_l("自何日起生效"))
    reason = TextAreaField(_l("改动理由"), render_kw={"rows": 2})
    why = None  # the reason is that of the change
    version = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    @property
    def reason_field(self) -> str:
        """What this form calls the reason."""
        return "reason"

    def wanted(self) -> dict[str, object]:
        """What was typed, as a request keeps it."""
        return {
            "version": self.version.data,
            "reason": self.reason.data or "",
            "since": self.since.data and self.since.data.isoformat(),
            "backdated_reason": self.backdated_reason.data or "",
        }


def weights_form(stages: Sequence[tuple[int, str, float]]) -> type[MeasureForm]:
    """A form with the name and the weight of each stage, from (id, name, weight)."""

    class WeightsForm(MeasureForm):
        """The stages of one project."""

        def wanted(self) -> dict[str, object]:
            """What was typed, as a request keeps it."""
            typed = {key: [self[f"name_{key}"].data or "", self[f"weight_{key}"].data or ""] for key, _, _ in stages}
            return {**super().wanted(), "stages": typed}

    for key, name, weight in stages:
        setattr(WeightsForm, f"name_{key}", StringField(_l("阶段名称"), default=name))
        setattr(WeightsForm, f"weight_{key}", StringField(_l("权重"), default=f"{weight:g}"))
    return WeightsForm


class PlanForm(ChangeForm):
    """Five dated percentages, two planned gates, floors, since when they count, and why an existing date moves."""

    start = DayField()
    p25 = DayField()
    p50 = DayField()
    p75 = DayField()
    finish = DayField()
    gate_start = DayField()
    gate_in_use = DayField()
    floors = IntegerField(_l("主体结构计划层数"), validators=[Optional()])
    since = DayField(_l("自何日起生效"))
    reason = TextAreaField(_l("改动理由"), render_kw={"rows": 2})
    why = None  # the reason is that of the change
    version = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    def __init__(self, plan: ProjectPlan | None = None, version: int | None = None) -> None:
        super().__init__(data=None if plan is None else {**plan.days, "floors": plan.floors, "version": version})
        for name, words in NAMES.items():
            self[name].label.text = gettext(words)

    @property
    def reason_field(self) -> str:
        """What this form calls the reason."""
        return "reason"

    def wanted(self) -> dict[str, object]:
        """What was typed, as a request keeps it."""
        days = {name: self[name].data and self[name].data.isoformat() for name in NAMES}
        return {
            "version": self.version.data,
            "days": days,
            "floors": self.floors.data,
            "reason": self.reason.data or "",
            "since": self.since.data and self.since.data.isoformat(),
            "backdated_reason": self.backdated_reason.data or "",
        }
