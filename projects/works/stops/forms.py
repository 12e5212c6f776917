"""The forms of a stop of the works: a new record, and the correction of one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from projects.people.requests.forms import ChangeForm
from projects.web.forms import ChoiceField, DayField
from projects.works.stops.checks import EFFECTS


class StopForm(ChangeForm):
    """Stopped or went on, since when, until when presumably, and why."""

    effect = ChoiceField(_l("停工或复工"), EFFECTS, validate_choice=False)
    on = DayField(_l("日期"))
    expected = DayField(_l("预计复工日"))
    reason = StringField(_l("原因和依据"))

    def entry(self) -> dict[str, str]:
        """What was typed."""
        return {"effect": self.effect.data or "", **_content(self)}


class CorrectionForm(ChangeForm):
    """Another day, expected day or reason of a record, and why; `seen` is the record's content as the person saw it."""

    on = DayField(_l("日期"))
    expected = DayField(_l("预计复工日"))
    reason = StringField(_l("原因和依据"))
    why = StringField(_l("更正或撤销的理由"))
    seen = HiddenField()

    def entry(self) -> dict[str, str]:
        """What was typed."""
        return {"why": self.why.data or "", **_content(self)}


def _content(form: StopForm | CorrectionForm) -> dict[str, str]:
    return {
        "on": form.on.data.isoformat() if form.on.data else "",
        "expected": form.expected.data.isoformat() if form.expected.data else "",
        "reason": form.reason.data or "",
        "backdated_reason": form.backdated_reason.data or "",
    }
