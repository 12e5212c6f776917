"""Sign-in, and one's own password."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from projects.web.forms import Form

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}
NEW = {"autocomplete": "new-password"}
CURRENT = {"autocomplete": "current-password"}


class SignInForm(Form):
    """Name, password, and the code of those who have set one up."""

    username = StringField(
        _l("登录名"),
        validators=[InputRequired(_l("请填写登录名")), Length(max=60)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("密码"), validators=[InputRequired(_l("请填写密码")), Length(max=200)], render_kw=CURRENT
    )
    code = StringField(_l("动态码"), validators=[Length(max=12)], render_kw=CODE)


class PasswordForm(Form):
    """The present password, and the new one twice."""

    current = PasswordField(
        _l("当前密码"), validators=[InputRequired(_l("请填写当前密码")), Length(max=200)], render_kw=CURRENT
    )
    new = PasswordField(_l("新密码"), validators=[InputRequired(_l("请填写新密码"))], render_kw=NEW)
    again = PasswordField(
        _l("再填一次新密码"), validators=[EqualTo("new", _l("两次填写的新密码不一样"))], render_kw=NEW
    )
