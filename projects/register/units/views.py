"""Units: their list, a new one, and changing one."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from projects.core.errors import ConflictError
from projects.core.gazetteer.queries import finder, home_within
from projects.core.narrowing import typed
from projects.core.permissions import places_for
from projects.core.text import N_
from projects.people.access.door import acting, allowed, current_actor
from projects.register.units import operations, queries
from projects.register.units.forms import MergeForm, UnitForm
from projects.web.filed import Page, filed, gone_to

bp = Blueprint("units", __name__, url_prefix="/units")
WRITING = "unit.write"


@bp.get("")
@allowed("unit.write")
def index() -> str:
    """The units that the asker keeps, and the form of a new one."""
    form = _with_places(UnitForm(formdata=None))
    form.place_code.data = home_within(places_for(current_actor(), WRITING))
    return _index(form)


@bp.post("")
@allowed("unit.write")
def add() -> Page:
    """Keep a new unit."""
    form = _with_places(UnitForm())
    return filed(
        form,
        lambda: operations.add_unit(acting(), _values(form)).name,
        lambda name: gone_to(url_for("units.index"), gettext("已登记 %(name)s", name=name)),
        lambda: _index(form),
    )


@bp.get("/<int:unit_id>")
@allowed("unit.write")
def show(unit_id: int) -> str:
    """One unit, to be changed."""
    unit = queries.unit(current_actor(), unit_id)
    return _show(unit, _with_places(UnitForm(formdata=None, data=vars(unit))))


@bp.post("/<int:unit_id>")
@allowed("unit.write")
def change(unit_id: int) -> Page:
    """Change what is known of a unit."""
    unit, form = queries.unit(current_actor(), unit_id), _with_places(UnitForm())
    return filed(
        form,
        lambda: operations.change_unit(acting(), unit_id, _version(form), _values(form)).name,
        lambda name: gone_to(url_for("units.index"), gettext("已保存 %(name)s", name=name)),
        lambda: _show(unit, form),
    )


@bp.post("/<int:unit_id>/merge")
@allowed("unit.write")
def merge(unit_id: int) -> Page:
    """Let a unit be another."""
    unit, asking = queries.unit(current_actor(), unit_id), _with_units(MergeForm())
    return filed(
        asking,
        lambda: operations.merge_unit(acting(), unit_id, _version(asking), asking.into.data).name,
        lambda name: gone_to(url_for("units.index"), gettext("%(old)s 已并入 %(name)s", old=unit.name, name=name)),
        lambda: _show(unit, _with_places(UnitForm(formdata=None, data=vars(unit))), asking),
    )


def _with_units(form: MergeForm) -> MergeForm:
    form.into.offer(queries.names(current_actor()))
    return form


def _with_places(form: UnitForm) -> UnitForm:
    form.place_code.offer(finder(places_for(current_actor(), WRITING)))
    return form


def _version(form: UnitForm | MergeForm) -> int:
    text = form.version.data or ""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ConflictError(N_("这个单位刚被他人改过, 请刷新后再改"))
    return int(text)


def _values(form: UnitForm) -> operations.UnitValues:
    name, short = (form.name.data or "").strip(), (form.short_name.data or "").strip()
    return operations.UnitValues(name, short, form.kind.data, form.place_code.data or "")


def _index(form: UnitForm) -> str:
    asked, number = typed(request.args, "q"), request.args.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 6 and int(number) else 1
    rows, count = queries.units(current_actor(), asked, page)
    pages = {"page": page, "per_page": queries.PER_PAGE, "count": count}
    return render_template("register/units/index.html", rows=rows, form=form, asked=asked, **pages)


def _show(unit: queries.UnitRow, form: UnitForm, asking: MergeForm | None = None) -> str:
    asking = asking or _with_units(MergeForm(formdata=None, data={"version": unit.version}))
    return render_template("register/units/show.html", unit=unit, form=form, asking=asking)
