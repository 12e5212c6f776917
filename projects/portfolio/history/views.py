"""The history: of a project for its readers, of everything for auditors, whose reading is recorded too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import InvalidError
from projects.core.text import Text
from projects.database import transaction
from projects.history.record import filtering, operations, queries
from projects.history.record.tags import WORDS, Tag
from projects.history.record.words import OBJECTS, Said, Words, said
from projects.people.access.door import allowed, current_actor
from projects.portfolio.history import sheet
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.i18n import speak
from projects.works.gates.extract import template

bp = Blueprint("audit", __name__)


@bp.app_template_filter("told")
def told(changes: Mapping[str, Any]) -> list[Said]:
    """The changes of an entry in words."""
    return said(changes, {key: gate.zh for key, gate in template().by_key.items()})


@bp.app_template_filter("worded")
def worded(text: Words) -> str:
    """A text in the reader's language; what a person typed as it is."""
    return text if isinstance(text, str) else speak(text)


@bp.get("/projects/<slug>/history")
@allowed("project.read")
def project(slug: str) -> str:
    """Who changed what in a project, newest first."""
    wrong: dict[str, Text] = {}
    before = filtering.before_of(request.args, wrong)
    if wrong:
        raise InvalidError(wrong)
    found, page = queries.project_history(current_actor(), slug, before)
    return render_template(
        "portfolio/history/project.html",
        project=found,
        page=page,
        words=sheet.tag_word,
        archived=queries.archived_until(),
    )


@bp.get("/admin/audit")
@allowed("audit.read")
def search() -> str:
    """Everything that was recorded, narrowed."""
    chosen = filtering.read(request.args)
    page = queries.search(current_actor(), chosen)
    _read(Tag.AUDIT_READ, chosen, len(page.rows))
    choices = {
        "tags": WORDS,
        "kinds": queries.kinds(),
        "objects": OBJECTS,
        "results": filtering.RESULTS,
        "archived": queries.archived_until(),
    }
    return render_template("portfolio/history/search.html", page=page, chosen=chosen, words=sheet.tag_word, **choices)


@bp.get("/admin/audit.<any(csv, xlsx):kind>")
@allowed("audit.read")
def export(kind: str) -> Response:
    """The entries found, all pages, the newest 20,000 at most."""
    chosen = filtering.read(request.args)
    page = queries.search(current_actor(), chosen, filtering.MOST_EXPORTED)
    _read(Tag.AUDIT_EXPORTED, chosen, len(page.rows))
    return download(sheet.table(page.rows, told, chosen, clock.now(), speak), kind, gettext("审计记录"))


def _read(tag: Tag, chosen: filtering.AuditFilter, rows: int) -> None:
    """Record that somebody read the history, and by which search."""
    asked = "; ".join(f"{name}={value}" for name, value in chosen.query().items())
    with transaction():
        operations.record(
            current_actor(), clock.now(), tag, "audit", changes={"search": [None, asked], "rows": [None, rows]}
        )
