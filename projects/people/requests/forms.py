"""Asking for what two people must want, deciding it, and which acts are such."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from projects.core.vocabulary import TWO_PERSON
from projects.people.requests.rules import Asked
from projects.web.forms import Form, listed


class AskForm(Form):
    reason = TextAreaField(_l("理由"), render_kw={"rows": 2})
    evidence = StringField(_l("依据 (文号或附件名)"), render_kw={"autocomplete": "off"})
    emergency = BooleanField(_l("紧急, 先办后报"))

    def asked(self) -> Asked:
        """What was typed."""
        return Asked(self.reason.data or "", self.evidence.data or "", bool(self.emergency.data))


class DecisionForm(Form):
    words = TextAreaField(_l("意见"), render_kw={"rows": 2})


class Ticks(SelectMultipleField):
    """Several of many, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class TwoPersonForm(AskForm):
    groups = Ticks(_l("要两个人办的事"), choices=listed(TWO_PERSON))

    def __init__(self, groups: Iterable[str]) -> None:
        super().__init__(data={"groups": sorted(groups)})
