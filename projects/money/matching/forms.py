"""Forms of the matching desk: parts of a receipt by line, money of other kinds, a proposal turned down."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from projects.core.errors import InvalidError
from projects.core.money import parse_fen
from projects.core.text import N_, Text
from projects.core.vocabulary import OUTSIDE_KINDS
from projects.money.matching.desk import parse_parts
from projects.web.forms import ChoiceField, Form

MOST_PARTS = 12


class MatchForm(Form):
    """What a receipt pays, as shown: `parts` such as `12:3000,15:200` (line and fen)."""

    parts = HiddenField()
    note = StringField(_l("备注"), validators=[Length(max=200, message=_l("最多 200 字"))])

    def booked(self) -> tuple[tuple[str, int], ...]:
        """The parts; InvalidError where they are none."""
        return _parts(self.parts.data or "")


class ReceiptSplitForm(Form):
    """Lines with typed amounts in 元: fields `fen-<line>`; those left empty count for nothing."""

    note = StringField(_l("备注"), validators=[Length(max=200, message=_l("最多 200 字"))])

    def booked(self) -> tuple[tuple[str, int], ...]:
        """The parts that were typed; InvalidError names the lines whose amounts can't be read."""
        found, wrong = [], {}
        for name, typed in request.form.items():
            line = name.removeprefix("fen-")
            if name.startswith("fen-") and line.isascii() and line.isdigit() and len(line) <= 18 and typed.strip():
                try:
                    found.append((line, parse_fen(typed, "元")))
                except ValueError:
                    wrong[name] = Text(
                        N_("第 %(line)s 号下达: “%(text)s”不是可用的金额, 请写成 1234.56 这样的数"),
                        {"line": line, "text": typed.strip()[:40]},
                    )
        if wrong:
            raise InvalidError(wrong)
        if not found or len(found) > MOST_PARTS:
            raise InvalidError({"parts": Text(N_("请至少在一笔下达上写金额, 最多 %(most)s 笔"), {"most": MOST_PARTS})})
        return tuple(found)


class OutsideForm(Form):
    """Why a receipt belongs to no allocation."""

    kind = ChoiceField(_l("款项类别"), OUTSIDE_KINDS)
    note = StringField(_l("备注"), validators=[Length(max=200, message=_l("最多 200 字"))])


class SureForm(Form):
    """The receipts ticked, each with the parts that were shown: values such as `7=12:3000`; `all` holds those of every
    page, parted by semicolons.
    """

    def ticked(self) -> list[tuple[int, tuple[tuple[str, int], ...]]]:
        """(receipt, parts) of each tick; InvalidError where nothing is ticked."""
        found = []
        for value in request.form.get("all", "").split(";") if "all" in request.form else request.form.getlist("take"):
            receipt, _, parts = value.partition("=")
            if not (receipt.isascii() and receipt.isdigit() and len(receipt) <= 10):
                raise InvalidError({"take": Text(N_("请先勾选要确认的到账"))})
            found.append((int(receipt), _parts(parts)))
        if not found:
            raise InvalidError({"take": Text(N_("请先勾选要确认的到账"))})
        return found


def _parts(text: str) -> tuple[tuple[str, int], ...]:
    try:
        return parse_parts(text)
    except ValueError:
        raise InvalidError({"parts": Text(N_("没有可以确认的内容, 请刷新后再试"))}) from None
