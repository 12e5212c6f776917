"""Sign-in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from projects.web.forms import Form


class SignInForm(Form):
    """Name and password."""

    username = StringField(_l("登录名"), validators=[InputRequired(_l("请填写登录名")), Length(max=60)], render_kw={"autocomplete": "username"})
    password = PasswordField(_l("密码"), validators=[InputRequired(_l("请填写密码")), Length(max=200)], render_kw={"autocomplete": "current-password"})
