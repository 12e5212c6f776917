"""Asking for what two people must want, deciding it, and which acts are such."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FileField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from projects.core.vocabulary import APPROVALS, CHANGES, TWO_PERSON
from projects.people.requests.rules import Asked
from projects.web.forms import Form, listed


class AskForm(Form):
    reason = TextAreaField(_l("理由"), render_kw={"rows": 2})
    evidence = StringField(_l("依据 (文号或附件名)"), render_kw={"autocomplete": "off"})
    emergency = BooleanField(_l("紧急, 先办后报"))

    def asked(self) -> Asked:
        """What was typed."""
        return Asked(self.reason.data or "", self.evidence.data or "", bool(self.emergency.data))


class ScanForm(Form):
    """The base of a form whose change comes with a photo or a PDF of what it rests on."""

    scan = FileField(_l("扫描件"))


class PromiseAskForm(AskForm, ScanForm):
    """The base of a form whose change of what was promised another person agrees to."""


class ChangeForm(ScanForm):
    """The base of a form whose change of a project's facts another person approves: why, on the strength of what,
    whether it can't wait, and why it counts from a day in a month that was closed.
    """

    why = TextAreaField(_l("申请理由"), render_kw={"rows": 2})
    evidence = StringField(_l("依据 (文号或附件名)"), render_kw={"autocomplete": "off"})
    emergency = BooleanField(_l("紧急, 先办后报"))
    backdated_reason = TextAreaField(_l("追溯的理由"), render_kw={"rows": 2})

    @property
    def reason_field(self) -> str:
        """What this form calls the reason."""
        return "why"

    def asked(self) -> Asked:
        """What was typed."""
        reason: Field = self[self.reason_field]
        return Asked(reason.data or "", self.evidence.data or "", bool(self.emergency.data), self.reason_field)


class DecisionForm(Form):
    words = TextAreaField(_l("意见"), render_kw={"rows": 2})


OTHERS = {group: word for group, word in TWO_PERSON.items() if group not in CHANGES}


class Ticks(SelectMultipleField):
    """Several of many, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class TwoPersonForm(AskForm):
    groups = Ticks(_l("要两个人办的事"), choices=listed(OTHERS))

    def __init__(self, steps: Mapping[str, int]) -> None:
        ticked = sorted(group for group in OTHERS if steps.get(group))
        super().__init__(data={"groups": ticked, **{f"steps_{group}": str(steps.get(group, 1)) for group in CHANGES}})

    @property
    def changes(self) -> list[Field]:
        """For each group of changes of a project, how many approve them."""
        return [self[f"steps_{group}"] for group in CHANGES]

    def wanted(self) -> dict[str, object]:
        """What was chosen, as the request keeps it."""
        steps = {
            group: int(self[f"steps_{group}"].data) for group in CHANGES if self[f"steps_{group}"].data in APPROVALS
        }
        return {"groups": sorted(set(self.groups.data or ())), "steps": steps}


for _group, _word in CHANGES.items():
    setattr(TwoPersonForm, f"steps_{_group}", SelectField(_l(_word), choices=listed(APPROVALS), validate_choice=False))
