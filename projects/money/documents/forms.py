"""Forms of documents: what one says of itself, a line of it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import Length, Optional

from projects.core.vocabulary import DOCUMENT_KINDS, FUNDING_SOURCES
from projects.money.ladder.forms import AmountForm
from projects.web.forms import ChoiceField, DayField
from projects.web.places import PlaceField


class DocumentForm(AmountForm):
    """`amount` is what the document says it hands out in all; empty where it names none."""

    kind = ChoiceField(_l("类型"), DOCUMENT_KINDS)
    number = StringField(_l("文号"), validators=[Length(max=80, message=_l("最多 80 字"))])
    title = StringField(_l("标题"), validators=[Length(max=200, message=_l("最多 200 字"))])
    issuer = StringField(_l("发文机关"), validators=[Length(max=120, message=_l("最多 120 字"))])
    issued_on = DayField(_l("发文日期"))
    received_on = DayField(_l("收文日期"))
    source = ChoiceField(_l("资金来源"), FUNDING_SOURCES, _l("(不限)"))
    budget_year = IntegerField(_l("预算年度"), validators=[Optional()])
    parent_number = StringField(_l("上级文件的文号"), validators=[Length(max=80, message=_l("最多 80 字"))])
    place_code = PlaceField(_l("地区"), none=_l("(不限)"))
    confirmed = BooleanField(_l("确为另一份"))


class LineForm(AmountForm):
    project = ChoiceField(_l("项目"))
    source = ChoiceField(_l("资金来源"), FUNDING_SOURCES)
    external_id = StringField(_l("外部编号"), validators=[Length(max=60, message=_l("最多 60 字"))])
    memo = StringField(_l("摘要"), validators=[Length(max=200, message=_l("最多 200 字"))])
    confirmed = BooleanField(_l("确为另一行"))
