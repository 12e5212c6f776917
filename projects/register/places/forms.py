"""The office's own place, and a place that the list lacks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from projects.core.gazetteer.extract import LONGEST
from projects.web.forms import Form
from projects.web.places import PlaceField


class HomeForm(Form):
    home = PlaceField(_l("本单位所在地"), validators=[InputRequired(_l("请填写本单位所在地"))])


class NewPlaceForm(Form):
    code = StringField(
        _l("六位代码"), validators=[InputRequired(_l("请填写六位代码"))], render_kw={"inputmode": "numeric"}
    )
    name = StringField(_l("名称"), validators=[InputRequired(_l("请填写名称")), Length(max=LONGEST)])
