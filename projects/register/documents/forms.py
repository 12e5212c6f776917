"""A plan document, and a clause of one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from projects.people.requests.forms import PromiseAskForm
from projects.register.documents.operations import LONGEST, DocumentValues
from projects.web.forms import DayField, Form
from projects.web.places import PlaceField


class DocumentForm(PromiseAskForm):
    version = IntegerField(widget=HiddenInput(), default=0)
    title = StringField(_l("标题"), validators=[InputRequired(_l("请填写文件标题")), Length(max=LONGEST["title"])])
    number = StringField(_l("文号"), validators=[Length(max=LONGEST["number"])])
    issuer = StringField(
        _l("印发单位"), validators=[InputRequired(_l("请填写印发单位")), Length(max=LONGEST["issuer"])]
    )
    place_code = PlaceField(_l("所在地"), validators=[InputRequired(_l("请填写印发单位所在的地区"))])
    issued_on = DayField(_l("印发日期"))
    year = IntegerField(_l("规划年度"), validators=[InputRequired(_l("请填写规划年度, 如 2021"))])

    @property
    def values(self) -> DocumentValues:
        """What was typed."""
        return DocumentValues(
            title=self.title.data or "",
            issuer=self.issuer.data or "",
            place_code=self.place_code.data or "",
            year=self.year.data or 0,
            number=self.number.data or "",
            issued_on=self.issued_on.data,
        )


class ClauseForm(Form):
    locator = StringField(_l("条款号"), validators=[InputRequired(_l("请填写条款号, 如 12 或 (三)")), Length(max=40)])
    heading = StringField(
        _l("条款标题"), validators=[InputRequired(_l("请填写条款标题, 没有的抄首句")), Length(max=200)]
    )
