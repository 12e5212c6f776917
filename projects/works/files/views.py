"""Photos and papers of a project, of its reports and gates: the page, adding, removing, handing out. FI-6, FI-7."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, current_app, render_template, request, send_file, session
from flask_babel import gettext, ngettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from projects.core.errors import InvalidError, NotFoundError, ProblemError
from projects.core.month import parse_month
from projects.core.text import N_, Text
from projects.database import transacted
from projects.people.access.door import acting, allowed, current_actor, safe_next
from projects.people.requests.forms import ChangeForm
from projects.web import clock
from projects.web.errors import Answer
from projects.web.errors import page as error_page
from projects.web.filed import Page, filed, gone_to, written
from projects.web.filters import keep_as_of
from projects.web.i18n import speak
from projects.works.files import operations, queries
from projects.works.files.checks import MAX_BODY, MAX_BYTES, MAX_FILES
from projects.works.files.forms import FilesForm
from projects.works.files.lists import Owner, Prepared, Refused
from projects.works.files.storage import Storage, open_storage

bp = Blueprint("files", __name__)
SANDBOX = "sandbox; default-src 'none'"
_FILES = "/projects/<slug>/files"
_FILE = _FILES + "/<int:file_id>"
ADDING = "files.add"
TAKES_FILES = frozenset({ADDING, "gates.save", "schedule.save", "charts.note", "charts.correct"})
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
    file = queries.file_to_hand_out(current_actor(), slug, file_id)
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


def filed_with_scan(
    form: ChangeForm,
    owner: Owner,
    change: Callable[[], object],
    done: Callable[[Any], Page],
    again: Callable[[], str],
    clash: Callable[[str], str] | None = None,
) -> Page:
    """`filed` for a change that comes with a scan in the same form: its bytes are cleaned and kept first, and its row
    lies with the request, or with what was changed at once; what gets no row is taken out of the storage again.
    """
    unused: list[Prepared] = []

    def first() -> list[Prepared]:
        kept, refused = operations.store(acting(), _storage(), owner, _scan(form))
        unused[:] = kept
        if refused:
            raise InvalidError({"scan": refused[0].text})
        return kept

    def write(kept: list[Prepared]) -> tuple[object, list[Prepared]]:
        asked = change()
        return asked, operations.attach_evidence(acting(), owner, asked, kept)

    def noted(both: tuple[object, list[Prepared]]) -> Page:
        page = done(both[0])
        unused[:] = both[1]
        return page

    try:
        return filed(form, write, noted, again, clash, first)
    finally:
        operations.discard(_storage(), unused)


def _scan(form: ChangeForm) -> Iterator[tuple[str, bytes]]:
    one = form.scan.data
    if getattr(one, "filename", ""):
        yield one.filename, one.stream.read(MAX_BYTES + 1)


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
