"""The form of a register that is sent in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from projects.people.requests.rules import REASON
from projects.portfolio.book.operations import ACTS
from projects.portfolio.uploads.forms import FileForm
from projects.web.forms import ChoiceField


class BookForm(FileForm):
    act = ChoiceField(_l("改动已登记的承诺, 是"), ACTS, default="correct")
    reason = StringField(
        _l("申请理由"), validators=[Length(max=REASON, message=_l("最多 400 字"))], render_kw={"maxlength": REASON}
    )

    def options(self) -> dict[str, str]:
        """What was said beside the file."""
        return {"act": self.act.data or "correct", "reason": (self.reason.data or "").strip()}
