"""Plans read by the program: sent, shown beside their text, accepted proposal by proposal."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext, ngettext

from projects.core.errors import InvalidError, NotFoundError, ProblemError
from projects.core.gazetteer.queries import finder, home_place
from projects.core.permissions import places_for
from projects.core.text import N_, Text, from_json
from projects.people.access.door import acting, allowed, current_actor
from projects.portfolio.ledger.queries import identities
from projects.portfolio.readings import desk, extract, marks, operations, queries
from projects.portfolio.readings.drafts import Draft
from projects.portfolio.readings.forms import EventForm, MissedForm, ProposalForm, ReadForm, RejectForm
from projects.portfolio.readings.tables import PlanProposal, PlanReading
from projects.register.documents.forms import DocumentForm
from projects.register.promises.checks import complaints
from projects.register.promises.forms import stored
from projects.register.reader.extract import MOST_BYTES
from projects.web.clock import business_day
from projects.web.filed import Page, attempted, filed, gone_to

bp = Blueprint("readings", __name__, url_prefix="/plans/readings")
WRITING = "document.write"
_ONE = "/<int:reading_id>"
_PROPOSAL = f"{_ONE}/proposals/<int:proposal_id>"
ALREADY = N_("这个项目在这份文件里已有同样的承诺")
BEFORE = {"moved": N_("又作同类承诺"), "further": N_("另有承诺"), "silent": N_("没有再提")}


@bp.url_value_preprocessor
def _allow_file(endpoint: str | None, values: dict[str, object] | None) -> None:  # noqa: ARG001
    """Only people who are signed in may send a body as large as a file."""
    if endpoint == "readings.send" and "sid" in session:
        request.max_content_length = MOST_BYTES + 2_000_000


@bp.get("")
@allowed("document.write")
def index() -> str:
    """The plans that were read, and the form for the next one."""
    form = ReadForm(formdata=None)
    form.place_code.data = home_place() or ""
    return _index(_placed(form))


@bp.post("")
@allowed("document.write")
def send() -> Page:
    """Read a file or a text, and keep what was read."""
    form = _placed(ReadForm())
    sent = request.files.get("file")
    content, name = (sent.read(), sent.filename or "") if sent and sent.filename else (b"", "")

    def first() -> operations.Sent:
        text = form.text.data or ""
        read = extract.read_file(content, name, form.year.data) if content else extract.read_text(text, form.year.data)
        likely = _likely([one.project for one in read["drafts"]], form.place_code.data or "")
        return operations.Sent(name or gettext("粘贴的文字"), content or text.encode(), **read, likely=likely)

    return filed(
        form,
        lambda found: operations.keep(acting(), found, form.place_code.data or "").id,
        lambda key: redirect(url_for("readings.show", reading_id=key)),
        lambda: _index(form),
        first=first,
    )


@bp.get(_ONE)
@allowed("document.write")
def show(reading_id: int) -> str:
    """The text with its marks beside what was read in it."""
    return _show(reading_id)


@bp.post(f"{_ONE}/document")
@allowed("document.write")
def name_document(reading_id: int) -> Page:
    """Register the document, from its head as corrected."""
    form = _placed(DocumentForm())
    return filed(
        form,
        lambda: operations.name_document(acting(), reading_id, form.values),
        lambda _: gone_to(url_for("readings.show", reading_id=reading_id), gettext("已登记文件, 可以接受承诺了")),
        lambda: _show(reading_id, document=form),
    )


@bp.post(f"{_ONE}/accept")
@allowed("document.write")
def accept_several(reading_id: int) -> Page:
    """Accept those ticked that need no look of their own, in one act."""
    ticked = {int(one) for one in request.form.getlist("ids") if one.isdecimal() and len(one) < 10}
    reading = operations.reading_of(current_actor(), reading_id)
    chosen = [card for card in desk.in_turn(_cards(reading)) if card.row.id in ticked and card.is_clean]
    keys = [(card.row.id, card.row.version) for card in chosen]
    seen = list(zip(keys, _choices(reading, chosen), strict=True))

    def write() -> int:
        if not seen:
            raise InvalidError({"ids": Text(N_("请至少勾选一条可以直接接受的"))})
        for (key, version), choice in seen:
            operations.accept(acting(), reading_id, key, version, choice)
        return len(seen)

    return attempted(
        write,
        lambda count: gone_to(
            url_for("readings.show", reading_id=reading_id), ngettext("已接受 %(num)s 条", "已接受 %(num)s 条", count)
        ),
        lambda problem: _show(reading_id, problem=problem),
    )


@bp.get(_PROPOSAL)
@allowed("document.write")
def edit(reading_id: int, proposal_id: int) -> str:
    """One proposal, to change, merge or reject."""
    reading = operations.reading_of(current_actor(), reading_id)
    card = _card(reading, proposal_id)
    return _edit(reading, card, _form_of(reading, card))


@bp.post(_PROPOSAL)
@allowed("document.write")
def accept(reading_id: int, proposal_id: int) -> Page:
    """Accept it, as changed."""
    reading = operations.reading_of(current_actor(), reading_id)
    card = _card(reading, proposal_id)
    form = _offered(ProposalForm(), card.row)
    return filed(
        form,
        lambda: operations.accept(acting(), reading_id, proposal_id, form.version.data or 0, form.choice),
        lambda _: gone_to(_at(reading_id, proposal_id), gettext("已接受, 判断已更新")),
        lambda: _edit(reading, card, form),
    )


@bp.post(f"{_PROPOSAL}/take")
@allowed("document.write")
def take(reading_id: int, proposal_id: int) -> Page:
    """Accept it unchanged, as the project that the pressed button names (0: a new one)."""
    reading = operations.reading_of(current_actor(), reading_id)
    card, said = _card(reading, proposal_id), request.form.get("as", "")
    known = {0, *(one.id for one in card.likely), *({card.choice} if card.choice else ())}
    key = int(said) if said.isdecimal() and int(said) in known else None

    def write() -> PlanProposal:
        if key is None:
            raise InvalidError({"as": Text(N_("请选择它是哪个项目"))})
        choice = replace(_choices(reading, [card])[0], project_id=key or None)
        return operations.accept(acting(), reading_id, proposal_id, _seen(), choice)

    return _attempt(reading_id, proposal_id, write, gettext("已接受, 判断已更新"))


@bp.post(f"{_PROPOSAL}/reject")
@allowed("document.write")
def reject(reading_id: int, proposal_id: int) -> Page:
    """Say why it is none."""
    reason = request.form.get("reason", "")
    return _attempt(
        reading_id,
        proposal_id,
        lambda: operations.reject(acting(), reading_id, proposal_id, _seen(), reason),
        gettext("已记下不取的理由"),
    )


@bp.post(f"{_PROPOSAL}/event")
@allowed("document.write")
def note_event(reading_id: int, proposal_id: int) -> Page:
    """Keep what a review reports as an event of a known project."""
    reading = operations.reading_of(current_actor(), reading_id)
    card = _card(reading, proposal_id)
    form = EventForm()
    form.as_project.offer((one.id, one.name, one.code) for one in identities(current_actor()))
    return filed(
        form,
        lambda: operations.note_event(
            acting(), reading_id, proposal_id, _seen(), form.as_project.data or 0, form.on.data or dt.date.max
        ),
        lambda _: gone_to(_at(reading_id, proposal_id), gettext("已记入大事记")),
        lambda: _edit(reading, card, _form_of(reading, card), event=form),
    )


@bp.post(f"{_PROPOSAL}/reopen")
@allowed("document.write")
def reopen(reading_id: int, proposal_id: int) -> Page:
    """Take a decision back."""
    return _attempt(
        reading_id,
        proposal_id,
        lambda: operations.reopen(acting(), reading_id, proposal_id, _seen()),
        gettext("已撤回, 可以重新决定"),
    )


@bp.post(f"{_ONE}/missed")
@allowed("document.write")
def add_by_hand(reading_id: int) -> Page:
    """Propose what the program did not see."""
    form = MissedForm()
    reading = operations.reading_of(current_actor(), reading_id, whole=True)
    return filed(
        form,
        lambda likely: operations.add_by_hand(acting(), reading_id, _missed(reading, form), likely),
        lambda _: gone_to(url_for("readings.show", reading_id=reading_id), gettext("已添加, 请决定")),
        lambda: _show(reading_id, missed=form),
        first=lambda: _likely([form.project.data or ""], reading.place_code)[0],
    )


@bp.post(f"{_ONE}/finish")
@allowed("document.write")
def finish(reading_id: int) -> Page:
    """End the work on a reading."""
    return attempted(
        lambda: operations.finish(acting(), reading_id),
        lambda _: gone_to(url_for("readings.show", reading_id=reading_id), gettext("阅读已结束")),
        lambda problem: _show(reading_id, problem=problem),
    )


# --- parts ------------------------------------------------------------------------------------------------------------


def _likely(names: list[str], place_code: str) -> list[list[dict[str, Any]]]:
    """Which projects these names may mean: of many projects that takes a while, so it comes before the transaction."""
    return queries.likely_projects(current_actor(), names, place_code)


def _seen() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _at(reading_id: int, proposal_id: int) -> str:
    return url_for("readings.show", reading_id=reading_id, _anchor=f"p-{proposal_id}")


def _attempt(reading_id: int, proposal_id: int, write: Any, said: str) -> Page:
    return attempted(
        write,
        lambda _: gone_to(_at(reading_id, proposal_id), said),
        lambda problem: _show(reading_id, problem=problem),
    )


def _placed(form: Any) -> Any:
    form.place_code.offer(finder(places_for(current_actor(), WRITING)))
    return form


def _offered(form: ProposalForm, own: PlanProposal) -> ProposalForm:
    _placed(form)
    form.as_project.offer((one.id, one.name, one.code) for one in identities(current_actor()))
    form.about(programme=own.quantifier != "project")
    return form


def _form_of(reading: PlanReading, card: desk.Card) -> ProposalForm:
    own = card.row
    known = {"version": own.version, "project": own.project, "place_code": _place(reading, own.project)}
    form = _offered(ProposalForm(formdata=None, data=stored(operations.chosen_values(own)) | known), own)
    form.as_project.data = card.choice or None
    return form


def _place(reading: PlanReading, name: str) -> str:
    return queries.places_of(current_actor(), [name], reading.place_code)[0]


def _cards(reading: PlanReading) -> list[desk.Card]:
    rows = queries.proposals(reading.id)
    ids = {one["id"] for row in rows for one in row.PlanProposal.likely}
    there = queries.promised_in(reading.document_id)

    def complain(own: PlanProposal, choice: int | None) -> Text | None:
        wrong = complaints(operations.chosen_values(own), None, of_programme=own.quantifier != "project")
        known = bool(choice) and (choice, own.measure, own.threshold, own.due) in there
        return next(iter(wrong.values()), Text(ALREADY) if known else None)

    return desk.cards(rows, queries.names_of(sorted(ids)), complain)


def _card(reading: PlanReading, proposal_id: int) -> desk.Card:
    for card in _cards(reading):
        if card.row.id == proposal_id:
            return card
    raise NotFoundError(N_("没有这条阅读所得"))


def _choices(reading: PlanReading, chosen: list[desk.Card]) -> list[operations.Choice]:
    """How cards are accepted as they stand: a group in the plan's place, a project where its name says."""
    places = queries.places_of(current_actor(), [card.row.project for card in chosen], reading.place_code)
    return [
        operations.Choice(
            card.choice or None,
            card.row.project,
            place if card.row.quantifier == "project" else reading.place_code,
            operations.chosen_values(card.row),
        )
        for card, place in zip(chosen, places, strict=True)
    ]


