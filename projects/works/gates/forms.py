"""The form of one gate: what was passed, or why it is not needed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from projects.core.complaints import plain
from projects.people.requests.forms import ChangeForm
from projects.web.forms import DayField


def plain_or_none(value: str | None) -> str | None:
    """The text as it is kept; None where nothing was sent."""
    return plain(value) if value else value


class GateForm(ChangeForm):
    """Filled from the register's row; `version` is that of the row the person saw."""

    passed_on = DayField(_l("办理日期"))
    document_number = StringField(_l("文号"), validators=[Length(max=80, message=_l("最多 80 字"))])
    body = StringField(_l("办理机关"), validators=[Length(max=120, message=_l("最多 120 字"))])
    note = TextAreaField(
        _l("备注"),
        filters=[plain_or_none],
        validators=[Length(max=2000, message=_l("最多 2000 字"))],
        render_kw={"rows": 2},
    )
    waived_reason = TextAreaField(
        _l("不办的理由"),
        filters=[plain_or_none],
        validators=[Length(max=500, message=_l("最多 500 字"))],
        render_kw={"rows": 2},
    )
    backdated_reason = TextAreaField(
        _l("追溯的理由"),
        filters=[plain_or_none],
        validators=[Length(max=500, message=_l("最多 500 字"))],
        render_kw={"rows": 2},
    )
    version = IntegerField(validators=[Optional()], widget=HiddenInput())
