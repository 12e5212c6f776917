"""A plan to be read, a proposal to be changed, one that the program did not see."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from projects.portfolio.readings.operations import Choice
from projects.register.promises.forms import SaidForm
from projects.web.forms import DayField, Form
from projects.web.named import NamedField
from projects.web.places import PlaceField


class ReadForm(Form):
    file = FileField(_l("文件"), render_kw={"accept": ".docx,.pdf,.txt,.html,.htm"})
    text = TextAreaField(_l("或粘贴文字"), render_kw={"rows": 6})
    place_code = PlaceField(_l("所在地"), validators=[InputRequired(_l("请填写印发单位所在的地区"))])
    year = IntegerField(_l("规划年度"), validators=[Optional(), NumberRange(2000, 2099)])


class ProposalForm(SaidForm):
    version = IntegerField(widget=HiddenInput(), default=0)
    as_project = NamedField(_l("并入已有项目"))
    project = StringField(_l("新项目名称"), validators=[Length(max=200)])
    place_code = PlaceField(_l("所在地"), validators=[InputRequired(_l("请填写项目所在的地区"))])

    @property
    def choice(self) -> Choice:
        """What was chosen and typed."""
        return Choice(self.as_project.data, self.project.data or "", self.place_code.data or "", self.values)


class RejectForm(Form):
    reason = StringField(_l("为什么不取"), validators=[Length(max=400)])


class EventForm(Form):
    as_project = NamedField(_l("哪个项目"), validators=[InputRequired(_l("请填写项目名称"))])
    on = DayField(_l("哪一天"), validators=[InputRequired(_l("请填写日期"))])


class MissedForm(SaidForm):
    project = StringField(_l("项目名称"), validators=[InputRequired(_l("请填写项目名称")), Length(max=200)])
