"""Forms of receipts and of the month's end."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.ladder.forms import AmountForm
from projects.people.requests.forms import AskForm
from projects.web.forms import ChoiceField, DayField, Form
from projects.web.places import PlaceField


class ReceiptForm(AmountForm):
    received_on = DayField(_l("到账日期"))
    voucher = StringField(_l("凭证号"), validators=[Length(max=60, message=_l("最多 60 字"))])
    payer = StringField(_l("付款人"), validators=[Length(max=120, message=_l("最多 120 字"))])
    payee = StringField(_l("收款人"), validators=[Length(max=120, message=_l("最多 120 字"))])
    memo = StringField(_l("摘要"), validators=[Length(max=300, message=_l("最多 300 字"))])
    source = ChoiceField(_l("资金来源"), FUNDING_SOURCES, _l("(不限)"))
    place_code = PlaceField(_l("地区"), none=_l("(不限)"))
    confirmed = BooleanField(_l("确为另一笔"))


class ReasonForm(Form):
    reason = TextAreaField(_l("原因"), validators=[Length(max=200, message=_l("最多 200 字"))], render_kw={"rows": 2})


class ReopenForm(AskForm, ReasonForm):
    pass


class ClosingForm(Form):
    place = HiddenField()
    total = HiddenField()
