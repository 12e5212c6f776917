"""Forms of ledgers: the file with what it may leave open."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, StringField
from wtforms.validators import Length

from projects.core.text import N_
from projects.money.imports.extract import MOST_BYTES
from projects.sheets.writing.table import showable
from projects.web.forms import ChoiceField, Form
from projects.web.places import PlaceField


class LedgerForm(Form):
    file = FileField(_l("项目台账文件"), render_kw={"accept": ".xlsx,.csv,.txt", "required": True})
    place = PlaceField(_l("地区"))
    unit = ChoiceField(_l("金额单位"), {"元": N_("元"), "万元": N_("万元"), "亿元": N_("亿元")}, _l("按表头"))
    month = StringField(_l("数据截至哪个月"), render_kw={"placeholder": "2021-10", "maxlength": 7, "size": 8})
    document = ChoiceField(_l("承诺出自哪份规划文件"), none=_l("不读入承诺"))

    def sent(self) -> tuple[str, bytes]:
        """The file's name, as it can be stored and shown, and as many of its bytes as tell whether it is too large."""
        one = self.file.data
        if not getattr(one, "filename", ""):
            return "", b""
        return showable(one.filename), one.stream.read(MOST_BYTES + 1)

    def options(self) -> dict[str, str]:
        """What was said beside the file."""
        told = {"place": self.place.data, "unit": self.unit.data, "month": self.month.data}
        return {name: (value or "").strip() for name, value in (told | {"document": self.document.data}).items()}


class ReasonForm(Form):
    reason = StringField(_l("原因"), validators=[Length(max=200, message=_l("最多 200 字"))])
