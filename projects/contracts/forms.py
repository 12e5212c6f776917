"""Forms of contracts: the contract, work confirmed, a payment."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from projects.core.vocabulary import CONTRACT_KINDS
from projects.funding.forms import SOURCES, AmountForm
from projects.web.forms import DayField


class ContractForm(AmountForm):
    name = StringField(_l("合同名称"), validators=[Length(max=200, message=_l("最多 200 字"))])
    kind = SelectField(_l("类型"), choices=[SelectChoice(key, _l(word)) for key, word in CONTRACT_KINDS.items()])
    number = StringField(_l("合同编号"), validators=[Length(max=80, message=_l("最多 80 字"))])
    party = StringField(_l("对方单位"), validators=[Length(max=120, message=_l("最多 120 字"))])
    signed_on = DayField(_l("签订日期"))
    source = SelectField(_l("资金来源"), choices=SOURCES)
    retention = DecimalField(_l("质量保证金 (%%)"), validators=[Optional(), NumberRange(0, 100, message=_l("请填 0 到 100 的百分比"))])


class WorkForm(AmountForm):
    contract = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    on = DayField(_l("确认到哪天"))
    note = StringField(_l("备注"), validators=[Length(max=200, message=_l("最多 200 字"))])


class PaymentForm(AmountForm):
    contract = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    on = DayField(_l("支付日期"))
    source = SelectField(_l("资金来源"), choices=SOURCES)
    external_id = StringField(_l("凭证号"), validators=[Length(max=60, message=_l("最多 60 字"))])
    memo = StringField(_l("摘要"), validators=[Length(max=200, message=_l("最多 200 字"))])
