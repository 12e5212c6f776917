"""Setting up and giving up the second factor."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from projects.web.forms import Form

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class StartForm(Form):
    password = PasswordField(
        _l("当前密码"),
        validators=[InputRequired(_l("请填写当前密码")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class FactorForm(Form):
    sealed = HiddenField()
    code = StringField(_l("动态码"), validators=[InputRequired(_l("请填写动态码")), Length(max=12)], render_kw=CODE)


class RemoveForm(Form):
    password = PasswordField(
        _l("当前密码"),
        validators=[InputRequired(_l("请填写当前密码")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    code = StringField(_l("动态码"), validators=[InputRequired(_l("请填写动态码")), Length(max=12)], render_kw=CODE)
