"""Forms of documents: what one says of itself, a line of it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from projects.core.vocabulary import DOCUMENT_KINDS
from projects.money.ladder.forms import SOURCES, AmountForm
from projects.web.forms import DayField

ANY = [SelectChoice("", _l("(不限)"))]


class DocumentForm(AmountForm):
    """`amount` is what the document says it hands out in all; empty where it names none."""

    kind = SelectField(_l("类型"), choices=[SelectChoice(key, _l(word)) for key, word in DOCUMENT_KINDS.items()])
    number = StringField(_l("文号"), validators=[Length(max=80, message=_l("最多 80 字"))])
    title = StringField(_l("标题"), validators=[Length(max=200, message=_l("最多 200 字"))])
    issuer = StringField(_l("发文机关"), validators=[Length(max=120, message=_l("最多 120 字"))])
    issued_on = DayField(_l("发文日期"))
    received_on = DayField(_l("收文日期"))
    source = SelectField(_l("资金来源"), choices=[*ANY, *SOURCES])
    budget_year = IntegerField(_l("预算年度"), validators=[Optional()])
    parent_number = StringField(_l("上级文件的文号"), validators=[Length(max=80, message=_l("最多 80 字"))])
    place_code = SelectField(_l("地区"), choices=[*ANY])
    confirmed = BooleanField(_l("确为另一份"))


class LineForm(AmountForm):
    project = SelectField(_l("项目"), choices=[])
    source = SelectField(_l("资金来源"), choices=SOURCES)
    external_id = StringField(_l("外部编号"), validators=[Length(max=60, message=_l("最多 60 字"))])
    memo = StringField(_l("摘要"), validators=[Length(max=200, message=_l("最多 200 字"))])
    confirmed = BooleanField(_l("确为另一行"))
