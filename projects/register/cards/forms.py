"""A project's name and place, its card, and handing projects over."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, IntegerField, StringField, TextAreaField
from wtforms import Form as Bare
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from projects.core.vocabulary import CATEGORIES, FUNDING_SOURCES, NATURES
from projects.register.cards.card import FIELDS, NeedRow, YearRow, as_typed
from projects.register.cards.operations import LONGEST, ProjectValues
from projects.web.forms import ChoiceField, Form
from projects.web.named import NamedField
from projects.web.places import PlaceField

BLANKS, MOST_ROWS = 3, 60


class ProjectForm(Form):
    version = IntegerField(widget=HiddenInput(), default=0)
    name = StringField(_l("项目名称"), validators=[InputRequired(_l("请填写项目名称")), Length(max=LONGEST["name"])])
    place_code = PlaceField(_l("所在地"), validators=[InputRequired(_l("请填写项目所在的地区"))])
    unit_id = NamedField(_l("项目单位"))
    new_unit = BooleanField(_l("登记为新单位"))
    category = ChoiceField(_l("类别"), CATEGORIES, default="hospital")
    national_code = StringField(_l("项目代码"), validators=[Length(max=30)])
    document_id = NamedField(_l("规划文件"))
    programme_id = NamedField(_l("项目群"))
    note = TextAreaField(_l("备注"), validators=[Length(max=LONGEST["note"])], render_kw={"rows": 2})

    @property
    def values(self) -> ProjectValues:
        """What was typed."""
        return ProjectValues(
            name=self.name.data or "",
            place_code=self.place_code.data or "",
            category=self.category.data,
            national_code=self.national_code.data or "",
            unit_id=self.unit_id.data,
            document_id=self.document_id.data,
            programme_id=self.programme_id.data,
            note=self.note.data or "",
        )


class YearForm(Bare):
    year = StringField(_l("年度"), render_kw={"inputmode": "numeric", "size": 5, "maxlength": 8})
    amount = StringField(_l("投资 (万元)"), render_kw={"inputmode": "decimal", "size": 12, "maxlength": 24})
    content = StringField(_l("建设内容"), render_kw={"maxlength": 500})


class NeedForm(Bare):
    source = ChoiceField(_l("资金来源"), FUNDING_SOURCES, none="—")
    year = StringField(_l("年度"), render_kw={"inputmode": "numeric", "size": 5, "maxlength": 8})
    amount = StringField(_l("需求 (万元)"), render_kw={"inputmode": "decimal", "size": 12, "maxlength": 24})


class _CardForm(Form):
    version = IntegerField(widget=HiddenInput(), default=0)
    years = FieldList(FormField(YearForm), label=_l("年度计划"), max_entries=MOST_ROWS)
    needs = FieldList(FormField(NeedForm), label=_l("分年资金需求"), max_entries=MOST_ROWS)

    @property
    def year_rows(self) -> list[YearRow]:
        """The yearly plans as typed."""
        return [YearRow(*_texts(row, "year", "amount", "content")) for row in self.years]

    @property
    def need_rows(self) -> list[NeedRow]:
        """What is needed, as typed."""
        return [NeedRow(*_texts(row, "source", "year", "amount")) for row in self.needs]

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, by field of the card."""
        return {key: self[key].data or "" for key in FIELDS}


def _field(key: str) -> Any:
    asked = FIELDS[key]
    if asked.kind == "choice":
        return ChoiceField(_l(asked.label), NATURES, none="—")
    if asked.kind == "long":
        return TextAreaField(_l(asked.label), render_kw={"rows": 3})
    return StringField(_l(asked.label), render_kw={"inputmode": "decimal"} if asked.kind in {"count", "money"} else {})


CardForm: Any = type("CardForm", (_CardForm,), {key: _field(key) for key in FIELDS})


def card_form(
    values: dict[str, Any],
    version: int,
    years: dict[int, tuple[int | None, str]],
    needs: dict[tuple[str, int], int],
) -> Any:
    """The card as it is stored, to change, with BLANKS rows more."""
    year_rows = [
        {"year": year, "amount": as_typed("total_fen", fen), "content": content}
        for year, (fen, content) in years.items()
    ]
    need_rows = [
        {"source": source, "year": year, "amount": as_typed("total_fen", fen)} for (source, year), fen in needs.items()
    ]
    blank = [{"year": ""}] * BLANKS
    rows = {"years": year_rows + blank, "needs": need_rows + blank, "version": version}
    return CardForm(formdata=None, data={key: as_typed(key, value) for key, value in values.items()} | rows)


def _texts(row: Any, *names: str) -> list[str]:
    return [str(row.form[name].data or "") for name in names]


class HandOverForm(Form):
    to = NamedField(_l("新的项目管理员"))
    reason = StringField(_l("原因"), validators=[Length(max=400)])
    unit_id = NamedField(_l("项目单位"))
