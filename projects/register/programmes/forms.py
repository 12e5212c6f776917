"""A programme."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from projects.people.requests.forms import PromiseAskForm
from projects.register.programmes.operations import ProgrammeValues
from projects.web.forms import Form
from projects.web.named import NamedField
from projects.web.places import PlaceField


class ProgrammeForm(Form):
    version = IntegerField(widget=HiddenInput(), default=0)
    name = StringField(_l("名称"), validators=[InputRequired(_l("请填写项目群名称")), Length(max=120)])
    place_code = PlaceField(_l("所在地"), validators=[InputRequired(_l("请填写项目群所在的地区"))])
    document_id = NamedField(_l("规划文件"))
    note = TextAreaField(_l("备注"), validators=[Length(max=1000)], render_kw={"rows": 2})

    @property
    def values(self) -> ProgrammeValues:
        """What was typed."""
        return ProgrammeValues(
            self.name.data or "", self.place_code.data or "", self.document_id.data, self.note.data or ""
        )


class MembersForm(PromiseAskForm):
    """Who joins or leaves is told by boxes and a button."""
