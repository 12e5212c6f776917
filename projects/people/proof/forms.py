"""The password again, or a code."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import Length

from projects.web.forms import Form


class ProofForm(Form):
    password = PasswordField(
        _l("当前密码"), validators=[Length(max=200)], render_kw={"autocomplete": "current-password", "autofocus": True}
    )
    code = StringField(
        _l("动态码"),
        validators=[Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
