"""Sign-in, and new accounts."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from projects.core.vocabulary import ROLES
from projects.web.forms import Form


class SignInForm(Form):
    """Name and password."""

    username = StringField(_l("登录名"), validators=[InputRequired(_l("请填写登录名")), Length(max=60)], render_kw={"autocomplete": "username"})
    password = PasswordField(_l("密码"), validators=[InputRequired(_l("请填写密码")), Length(max=200)], render_kw={"autocomplete": "current-password"})


class NewUserForm(Form):
    """A new account; its password is generated and shown once."""

    username = StringField(_l("登录名"), validators=[InputRequired(_l("请填写登录名")), Length(max=60)], render_kw={"autocomplete": "off"})
    display_name = StringField(_l("显示名"), validators=[Length(max=60)])
    role = SelectField(_l("角色"))

    def __init__(self) -> None:
        super().__init__()
        self.role.choices = [SelectChoice(key, gettext(words)) for key, words in ROLES.items()]
