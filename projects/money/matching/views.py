"""The matching desk: what came in and what it pays. Works without scripts; what is confirmed is exactly what
was shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from projects.core.errors import ProblemError
from projects.core.narrowing import typed
from projects.money.matching import desk, operations, queries, workbook
from projects.money.matching.desk import PAGE, DeskItem
from projects.money.matching.forms import MatchForm, OutsideForm, ReceiptSplitForm, SureForm
from projects.money.matching.operations import Booking
from projects.people.access.door import acting, allowed, current_actor
from projects.sheets.writing.views import download
from projects.web.filed import Page, attempted, gone_to
from projects.web.filters import keep_as_of

bp = Blueprint("matching", __name__)
_DESK = "/funding/matching"
_ONE = _DESK + "/<int:receipt_id>"


@bp.get(_DESK)
@allowed("treasury.read")
def index() -> str:
    """The queue: what came in by source, and each receipt with its best proposal; at first without, where working these
    out takes seconds.
    """
    actor = current_actor()
    return _index(standing=queries.bare(actor) if "ready" not in request.args and queries.is_long(actor) else None)


@bp.get(_DESK + ".<any(csv, xlsx):kind>")
@allowed("treasury.read")
def file(kind: str) -> Response:
    """The queue as shown, all pages."""
    chosen = desk.read(request.args)
    standing = queries.standing(current_actor())
    return download(workbook.queue(_items(chosen, standing), standing.lines, chosen.query()), kind, gettext("到账匹配"))


@bp.post(_DESK + "/sure")
@allowed("funding.write")
def confirm_sure() -> Page:
    """Book every ticked receipt as it was shown, all or none."""
    form, standing = SureForm(), queries.standing(current_actor())

    def write() -> int:
        bookings = [Booking(receipt, parts, standing.said(str(receipt), parts)) for receipt, parts in form.ticked()]
        operations.confirm(acting(), bookings)
        return len(bookings)

    def done(count: int) -> Response:
        return gone_to(_back(), ngettext("已确认 %(num)s 笔到账", "已确认 %(num)s 笔到账", count))

    return attempted(write, done, _index)


@bp.get(_ONE)
@allowed("treasury.read")
def show(receipt_id: int) -> str:
    """One receipt: candidates, splitting by hand, other kinds of money, what was decided."""
    return _show(receipt_id)


@bp.post(_ONE + "/confirm")
@allowed("funding.write")
def confirm(receipt_id: int) -> Page:
    """Book a receipt as one of its candidates says."""
    form, standing = MatchForm(), queries.standing(current_actor())
    return _decide(
        receipt_id, lambda: _book(receipt_id, form.booked(), form.note.data or "", standing), gettext("已确认")
    )


@bp.post(_ONE + "/split")
@allowed("funding.write")
def split(receipt_id: int) -> Page:
    """Book a receipt on lines with typed amounts."""
    form = ReceiptSplitForm()
    return _decide(
        receipt_id, lambda: _book(receipt_id, form.booked(), form.note.data or ""), gettext("已按填写的金额确认")
    )


@bp.post(_ONE + "/outside")
@allowed("funding.write")
def outside(receipt_id: int) -> Page:
    """Say that a receipt belongs to no allocation."""
    form = OutsideForm()
    return _decide(
        receipt_id,
        lambda: operations.set_outside(acting(), receipt_id, form.kind.data, form.note.data or ""),
        gettext("已列为项目外"),
    )


@bp.post(_ONE + "/reject")
@allowed("funding.write")
def reject(receipt_id: int) -> Page:
    """Turn a proposal down."""
    form = MatchForm()
    return _decide(
        receipt_id,
        lambda: operations.reject(acting(), receipt_id, form.booked(), form.note.data or ""),
        gettext("不再这样建议"),
        stay=True,
    )


@bp.post(_ONE + "/undo/<int:decision_id>")
@allowed("funding.write")
def undo(receipt_id: int, decision_id: int) -> Page:
    """Take a decision back."""
    return _decide(receipt_id, lambda: operations.undo(acting(), receipt_id, decision_id), gettext("已撤销"), stay=True)


# --- helpers of these views -------------------------------------------------------------------------------------------


def _back() -> str:
    """The queue, narrowed as it was."""
    values: dict[str, Any] = dict(desk.read(request.args).query())
    return keep_as_of("matching.index", **values)


def _book(receipt_id: int, parts: desk.Parts, note: str, standing: desk.DeskStanding | None = None) -> None:
    booking = Booking(receipt_id, parts, standing.said(str(receipt_id), parts) if standing else (), note)
    operations.confirm(acting(), [booking])


def _decide(receipt_id: int, do: desk.Do, said: str, *, stay: bool = False) -> Page:
    """Carry a decision out; a problem is shown over the newest state of the receipt."""
    queries.receipt_of(current_actor(), receipt_id)
    where = keep_as_of("matching.show", receipt_id=receipt_id) if stay else keep_as_of("matching.index")
    return attempted(do, lambda _: gone_to(where, said), lambda problem: _show(receipt_id, problem))


def _items(chosen: desk.DeskFilter, standing: desk.DeskStanding) -> list[DeskItem]:
    return desk.narrowed(desk.items(standing.queue.rows, standing.proposals), chosen, standing.lines)


def _index(problem: ProblemError | None = None, standing: desk.DeskStanding | None = None) -> str:
    """The queue's page. A `standing` that is given has no proposals yet: the page asks for them itself."""
    chosen, is_waiting = desk.read(request.args), standing is not None
    standing = standing or queries.standing(current_actor())
    items = _items(replace(chosen, show="all") if is_waiting else chosen, standing)
    start = (chosen.page - 1) * PAGE
    page = items[start : start + PAGE]
    sure = [item for item in items if item.show == "sure"]
    shown = {
        "lines": standing.lines,
        "sure": sure,
        "names": desk.SHOWN_NAMES,
        "spell": desk.spelled,
        "pages": -(-len(items) // PAGE),
        "problem": problem,
    }
    shown |= {"is_waiting": is_waiting, "every": desk.spell_all(sure)}
    return render_template(
        "money/matching/index.html", queue=standing.queue, items=page, count=len(items), chosen=chosen, **shown
    )


def _show(receipt_id: int, problem: ProblemError | None = None) -> str:
    actor = current_actor()
    receipt, standing = queries.receipt_of(actor, receipt_id), queries.standing(actor)
    proposal = standing.proposals.get(str(receipt_id))
    decisions = queries.decisions_of(receipt_id)
    words = typed(request.args, "q")
    every = list(standing.lines.values())
    chosen = desk.searched(every, words) if words else desk.beside(every, receipt, proposal)
    lines = {**standing.lines, **queries.line_names(actor, (line for one in decisions for line, _ in one.parts))}
    kind = (proposal.outside if proposal else None) or "other"  # what one click books must not be a guess
    forms = {
        "outside": OutsideForm(formdata=None, kind=kind),
        "note": MatchForm(formdata=None).note,
        "typed": request.form,
    }
    said = {"q": words, "offered": chosen, "lines": lines, "spell": desk.spelled, "problem": problem}
    return render_template(
        "money/matching/show.html", receipt=receipt, proposal=proposal, decisions=decisions, **forms, **said
    )
