"""The form of a stop of the works."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from projects.web.forms import ChoiceField, DayField, Form
from projects.works.stops.checks import EFFECTS


class StopForm(Form):
    """Stopped or went on, since when, and why."""

    effect = ChoiceField(_l("停工或复工"), EFFECTS, validate_choice=False)
    on = DayField(_l("日期"))
    reason = StringField(_l("原因和依据"))

    def entry(self) -> dict[str, str]:
        """What was typed."""
        return {
            "effect": self.effect.data or "",
            "on": self.on.data.isoformat() if self.on.data else "",
            "reason": self.reason.data or "",
        }
