"""A promise, its correction, and its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from projects.core.vocabulary import BASES, COMMITMENTS, ENDINGS, GATE_MEASURES, MEASURES, QUANTIFIERS
from projects.people.requests.forms import PromiseAskForm
from projects.register.promises.checks import NOTE, WORDING, PromiseValues, as_typed, basis_of, threshold_of
from projects.web.forms import ChoiceField, DayField, Form
from projects.web.i18n import speak

OF_PROGRAMMES = {key: words for key, words in QUANTIFIERS.items() if key != "project"}


class SaidForm(Form):
    """What is promised, by whatever clause."""

    wording = TextAreaField(
        _l("原文"), validators=[InputRequired(_l("请抄录承诺的原文")), Length(max=WORDING)], render_kw={"rows": 2}
    )
    measure = ChoiceField(_l("承诺内容"), MEASURES, default="complete")
    quantifier = ChoiceField(_l("对象"), QUANTIFIERS, default="project")
    threshold = StringField(_l("要达到"), validators=[Length(max=30)])
    due = DayField(_l("期限"))
    commitment = ChoiceField(_l("语气"), COMMITMENTS, default="none")

    def about(self, *, programme: bool) -> None:
        """Offer what a project's or a programme's promise can be about."""
        if programme:
            self.quantifier.choices = [one for one in self.quantifier.choices if one.value != "project"]
            self.measure.choices = [one for one in self.measure.choices if one.value in GATE_MEASURES]
        else:
            self.quantifier.choices = [one for one in self.quantifier.choices if one.value == "project"]

    def validate_threshold(self, field: Any) -> None:
        """Read the amount in the unit of what is promised."""
        _, problem = threshold_of(field.data or "", self.measure.data, self.quantifier.data)
        if problem:
            raise ValidationError(speak(problem))

    @property
    def values(self) -> PromiseValues:
        """What was typed."""
        measure, quantifier = self.measure.data, self.quantifier.data
        return PromiseValues(
            measure=measure,
            quantifier=quantifier,
            threshold=threshold_of(self.threshold.data or "", measure, quantifier)[0],
            due=self.due.data,
            commitment=self.commitment.data,
            basis=basis_of(measure, quantifier),
            wording=self.wording.data or "",
        )


class _PromiseFields(SaidForm):
    clause_id = ChoiceField(_l("出自"), none=_l("请选择"))
    basis = ChoiceField(_l("口径"), BASES, none=_l("按承诺内容"))
    note = StringField(_l("备注"), validators=[Length(max=NOTE)])

    def of(self, clauses: list[tuple[int, str]], *, programme: bool) -> None:
        """Offer these clauses, and what a project's or a programme's promise can be about."""
        self.clause_id.offer((str(key), words) for key, words in clauses)
        self.about(programme=programme)

    @property
    def values(self) -> PromiseValues:
        """What was typed."""
        said, clause = super().values, self.clause_id.data
        return replace(
            said,
            basis=self.basis.data or said.basis,
            clause_id=int(clause) if clause else None,
            note=self.note.data or "",
        )


class PromiseForm(_PromiseFields):
    pass


class RevisionForm(_PromiseFields, PromiseAskForm):
    pass


class EndForm(PromiseAskForm):
    ended_as = ChoiceField(_l("如何结束"), ENDINGS)


def stored(values: PromiseValues) -> dict[str, Any]:
    """A promise as its form shows it."""
    own = {
        name: getattr(values, name)
        for name in ("measure", "quantifier", "due", "commitment", "basis", "wording", "note")
    }
    return own | {
        "threshold": as_typed(values.threshold, values.measure, values.quantifier),
        "clause_id": str(values.clause_id) if values.clause_id else "",
    }
