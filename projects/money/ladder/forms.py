"""Forms of money: one ledger entry, its reversal, one approved amount.

Amounts are read exactly or refused, never guessed.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from projects.core.money import FEN_PER, parse_fen
from projects.core.text import N_, Text
from projects.core.vocabulary import ESTIMATE_KINDS, FUNDING_SOURCES, LEDGER_KINDS, LEDGER_STEPS
from projects.people.requests.forms import ChangeForm
from projects.web.forms import ChoiceField, DayField, Form
from projects.web.i18n import speak

UNITS = {"万元": N_("万元"), "元": N_("元"), "亿元": N_("亿元")}


class AmountForm(Form):
    """A form with an amount in a unit; `fen` is what it says, None where it is empty."""

    amount = StringField(_l("金额"), render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 40})
    unit = ChoiceField(_l("单位"), UNITS)

    @property
    def fen(self) -> int | None:
        typed = (self.amount.data or "").strip()
        return parse_fen(typed, self.unit.data) if typed else None

    def validate_amount(self, field: Field) -> None:
        if self.unit.data not in FEN_PER:
            return  # the unit's own message stands
        try:
            _ = self.fen
        except ValueError:
            text = Text(
                N_("“%(text)s”不是可用的金额: 请写成 1234.56 这样的数, 最小到分; 不用科学计数、全角数字或其他符号"),
                {"text": field.data.strip()[:40]},
            )
            raise ValidationError(speak(text)) from None


class EntryForm(AmountForm):
    """A step of money; `confirmed` is asked for only where the same entry stands already."""

    step = ChoiceField(_l("环节"), LEDGER_STEPS)
    source = ChoiceField(_l("资金来源"), FUNDING_SOURCES)
    on = DayField(_l("日期"))
    document_number = StringField(_l("文号"), validators=[Length(max=80, message=_l("最多 80 字"))])
    memo = StringField(_l("摘要"), validators=[Length(max=200, message=_l("最多 200 字"))])
    kind = ChoiceField(_l("性质"), LEDGER_KINDS, default="normal")
    budget_year = IntegerField(_l("预算年度"), validators=[Optional()])
    external_id = StringField(_l("外部编号"), validators=[Length(max=60, message=_l("最多 60 字"))])
    confirmed = BooleanField(_l("确为另一笔"))


class ReversalForm(Form):
    """Why an entry is taken back."""

    reason = TextAreaField(
        _l("冲销原因"), validators=[Length(max=200, message=_l("最多 200 字"))], render_kw={"rows": 2}
    )


class CompositionForm(AmountForm, ChangeForm):
    """An approved amount; `seen` is the fen that the person saw, empty where there was none."""

    source = ChoiceField(_l("资金来源"), FUNDING_SOURCES)
    kind = ChoiceField(
        _l("依据"),
        ESTIMATE_KINDS,
        default="approved_estimate",
    )
    document_number = StringField(_l("文号"), validators=[Length(max=80, message=_l("最多 80 字"))])
    approved_on = DayField(_l("批复日期"))
    reason = StringField(_l("调整原因"), validators=[Length(max=200, message=_l("最多 200 字"))])
    why = None  # the reason is that of the change
    seen = IntegerField(validators=[Optional()], widget=HiddenInput())

    @property
    def reason_field(self) -> str:
        """What this form calls the reason."""
        return "reason"

    def wanted(self) -> dict[str, object]:
        """What was typed, as a request keeps it."""
        return {
            "source": self.source.data,
            "kind": self.kind.data,
            "amount_fen": self.fen,
            "seen_fen": self.seen.data,
            "document_number": self.document_number.data or "",
            "approved_on": self.approved_on.data and self.approved_on.data.isoformat(),
            "reason": self.reason.data or "",
            "backdated_reason": self.backdated_reason.data or "",
        }
