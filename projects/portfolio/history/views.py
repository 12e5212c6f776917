"""The history: of a project for its readers, of everything for auditors, whose reading is recorded too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from threading import Lock
from time import monotonic
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import ConflictError, InvalidError
from projects.core.text import N_, Text
from projects.database import transacted
from projects.history.record import filtering, operations, queries
from projects.history.record.queries import HistoryRow
from projects.history.record.tags import WORDS, Tag
from projects.history.record.words import OBJECTS, OTHER, Said, Words, said
from projects.people.access.door import allowed, current_actor
from projects.portfolio.history import sheet
from projects.portfolio.history.naming import about
from projects.portfolio.history.queries import last_proof, names_of, prove
from projects.sheets.writing.views import download
from projects.verdicts.rules.extract import shipped_sets
from projects.web import clock
from projects.web.filed import Page, written
from projects.web.i18n import speak
from projects.works.gates.extract import template

bp = Blueprint("audit", __name__)
SECONDS = 20  # that a check may take; what it does not get to is for `projects verify-audit`
REST = dt.timedelta(minutes=1)
_checking = Lock()  # one check at a time of each process


@bp.app_template_filter("told")
def told(changes: Mapping[str, Any]) -> list[Said]:
    """The changes of an entry in words."""
    gates = {key: gate.zh for key, gate in template().by_key.items()}
    return said(changes, {"key": gates, "rule_set": {one.key: one.name for one in shipped_sets()}})


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
        "other": OTHER,
        "results": filtering.RESULTS,
        "archived": queries.archived_until(),
    }
    return render_template(
        "portfolio/history/search.html",
        page=page,
        chosen=chosen,
        names=_names(page.rows),
        proof=last_proof(),
        **choices,
    )


@bp.post("/admin/audit/verify")
@allowed("audit.read")
def verify() -> Page:
    """Prove the history whole, as far as that goes in `SECONDS`, and keep what was found."""
    return written(
        lambda found: operations.record(current_actor(), clock.now(), Tag.AUDIT_VERIFIED, "audit", changes=found),
        lambda _: redirect(url_for("audit.search", _anchor="whole")),
        first=_proven,
    )


def _proven() -> dict[str, list[Any]]:
    last, now = last_proof(), clock.now()
    if (last and now - last.at < REST) or not _checking.acquire(blocking=False):
        raise ConflictError(N_("刚刚校验过或正在校验: 请一分钟后再校验"))
    try:
        begun = monotonic()
        return prove(current_actor(), lambda: monotonic() - begun > SECONDS)
    finally:
        _checking.release()


@bp.get("/admin/audit.<any(csv, xlsx):kind>")
@allowed("audit.read")
def export(kind: str) -> Response:
    """The entries found, all pages, the newest 20,000 at most."""
    chosen = filtering.read(request.args)
    page = queries.search(current_actor(), chosen, filtering.MOST_EXPORTED)
    _read(Tag.AUDIT_EXPORTED, chosen, len(page.rows))
    named = _names(page.rows)
    return download(sheet.table(page.rows, told, named, chosen, clock.now(), speak), kind, gettext("审计记录"))


def _names(rows: Sequence[HistoryRow]) -> dict[int, Words]:
    """What each entry is about, by its id."""
    names = names_of(rows)
    return {
        one.id: about(
            one.object_type,
            one.object_id,
            one.changes.get("whom")
            or names.get((one.object_type, one.object_id))
            or (one.project_name if one.object_type == "project" else None),
        )
        for one in rows
    }


def _read(tag: Tag, chosen: filtering.AuditFilter, rows: int) -> None:
    """Record that somebody read the history, and by which search."""
    asked = "; ".join(f"{name}={value}" for name, value in chosen.query().items())
    changes = {"search": [None, asked], "rows": [None, rows]}
    transacted(lambda: operations.record(current_actor(), clock.now(), tag, "audit", changes=changes), vital=True)
