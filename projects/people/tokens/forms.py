"""A new token: what for, what it may read, for how long."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from projects.core.text import N_, Text
from projects.people.tokens import rules
from projects.web.forms import Form
from projects.web.i18n import speak

DAYS = N_("%(days)s 天")


class TokenForm(Form):
    name = StringField(
        _l("用途"),
        validators=[InputRequired(_l("请写明用途, 不超过 60 字")), Length(max=60)],
        render_kw={"autocomplete": "off"},
    )
    chosen = SelectMultipleField(_l("可以读取"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
    days = SelectField(_l("有效期"), coerce=int, default=90)

    def __init__(self, role: str, **values: object) -> None:
        super().__init__(data={"chosen": [rules.ALWAYS]}, **values)
        self.chosen.choices = [SelectChoice(key, gettext(words)) for key, words in rules.choices_of(role).items()]
        self.days.choices = [SelectChoice(days, speak(Text(DAYS, {"days": days}))) for days in rules.DAYS]
