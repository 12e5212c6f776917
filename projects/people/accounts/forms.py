"""New accounts, and what people may do."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from projects.core.gazetteer.queries import finder
from projects.core.vocabulary import ROLES
from projects.people.accounts.queries import Grant, GrantChoices
from projects.people.requests.forms import AskForm, Ticks
from projects.web.forms import ChoiceField, Form
from projects.web.places import PlacesField


class NewUserForm(Form):
    username = StringField(
        _l("登录名"), validators=[InputRequired(_l("请填写登录名")), Length(max=60)], render_kw={"autocomplete": "off"}
    )
    display_name = StringField(_l("显示名"), validators=[Length(max=60)], render_kw={"autocomplete": "off"})


class GrantForm(AskForm):
    version = HiddenField()
    role = ChoiceField(_l("角色"), ROLES)
    unit_id = ChoiceField(_l("所属单位"), none=_l("不属于任何单位"))
    all_places = BooleanField(_l("全部地区"))
    places = PlacesField(_l("负责的地区"))
    projects = Ticks(_l("负责的项目"))

    def __init__(self, grant: Grant, choices: GrantChoices) -> None:
        now = {
            "version": str(grant.version),
            "role": grant.role,
            "unit_id": str(grant.unit_id or ""),
            "all_places": grant.all_places,
            "places": list(grant.places),
        }
        super().__init__(data=now | {"projects": [str(key) for key in grant.projects]})
        self.unit_id.offer((str(key), name) for key, name in choices.units)
        self.places.offer(finder(None))
        self.projects.choices = [SelectChoice(str(key), name) for key, name in choices.projects]
