"""Places: found while one types, the office's own, and one that the list lacks."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.gazetteer.queries import finder
from projects.core.gazetteer.search import MOST
from projects.people.access.door import acting, allowed, current_actor
from projects.register.places import operations, queries
from projects.register.places.forms import HomeForm, NewPlaceForm
from projects.web.filed import Page, filed, gone_to
from projects.web.places import LONGEST

bp = Blueprint("places", __name__)


@bp.get("/places/find")
@allowed(None)
def find() -> Response:
    """Places within the asker's reach by what they have typed so far; who is bound to no places finds all."""
    found = finder(current_actor().places)(request.args.get("q", "")[:LONGEST])
    return jsonify(places=[one.words for one in found[:MOST]])


@bp.get("/admin/places")
@allowed("place.write")
def index() -> str:
    """The office's own place, and looking one up."""
    return _index(HomeForm(formdata=None), NewPlaceForm(formdata=None))


@bp.post("/admin/places/home")
@allowed("place.write")
def home() -> Page:
    """Say which place is the office's own."""
    form = HomeForm()
    form.home.offer(finder(None))
    return filed(
        form,
        lambda: operations.choose_home(acting(), form.home.data),
        lambda _: gone_to(url_for("places.index"), gettext("已保存本单位所在地")),
        lambda: _index(form, NewPlaceForm(formdata=None)),
    )


@bp.post("/admin/places")
@allowed("place.write")
def add() -> Page:
    """Add a place that the list lacks."""
    form = NewPlaceForm()
    return filed(
        form,
        lambda: operations.add_place(acting(), (form.code.data or "").strip(), (form.name.data or "").strip()).name,
        lambda name: gone_to(url_for("places.index"), gettext("已添加 %(name)s", name=name)),
        lambda: _index(HomeForm(formdata=None), form),
    )


def _index(form: HomeForm, new: NewPlaceForm) -> str:
    asked = request.args.get("q", "")[:LONGEST].strip()
    page = queries.places_page(asked)
    form.home.offer(finder(None))
    if page.home and form.home.data is None:
        form.home.data = page.home.code
    return render_template("register/places/index.html", page=page, form=form, new=new, asked=asked)
