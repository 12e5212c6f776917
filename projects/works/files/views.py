"""Photos and papers of a project, of its reports and gates: the page, adding, removing, handing out. FI-6, FI-7."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from typing import IO

from flask import Blueprint, current_app, flash, render_template, request, send_file, session
from flask_babel import gettext, ngettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from projects.core.acting import Acting
from projects.core.errors import InvalidError, NotFoundError, ProblemError
from projects.core.month import parse_month
from projects.core.text import N_, Text
from projects.database import transacted
from projects.people.access.door import acting, allowed, current_actor, safe_next
from projects.people.requests.kinds import Kind
from projects.people.requests.queries import request_of
from projects.people.requests.tables import ConsentRequest
from projects.web import clock
from projects.web.errors import Answer
from projects.web.errors import page as error_page
from projects.web.filed import Page, gone_to, written
from projects.web.filters import keep_as_of
from projects.web.i18n import speak
from projects.works.files import operations, queries
from projects.works.files.checks import MAX_BODY, MAX_BYTES, MAX_FILES
from projects.works.files.forms import FilesForm
from projects.works.files.lists import Owner, Prepared, Refused, StoredFile
from projects.works.files.storage import Storage, open_storage

bp = Blueprint("files", __name__)
SANDBOX = "sandbox; default-src 'none'"
_FILES = "/projects/<slug>/files"
_FILE = _FILES + "/<int:file_id>"
ADDING = "files.add"
TAKES_FILES = frozenset({
    ADDING, "gates.save", "schedule.save", "schedule.weights", "schedule.baseline", "charts.note", "charts.correct",
    "funding.compose", "promises.ask_to_revise", "promises.ask_to_end", "merging.merge", "programmes.members",
    "register.save",
})  # fmt: skip
bp.add_app_template_global(queries.files_of_request)


@bp.app_url_value_preprocessor
def _allow_files(endpoint: str | None, values: dict[str, object] | None) -> None:  # noqa: ARG001
    """Only people who are signed in may send a body as large as nine photos; it is read before the view is."""
    if endpoint in TAKES_FILES and "sid" in session:
        request.max_content_length = MAX_BODY


@bp.get(_FILES)
@allowed("file.read")
def index(slug: str) -> str:
    """Everything attached to the project, its reports and gates."""
    return _page(queries.owner(current_actor(), slug))


@bp.get("/projects/<slug>/gates/<key>/files")
@allowed("file.read")
def gate(slug: str, key: str) -> str:
    """The papers of one gate."""
    return _page(queries.owner(current_actor(), slug, gate_key=key))


@bp.post(_FILES)
@bp.post("/projects/<slug>/reports/<month>/<int(max=9999):revision>/files")
@bp.post("/projects/<slug>/gates/<key>/files")
@allowed("file.write")
def add(slug: str, month: str | None = None, revision: int | None = None, key: str | None = None) -> Page:
    """Keep what was sent; what can't be kept is named with its reason, and the rest is kept all the same."""
    owner = queries.owner(current_actor(), slug, month=_month(month), revision=revision, gate_key=key)
    kept, refused = operations.store(acting(), _storage(), owner, FilesForm().sent())
    if not kept:
        return _page(owner, None if refused else Text(N_("请先选择照片或文件")), refused), 422
    where = safe_next(request.form.get("next"), _home(owner))

    def done(_unused: object) -> Page:
        if refused:
            return _page(owner, None, refused, len(kept)), 422
        return gone_to(where, ngettext("已添加 %(num)s 个文件", "已添加 %(num)s 个文件", len(kept)))

    try:
        return _attached(owner, kept, done)
    except InvalidError as problem:
        return _page(owner, problem.fields["files"]), 422


@bp.get(_FILE)
@allowed("file.read")
def download(slug: str, file_id: int) -> Response:
    """The file, always to be saved and never to be shown inside the application."""
    return _handed_out(queries.file_to_hand_out(current_actor(), slug, file_id))


@bp.get("/requests/<int:request_id>/files/<int:file_id>")
@allowed("file.read")
def scan(request_id: int, file_id: int) -> Response:
    """What came with a request, for whoever sees that; such a file may belong to no project."""
    return _handed_out(queries.scan_to_hand_out(request_of(current_actor(), request_id).id, file_id))


def _handed_out(file: StoredFile) -> Response:
    content = _storage().get(file.storage_key)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise ProblemError(N_("文件与登记的校验值不符, 请联系系统管理员核对备份"))
    transacted(lambda: operations.hand_out(acting(), file), vital=True)
    answer = send_file(io.BytesIO(content), mimetype=file.media_type, as_attachment=True, download_name=file.filename)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@bp.get(_FILE + "/thumbnail")