def _missed(reading: PlanReading, form: MissedForm) -> Draft:
    quote = form.wording.data or ""
    begin = reading.text.find(quote.strip())
    if begin < 0:
        raise InvalidError({"wording": Text(N_("正文里没有这句话: 请从左边的正文里选取"))})
    locator = next((one["locator"] for one in reading.clauses if one["start"] <= begin < one["end"]), "")
    values = form.values
    return Draft(
        "plan",
        form.project.data or "",
        values.measure,
        values.quantifier,
        values.threshold,
        values.due,
        values.commitment,
        quote.strip(),
        locator,
        begin,
        begin + len(quote.strip()),
    )


def _index(form: ReadForm) -> str:
    return render_template("portfolio/readings/index.html", form=form, rows=queries.readings(current_actor()))


def _head_form(reading: PlanReading) -> Any:
    head = reading.head
    issued = dt.date.fromisoformat(head["issued_on"]) if head.get("issued_on") else None
    known = {name: str(head.get(name) or "")[:200] for name in ("title", "number", "issuer")}
    year = head.get("year") or (issued or business_day()).year
    return _placed(
        DocumentForm(formdata=None, data=known | {"issued_on": issued, "year": year, "place_code": reading.place_code})
    )


def _show(
    reading_id: int,
    *,
    document: Any = None,
    missed: MissedForm | None = None,
    problem: ProblemError | None = None,
) -> str:
    reading = operations.reading_of(current_actor(), reading_id, whole=True)
    cards = _cards(reading)
    spans = [(card.row.id, card.row.begins, card.row.ends) for card in cards]
    blind = [(one["start"], one["end"]) for one in reading.unread]
    year = reading.head.get("year")
    before = desk.compared(queries.promised_before(reading, year), cards)
    shown = {
        "reading": reading,
        "cards": cards,
        "pieces": marks.pieces(reading.text, spans, blind),
        "unread": [
            (one["start"], reading.text[one["start"] : one["end"]], from_json(one["why"])) for one in reading.unread
        ],
        "notes": [from_json(one) for one in reading.notes],
        "document": document or _head_form(reading),
        "missed": missed or MissedForm(formdata=None),
        "problem": problem and (next(iter(getattr(problem, "fields", {}).values()), None) or problem.text),
        "before": before,
        "before_words": BEFORE,
        "contradicting": desk.contradicting(cards),
    }
    return render_template("portfolio/readings/show.html", **shown)


def _edit(reading: PlanReading, card: desk.Card, form: ProposalForm, event: EventForm | None = None) -> str:
    if event is None:
        event = EventForm(formdata=None)
        event.as_project.offer((one.id, one.name, one.code) for one in identities(current_actor()))
        event.as_project.data = card.choice or None
    return render_template(
        "portfolio/readings/edit.html",
        reading=reading,
        card=card,
        form=form,
        event=event,
        rejecting=RejectForm(formdata=None),
    )
