"""What the forms of uploads send: a file, why one is taken back, which version and page of one was seen."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import FileField, StringField
from wtforms.validators import Length

from projects.core.narrowing import is_number
from projects.money.imports.extract import MOST_BYTES
from projects.sheets.writing.table import showable
from projects.web.forms import Form


class FileForm(Form):
    file = FileField(_l("文件"), render_kw={"accept": ".xlsx", "required": True})

    def sent(self) -> tuple[str, bytes]:
        """The file's name, as it can be stored and shown, and as many of its bytes as tell whether it is too large."""
        one = self.file.data
        if not getattr(one, "filename", ""):
            return "", b""
        return showable(one.filename), one.stream.read(MOST_BYTES + 1)


class ReasonForm(Form):
    reason = StringField(_l("原因"), validators=[Length(max=200, message=_l("最多 200 字"))])


def seen_version() -> int:
    """The version of the upload that the form was drawn from, 0 where it says none."""
    text = request.form.get("version", "")
    return int(text) if is_number(text, 9) else 0


def page_asked() -> int:
    """Which page of rows is asked for, from 1."""
    number = request.args.get("page", "")
    return int(number) if is_number(number, 5) and int(number) > 0 else 1
