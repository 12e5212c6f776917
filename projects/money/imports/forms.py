"""Forms of imports: the file with what its headings may leave open, and the reason of an undoing."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, StringField
from wtforms.validators import Length

from projects.core.text import N_
from projects.core.vocabulary import IMPORT_KINDS
from projects.money.imports.extract import MOST_BYTES
from projects.sheets.writing.table import showable
from projects.web.forms import ChoiceField, Form
from projects.web.places import PlaceField


class UploadForm(Form):
    """A file of one kind; `unit` counts where neither heading nor cell names one."""

    kind = ChoiceField(_l("内容"), IMPORT_KINDS)
    file = FileField(_l("要导入的文件"), render_kw={"accept": ".xlsx,.csv,.txt", "required": True})
    unit = ChoiceField(
        _l("金额单位"),
        {"元": N_("元"), "万元": N_("万元"), "亿元": N_("亿元")},
        _l("按表头"),
    )
    place = PlaceField(_l("地区"))

    def sent(self) -> tuple[str, bytes]:
        """The file's name, as it can be stored and shown, and as many of its bytes as tell whether it is too large."""
        one = self.file.data
        if not getattr(one, "filename", ""):
            return "", b""
        return showable(one.filename), one.stream.read(MOST_BYTES + 1)


class UndoForm(Form):
    """Why an import is taken back."""

    reason = StringField(_l("撤销原因"), validators=[Length(max=200, message=_l("最多 200 字"))])
