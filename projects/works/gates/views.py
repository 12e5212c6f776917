"""The gates of a project: the list with what the law says, and the form of one gate."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.permissions import require
from projects.people.access.door import allowed, current_actor
from projects.people.requests.effects import Turn
from projects.people.requests.queries import pending_of
from projects.people.requests.views import Act, filed_change, foreseen
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.web import clock
from projects.web.filed import Page
from projects.web.filters import keep_as_of
from projects.web.later import tell_later
from projects.works.files.queries import counts_by_gate
from projects.works.gates import operations
from projects.works.gates.forms import GateForm
from projects.works.gates.names import STATES
from projects.works.gates.queries import gate_list, gate_of

bp = Blueprint("gates", __name__)
KINDS = {"record": "gate.record", "waive": "gate.waive", "clear": "gate.clear"}


@bp.get("/projects/<slug>/gates")
@allowed("project.read")
def index(slug: str) -> str:
    """All gates in order; `?edit=` opens the form of one."""
    project = project_by_slug(current_actor(), slug)
    key = request.args.get("edit", "")
    form = None
    if key:
        require(current_actor(), "gate.write", project.id)
        form = GateForm(obj=gate_of(project.id, key))
    return _page(project, key, form)


@bp.post("/projects/<slug>/gates/<key>")
@allowed("gate.write")
def save(slug: str, key: str) -> Page:
    """Record, waive or clear one gate, as the pressed button says."""
    project, form = project_by_slug(current_actor(), slug), GateForm()

    pressed = request.form.get("action", "")
    kind = KINDS.get(pressed.removeprefix("see-"), KINDS["record"])
    act = Act(kind, f"{project.id}:{key}", lambda: _wanted(kind, form), project.id)
    if pressed.startswith("see-"):
        return foreseen(form, act, lambda found: _page(project, key, form, found=found))

    def done(_gate: object) -> Response:
        flash(gettext("已保存, 判断已更新"))
        tell_later(None if request.form.get("action") in {"waive", "clear"} else form.passed_on.data)
        return redirect(keep_as_of("gates.index", slug=slug, _anchor=f"gate-{key}"))

    def clash(said: str) -> str:
        form.form_errors.append(said)
        return _page(project, key, form, renewed=True)

    return filed_change(form, act, done, lambda: _page(project, key, form), clash)


def _wanted(kind: str, form: GateForm) -> dict[str, object]:
    """What the pressed button asks for, as a request keeps it."""
    seen: dict[str, object] = {
        "version": form.version.data,
        "backdated_reason": form.backdated_reason.data or "",
    }
    match kind:
        case "gate.waive":
            return seen | {"reason": form.waived_reason.data or ""}
        case "gate.clear":
            return seen
        case _:
            texts = {name: form[name].data or "" for name in operations.RECORD_TEXTS}
            return seen | {"texts": texts, "passed_on": form.passed_on.data and form.passed_on.data.isoformat()}


def _page(
    project: Project, key: str, form: GateForm | None, *, renewed: bool = False, found: list[Turn] | None = None
) -> str:
    """The list with one gate's form open; `renewed` lets the form be sent again over the newest row, now shown beside
    it; `found` is what it would do.
    """
    rows = gate_list(project.id, clock.status_date())
    if form is not None and renewed:
        form.version.raw_data = None
        form.version.data = next((row.version for row in rows if row.spec.key == key), None)
    return render_template(
        "works/gates/index.html",
        project=project,
        rows=rows,
        key=key,
        form=form,
        states=STATES,
        files=counts_by_gate(project.id),
        found=found,
        pending=pending_of(project.id, "gates"),
    )
