"""Forms of rule sets and exemptions.

All fields are texts; what they mean is read by figures.py and checks.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from projects.core.vocabulary import PROJECT_LIGHTS, RULE_FAMILIES
from projects.people.requests.forms import AskForm
from projects.verdicts.rules.figures import FIGURES
from projects.web.forms import ChoiceField, DayField, Form

NO_ENTRY = frozenset({"seen", "csrf_token", "evidence", "emergency"})
NUMBER = {"inputmode": "decimal", "autocomplete": "off", "size": "6", "class": "num"}


class RuleSetForm(AskForm):
    """The figures of a rule set, why they change, and the version seen."""

    seen = HiddenField()
    progress_kind = ChoiceField(_l("进度灯的办法"), RULE_FAMILIES, validate_choice=False)
    reason = TextAreaField(_l("采用理由"), render_kw={"rows": 2})

    def __init__(self, entry: Mapping[str, Any] | None = None) -> None:
        super().__init__(data=dict(entry) if entry else None)
        for name, figure in FIGURES.items():
            self[name].label.text = gettext(figure.words)

    def entry(self) -> dict[str, str]:
        """What was typed."""
        return {name: str(field.data or "") for name, field in self._fields.items() if name not in NO_ENTRY}

    @property
    def seen_number(self) -> int:
        """The version the person has seen; -1, which no version has, where it is none."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1

    @property
    def figures(self) -> list[tuple[Field, str]]:
        """The fields of the figures with their units."""
        return [(self[name], gettext(figure.unit) if figure.unit else "") for name, figure in FIGURES.items()]


for _name in FIGURES:
    setattr(RuleSetForm, _name, StringField(render_kw=NUMBER))


class ChoiceForm(AskForm):
    """Which set a programme follows from today on; `seen` is the newest choice of any that the person knew of."""

    seen = IntegerField(validators=[Optional()], widget=HiddenInput())
    programme = ChoiceField(_l("项目群"), none=_l("全部项目 (没有另选的)"), validate_choice=False)
    key = ChoiceField(_l("规则"), validate_choice=False)
    reason = TextAreaField(_l("理由"), render_kw={"rows": 2})


class ExemptionForm(Form):
    """A light taken out of the count."""

    light = ChoiceField(_l("豁免哪个灯"), PROJECT_LIGHTS, validate_choice=False)
    until = DayField(_l("截止日期"))
    requested_by = StringField(_l("申请人"))
    reason = TextAreaField(_l("豁免理由"), render_kw={"rows": 2})

    def entry(self) -> dict[str, str]:
        """What was typed."""
        until = self.until.data.isoformat() if self.until.data else ""
        return {
            "light": self.light.data or "",
            "until": until,
            "requested_by": self.requested_by.data or "",
            "reason": self.reason.data or "",
        }
