"""Forms of ledgers: the file with what it may leave open."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, StringField

from projects.core.text import N_
from projects.portfolio.uploads.forms import FileForm
from projects.web.forms import ChoiceField
from projects.web.places import PlaceField


class LedgerForm(FileForm):
    file = FileField(_l("项目台账文件"), render_kw={"accept": ".xlsx,.csv,.txt", "required": True})
    place = PlaceField(_l("地区"))
    unit = ChoiceField(_l("金额单位"), {"元": N_("元"), "万元": N_("万元"), "亿元": N_("亿元")}, _l("按表头"))
    month = StringField(_l("数据截至哪个月"), render_kw={"placeholder": "2021-10", "maxlength": 7, "size": 8})
    document = ChoiceField(_l("承诺出自哪份规划文件"), none=_l("不读入承诺"))

    def options(self) -> dict[str, str]:
        """What was said beside the file."""
        told = {"place": self.place.data, "unit": self.unit.data, "month": self.month.data}
        return {name: (value or "").strip() for name, value in (told | {"document": self.document.data}).items()}