@allowed("file.read")
def thumbnail(slug: str, file_id: int) -> Response:
    """A photo's small picture, which we drew ourselves."""
    file = queries.file_to_hand_out(current_actor(), slug, file_id)
    if file.thumbnail_key is None:
        raise NotFoundError(N_("这个文件没有缩略图"))
    answer = send_file(
        io.BytesIO(_storage().get(file.thumbnail_key)), mimetype="image/jpeg", download_name="thumbnail.jpg"
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@bp.post(_FILE + "/remove")
@allowed("file.write")
def remove(slug: str, file_id: int) -> Page:
    """Take a file off the lists; its bytes stay for the history."""
    file = queries.file_to_hand_out(current_actor(), slug, file_id)
    where = safe_next(request.form.get("next"), keep_as_of("files.index", slug=slug))
    return written(
        lambda: operations.remove(acting(), file),
        lambda _: gone_to(where, gettext("已移除“%(name)s”", name=file.filename)),
    )


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_problem: RequestEntityTooLarge) -> Answer:
    """Say how much fits."""
    sizes = {"count": MAX_FILES, "limit": MAX_BYTES // 1_000_000}
    message = speak(Text(N_("内容过大: 一次最多 %(count)s 个文件, 每个不超过 %(limit)s MB"), sizes))
    return error_page(413, message)


# --- helpers of these views -------------------------------------------------------------------------------------------


def _storage() -> Storage:
    return open_storage(current_app.config["STORAGE_URL"], current_app.config["INSTANCE_PATH"])


def _month(text: str | None) -> dt.date | None:
    try:
        return parse_month(text) if text is not None else None
    except ValueError:
        raise NotFoundError(N_("“%(text)s”不是月份, 请写成 2021-11 的样子"), text=(text or "")[:40]) from None


def _attached(owner: Owner, kept: list[Prepared], done: Callable[[list[Prepared]], Page]) -> Page:
    """Answer with `done` once what was kept has its rows; what gets none is taken out of the storage again."""
    unused = kept

    def write() -> list[Prepared]:
        return operations.attach(acting(), owner, kept)

    def noted(left: list[Prepared]) -> Page:
        nonlocal unused
        page, unused = done(left), left
        return page

    try:
        return written(write, noted)
    except BaseException:
        unused = kept
        raise
    finally:
        operations.discard(_storage(), unused)


class ScansOfChanges:
    """What keeps the scans that come with changes (`people/requests/kinds.Scans`)."""

    def keep(
        self, acting: Acting, kind: Kind, project_id: int | None, sent: Iterable[tuple[str, IO[bytes]]]
    ) -> list[Prepared]:
        """Clean and keep them; InvalidError naming `scan`."""
        read = [(name, stream.read(MAX_BYTES + 1)) for name, stream in sent]
        return operations.store_evidence(acting, _storage(), kind, project_id, read) if read else []

    def attach(
        self, acting: Acting, kind: Kind, project_id: int | None, asked: object, kept: Sequence[Prepared]
    ) -> list[Prepared]:
        """Store their rows; says so where there is no place for them."""
        left = operations.attach_evidence(acting, kind, project_id, asked, kept)
        if left and project_id is None and not isinstance(asked, ConsentRequest):
            flash(gettext("这项改动不用审批, 扫描件没有保存"))
        return left

    def discard(self, kept: Sequence[Prepared]) -> None:
        """Take back what got no row."""
        if kept:
            operations.discard(_storage(), kept)


def _home(owner: Owner) -> str:
    """The page that shows what was just added."""
    if owner.month:
        return keep_as_of(
            "reports.show", slug=owner.slug, month=f"{owner.month:%Y-%m}", revision=owner.revision, _anchor="files"
        )
    return (
        keep_as_of("files.gate", slug=owner.slug, key=owner.gate_key)
        if owner.gate_key
        else keep_as_of("files.index", slug=owner.slug)
    )


def _page(owner: Owner, problem: Text | None = None, refused: list[Refused] | None = None, added: int = 0) -> str:
    everything = queries.project_files(owner.project_id, clock.status_date())
    here = queries.files_of_owner(owner)
    shown = {
        "everything": everything,
        "here": here,
        "gates": queries.by_gate(everything),
        "requests": queries.by_request(everything),
        "gate_name": queries.gate_name(owner.gate_key),
    }
    went = {
        "problem": problem,
        "refused": refused or [],
        "added": added,
        "next": safe_next(request.form.get("next"), ""),
    }
    return render_template(
        "works/files/index.html", owner=owner, action=_adding(owner), back=_home(owner), **shown, **went
    )


def _adding(owner: Owner) -> str:
    """Where a form sends what is added to `owner`."""
    if owner.month:
        return keep_as_of(ADDING, slug=owner.slug, month=f"{owner.month:%Y-%m}", revision=owner.revision)
    return (
        keep_as_of(ADDING, slug=owner.slug, key=owner.gate_key)
        if owner.gate_key
        else keep_as_of(ADDING, slug=owner.slug)
    )
