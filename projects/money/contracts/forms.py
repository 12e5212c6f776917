"""Forms of contracts: the contract, its worth put right, work confirmed, a payment. Sums are split by source
in rows.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, Field, HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from projects.core.vocabulary import CONTRACT_KINDS, FUNDING_SOURCES
from projects.money.contracts.split import ROWS, split
from projects.money.ladder.forms import AmountForm
from projects.web.forms import ChoiceField, DayField


class ContractSplitForm(AmountForm):
    """A whole (`amount`) and rows of it by source: `source_1` and `part_1` to `source_8` and `part_8`, in the form's
    unit.
    """

    @property
    def rows(self) -> list[tuple[Field, Field]]:
        """Each row's source and amount."""
        return [(self[f"source_{number}"], self[f"part_{number}"]) for number in range(1, ROWS + 1)]

    @property
    def is_long(self) -> bool:
        """Whether a row beyond the first three says something."""
        return any(field.data or field.errors for row in self.rows[3:] for field in row)

    @property
    def parts(self) -> dict[str, int]:
        """Fen by source; InvalidError names the rows that can't be taken."""
        return split(self.fen, [(source.data or "", part.data or "") for source, part in self.rows], self.unit.data)


for _number in range(1, ROWS + 1):
    _typed = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 40}
    setattr(
        ContractSplitForm,
        f"source_{_number}",
        ChoiceField(_l("第 %(row)s 行来源", row=_number), FUNDING_SOURCES, _l("(不选)"), validate_choice=False),
    )
    setattr(ContractSplitForm, f"part_{_number}", StringField(_l("第 %(row)s 行金额", row=_number), render_kw=_typed))


class ContractForm(ContractSplitForm):
    name = StringField(_l("合同名称"), validators=[Length(max=200, message=_l("最多 200 字"))])
    kind = ChoiceField(_l("类型"), CONTRACT_KINDS)
    number = StringField(_l("合同编号"), validators=[Length(max=80, message=_l("最多 80 字"))])
    party = StringField(_l("对方单位"), validators=[Length(max=120, message=_l("最多 120 字"))])
    signed_on = DayField(_l("签订日期"))
    confirmed = BooleanField(_l("确为另一份"))
    retention = DecimalField(
        _l("质量保证金 (%)"), validators=[Optional(), NumberRange(0, 100, message=_l("请填 0 到 100 的百分比"))]
    )


class WorthForm(ContractSplitForm):
    contract = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    seen = HiddenField()
    on = DayField(_l("从哪天起"))
    reason = StringField(_l("更正原因"), validators=[Length(max=200, message=_l("最多 200 字"))])


class WorkForm(AmountForm):
    contract = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    on = DayField(_l("确认到哪天"))
    note = StringField(_l("备注"), validators=[Length(max=200, message=_l("最多 200 字"))])


class PaymentForm(ContractSplitForm):
    contract = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    on = DayField(_l("支付日期"))
    external_id = StringField(_l("凭证号"), validators=[Length(max=60, message=_l("最多 60 字"))])
    confirmed = BooleanField(_l("确为另一笔"))
    memo = StringField(_l("摘要"), validators=[Length(max=200, message=_l("最多 200 字"))])
