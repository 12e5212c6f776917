"""Forms of findings: what becomes of one, and an installation's own figure of a cap or deadline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from projects.core.text import N_, Text
from projects.core.vocabulary import FINDING_STATES
from projects.money.findings.names import REGIONS
from projects.people.requests.forms import AskForm
from projects.web.forms import ChoiceField, DayField, Form
from projects.web.i18n import speak

_FIGURE = re.compile(r"\d{1,15}(\.\d{1,2})?", re.ASCII)


class HandlingForm(Form):
    seen = IntegerField(validators=[Optional()], widget=HiddenInput())
    state = ChoiceField(_l("处理"), FINDING_STATES, default="handling")
    owner = StringField(_l("责任人或单位"), validators=[Length(max=60, message=_l("最多 60 字"))])
    note = TextAreaField(
        _l("理由或办理结果"), validators=[Length(max=400, message=_l("最多 400 字"))], render_kw={"rows": 3}
    )
    until = DayField(_l("豁免到"))


class LimitForm(AskForm):
    seen = HiddenField()
    value = StringField(_l("本单位的数"), render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20})
    law = StringField(_l("依据"), validators=[Length(max=200, message=_l("最多 200 字"))])
    region = ChoiceField(
        _l("地区"),
        REGIONS,
        _l("(不限)"),
        default="",
    )
    programme = ChoiceField(_l("项目类别或项目群"), none=_l("(不限)"), default="")
    valid_from = DayField(_l("从哪天起"))
    valid_to = DayField(_l("到哪天止"))

    def ask_kinds(self, kinds: Mapping[str, str]) -> None:
        """Offer these kinds of projects, by key."""
        self.programme.offer(kinds.items())

    @property
    def figure(self) -> Decimal | None:
        typed = (self.value.data or "").strip()
        return Decimal(typed) if typed and not self.value.errors else None

    def validate_value(self, field: Field) -> None:
        typed = (field.data or "").strip()
        if typed and not _FIGURE.fullmatch(typed):
            raise ValidationError(speak(Text(N_("“%(text)s”不是数"), {"text": typed[:40]})))
