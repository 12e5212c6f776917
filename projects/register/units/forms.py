"""A unit."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from projects.core.vocabulary import UNIT_KINDS
from projects.register.units.operations import LONGEST
from projects.web.forms import ChoiceField, Form
from projects.web.named import NamedField
from projects.web.places import PlaceField


class UnitForm(Form):
    version = HiddenField()
    name = StringField(_l("全称"), validators=[InputRequired(_l("请填写单位全称")), Length(max=LONGEST["name"])])
    short_name = StringField(_l("简称"), validators=[Length(max=LONGEST["short_name"])])
    kind = ChoiceField(_l("类别"), UNIT_KINDS)
    place_code = PlaceField(_l("所在地"), validators=[InputRequired(_l("请填写单位所在的地区"))])


class MergeForm(Form):
    version = HiddenField()
    into = NamedField(_l("并入哪个单位"))
