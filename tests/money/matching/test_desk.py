"""The matching desk on both databases: proposals, confirming, splitting, outside, rejecting, undoing, learning; the
sums hold to the fen.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest
from builders import make_day, make_place, make_project, make_user, sign_in
from counting import counted
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.models import Alias, AuditEntry, LedgerEntry, MatchDecision, Project, Unit
from projects.money.documents.operations import DocumentLine, DocumentValues, write_document, write_lines
from projects.money.matching import desk, operations, queries
from projects.money.matching.operations import Booking
from projects.money.matching.remembering import DeskMemory
from projects.money.receipts.operations import ReceiptValues, take_back, write_receipts

NOW = dt.datetime(2025, 12, 1, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 12, 1)
WAN = 1_000_000
_numbers = itertools.count(1)


def make_unit(name: str, place: str = "370800") -> Unit:
    with transaction():
        unit = Unit(name=name, place_code=place)
        db.session.add(unit)
    return unit


def make_line(project: Project, fen: int = 300 * WAN, number: str = "财建〔2025〕23号", source: str = "cbi") -> int:
    with transaction():
        document = write_document(
            Acting(SYSTEM, NOW, TODAY), DocumentValues("budget", number, issued_on=dt.date(2025, 3, 1), confirmed=True)
        )
        return write_lines(Acting(SYSTEM, NOW, TODAY), document, [DocumentLine(project.id, fen, source)])[0]


def make_receipt(fen: int, memo: str, payee: str = "甲县人民医院", day: dt.date = dt.date(2025, 5, 1), **more) -> int:
    with transaction():
        return write_receipts(
            Acting(SYSTEM, NOW, TODAY), [ReceiptValues(day, fen, f"V{next(_numbers)}", "市财政局", payee, memo, **more)]
        )[0]


@pytest.fixture
def ward(app):
    """A project of 甲县人民医院 with a line of 300 万元."""
    queries.MEMORY.forget()
    with app.app_context():
        make_place()
        unit = make_unit("甲县人民医院")
        project = make_project(name="甲县人民医院感染性疾病楼项目", unit_id=unit.id)
        return project.id, make_line(project)


def book(receipt: int, *parts: tuple[int, int], actor: Actor = SYSTEM) -> int:
    with transaction():
        return operations.confirm(
            Acting(actor, NOW, TODAY), [Booking(receipt, tuple((str(line), fen) for line, fen in parts))]
        )[0]


def test_a_receipt_is_proposed_confirmed_and_gone_from_the_queue(app, ward):
    with app.app_context():
        receipt = make_receipt(90 * WAN, "财建〔2025〕23号 感染性疾病楼")
        best = queries.proposals(SYSTEM)[str(receipt)].candidates[0]
        assert [(part.line, part.amount_fen) for part in best.parts] == [(str(ward[1]), 90 * WAN)]
        book(receipt, (ward[1], 90 * WAN))
        assert queries.proposals(SYSTEM) == {}
        (entry,) = db.session.scalars(select(LedgerEntry).where(LedgerEntry.step == "received"))
        assert (entry.allocation_id, entry.receipt_id, entry.source, entry.entry_on) == (
            ward[1],
            receipt,
            "cbi",
            dt.date(2025, 5, 1),
        )
        assert queries.open_lines(SYSTEM)[0].open_fen == 210 * WAN
        assert queries.open_lines(SYSTEM)[0].parts == 1
        assert db.session.scalars(select(AuditEntry.tag)).all()[-1] == "funding:match:confirmed"


def test_in_is_matched_and_outside_and_unmatched_after_every_step(app, ward):
    """MT-9."""
    with app.app_context():
        first, second, third = (
            make_receipt(90 * WAN, "拨款"),
            make_receipt(1_234, "结息"),
            make_receipt(210 * WAN, "拨款", source="cbi"),
        )

        def sums() -> tuple[int, int, int, int]:
            found = queries.queue(SYSTEM)
            assert found.in_fen == found.matched_fen + found.outside_fen + found.unmatched_fen == 300 * WAN + 1_234
            return found.in_fen, found.matched_fen, found.outside_fen, found.unmatched_fen

        assert sums()[1:] == (0, 0, 300 * WAN + 1_234)
        decision = book(first, (ward[1], 50 * WAN))
        assert sums()[1:] == (50 * WAN, 0, 250 * WAN + 1_234)
        with transaction():
            operations.set_outside(Acting(SYSTEM, NOW, TODAY), second, "interest")
        assert sums()[1:] == (50 * WAN, 1_234, 250 * WAN)
        with transaction():
            operations.undo(Acting(SYSTEM, NOW, TODAY), first, decision)
        assert sums()[1:] == (0, 1_234, 300 * WAN)
        book(third, (ward[1], 210 * WAN))
        assert sums()[1:] == (210 * WAN, 1_234, 90 * WAN)


def test_sums_stand_in_the_order_of_sources_that_all_pages_have(app, ward):
    with app.app_context():
        for source in ("county", None, "provincial", "cbi"):
            make_receipt(WAN, "拨款", source=source)
        assert [one.source for one in queries.queue(SYSTEM).sums] == ["cbi", "provincial", "county", ""]


def test_a_line_that_somebody_else_paid_meanwhile_is_a_conflict_and_nothing_is_written(app, ward):
    with app.app_context():
        first, second = make_receipt(300 * WAN, "拨款"), make_receipt(300 * WAN, "拨款")
        book(first, (ward[1], 300 * WAN))
        with pytest.raises(ConflictError):
            book(second, (ward[1], 300 * WAN))
        with pytest.raises(ConflictError):
            book(first, (ward[1], 1))
        assert db.session.scalar(select(func.count()).select_from(MatchDecision)) == 1


def test_bulk_is_all_or_none(app, ward):
    with app.app_context():
        first, second = make_receipt(200 * WAN, "拨款"), make_receipt(200 * WAN, "拨款")
        with pytest.raises(ConflictError), transaction():
            operations.confirm(
                Acting(SYSTEM, NOW, TODAY), [Booking(one, ((str(ward[1]), 200 * WAN),)) for one in (first, second)]
            )
        assert db.session.scalar(select(func.count()).where(LedgerEntry.step == "received")) == 0


@pytest.mark.parametrize("parts", [(), (("1", 0),), (("1", -5),), (("1", 5), ("1", 5))])
def test_parts_that_make_no_sense_are_refused(app, ward, parts):
    with app.app_context():
        receipt = make_receipt(90 * WAN, "拨款")
        with pytest.raises(InvalidError), transaction():
            operations.confirm(
                Acting(SYSTEM, NOW, TODAY), [Booking(receipt, tuple((str(ward[1]), fen) for _, fen in parts))]
            )


def test_more_than_the_receipt_is_refused(app, ward):
    with app.app_context():
        receipt = make_receipt(90 * WAN, "拨款")
        with pytest.raises(ConflictError):
            book(receipt, (ward[1], 90 * WAN + 1))


def test_a_rejected_proposal_is_not_made_again_until_that_is_undone(app, ward):
    with app.app_context():
        receipt = make_receipt(90 * WAN, "财建〔2025〕23号 感染性疾病楼")
        parts = ((str(ward[1]), 90 * WAN),)
        with transaction():
            decision = operations.reject(Acting(SYSTEM, NOW, TODAY), receipt, parts)
        assert queries.proposals(SYSTEM)[str(receipt)].candidates[0].parts == ()
        with transaction():
            operations.undo(Acting(SYSTEM, NOW, TODAY), receipt, decision)
        assert len(queries.proposals(SYSTEM)[str(receipt)].candidates[0].parts) == 1
        with pytest.raises(ConflictError), transaction():
            operations.undo(Acting(SYSTEM, NOW, TODAY), receipt, decision)


def test_a_confirmed_match_teaches_the_payees_name_and_undoing_forgets_it(app, ward):
    """MT-10."""
    with app.app_context():
        first = make_receipt(90 * WAN, "财建〔2025〕23号 感染性疾病楼", payee="红十字总院")
        decision = book(first, (ward[1], 90 * WAN))
        assert [(one.text, one.unit_id is not None) for one in db.session.scalars(select(Alias))] == [
            ("红十字总院", True)
        ]
        second = make_receipt(210 * WAN, "建设资金", payee="红十字总院")
        assert queries.proposals(SYSTEM)[str(second)].confident
        with transaction():
            operations.undo(Acting(SYSTEM, NOW, TODAY), first, decision)
        assert db.session.scalars(select(Alias)).all() == []


@pytest.mark.parametrize("payee", ["甲县人民医院", "甲县医院", "卫生健康局基建专户", "市财政局国库", "院"])
def test_names_that_teach_nothing(app, ward, payee):
    with app.app_context():
        book(make_receipt(90 * WAN, "财建〔2025〕23号 感染性疾病楼", payee=payee), (ward[1], 90 * WAN))
        assert db.session.scalars(select(Alias)).all() == []


def test_a_matched_receipt_can_not_be_taken_back_before_the_match_is(app, ward):
    with app.app_context():
        receipt = make_receipt(90 * WAN, "拨款")
        decision = book(receipt, (ward[1], 90 * WAN))
        with pytest.raises(ConflictError), transaction():
            take_back(Acting(SYSTEM, NOW, TODAY), [receipt], "错了")
        with transaction():
            operations.undo(Acting(SYSTEM, NOW, TODAY), receipt, decision)
            take_back(Acting(SYSTEM, NOW, TODAY), [receipt], "错了")
        assert queries.receipts_left(SYSTEM) == []


def test_the_desk_ends_at_the_persons_places(app, ward):
    with app.app_context():
        make_place("360900", "宜春市")
        here, there = (
            make_receipt(90 * WAN, "拨款", place_code="370800"),
            make_receipt(90 * WAN, "拨款", place_code="360900"),
        )
        actor = Actor(
            make_user("finance").id, "财务", "finance", places=frozenset({"360900"}), place_projects=frozenset()
        )
        assert [row.id for row in queries.receipts_left(actor)] == [there]
        assert queries.open_lines(actor) == []
        for call in (
            lambda: queries.receipt_of(actor, here),
            lambda: operations.set_outside(Acting(actor, NOW, TODAY), here, "fee"),
        ):
            with pytest.raises(NotFoundError), transaction():
                call()
        with pytest.raises(NotFoundError):
            book(there, (ward[1], 1), actor=actor)


def test_a_document_handed_on_is_one_line_and_its_parents_number_is_evidence(app, ward):
    with app.app_context():
        project, line = ward
        parent = db.session.scalar(select(LedgerEntry.document_id).where(LedgerEntry.id == line))
        with transaction():
            below = write_document(
                Acting(SYSTEM, NOW, TODAY),
                DocumentValues("quota", "鲁财建〔2025〕8号", issued_on=dt.date(2025, 3, 9), parent_id=parent),
            )
            write_lines(Acting(SYSTEM, NOW, TODAY), below, [DocumentLine(project, 300 * WAN, "cbi")])
        (only,) = queries.open_lines(SYSTEM)
        assert (only.document, only.parents) == ("鲁财建〔2025〕8号", ("财建〔2025〕23号",))


def test_the_pages_confirm_split_set_aside_and_undo_without_scripts(app, client, ward):
    with app.app_context():
        make_day(TODAY)
        sure, halved, stray = (
            make_receipt(90 * WAN, "财建〔2025〕23号 感染性疾病楼"),
            make_receipt(100 * WAN, "款"),
            make_receipt(1_234, "结息"),
        )
        sign_in(client, make_user("finance"))
    page = client.get("/funding/matching").get_data(as_text=True)
    assert "有把握" in page
    ticked = re.findall(r'name="take" value="([^"]+)" checked', page)
    assert ticked == [f"{sure}={ward[1]}:{90 * WAN}"]
    assert client.post("/funding/matching/sure", data={"take": ticked}).status_code == 302
    assert client.post("/funding/matching/sure", data={"take": ticked}).status_code == 409
    assert client.post("/funding/matching/sure").status_code == 422
    one = f"/funding/matching/{halved}"
    assert "自己选下达" in client.get(one).get_data(as_text=True)
    assert "感染性疾病楼" in client.get(one + "?q=感染").get_data(as_text=True)
    assert client.post(one + "/split", data={f"fen-{ward[1]}": "40万"}).status_code == 422
    assert client.post(one + "/split", data={}).status_code == 422
    assert client.post(one + "/split", data={f"fen-{ward[1]}": "400000.00"}).status_code == 302
    assert "600,000.00" in client.get(one).get_data(as_text=True)
    with app.app_context():
        decision = db.session.scalar(select(MatchDecision.id).where(MatchDecision.receipt_id == halved))
    assert client.post(f"{one}/undo/{decision}").status_code == 302
    assert client.post(f"{one}/undo/{decision}").status_code == 409
    assert client.post(f"{one}/undo/{decision + 77}").status_code == 404
    aside = f"/funding/matching/{stray}"
    assert client.post(aside + "/outside", data={"kind": "interest", "note": ""}).status_code == 302
    assert client.post(aside + "/outside", data={"kind": "interest", "note": ""}).status_code == 409
    assert client.get("/funding/matching?show=none").status_code == 200
    assert client.get("/funding/matching?show=nonsense").status_code == 422
    for kind in ("csv", "xlsx"):
        assert client.get(f"/funding/matching.{kind}").status_code == 200
    assert client.get("/funding/matching/99999").status_code == 404


def test_a_sum_beyond_a_line_names_the_line_and_keeps_the_search_and_what_was_typed(app, client, ward):
    with app.app_context():
        make_day(TODAY)
        large = f"/funding/matching/{make_receipt(500 * WAN, '款')}"
        sign_in(client, make_user("finance"))
    over = client.post(large + "/split?q=感染", data={f"fen-{ward[1]}": "3000000.01"})
    assert over.status_code == 409
    assert "财建〔2025〕23号: 超过余额: 这笔下达只剩 3,000,000.00 元" in over.text
    assert 'value="3000000.01"' in over.text
    assert 'name="q" value="感染"' in over.text
    assert f'action="{large}/split?q=' in over.text
    assert "余额 5,000,000.00 元" in client.post(large + "/split", data={f"fen-{ward[1]}": "5000000.01"}).text


@pytest.mark.parametrize(
    ("memo", "kind"),
    [("退回投标保证金", "refund"), ("基本户结息", "interest"), ("账户手续费", "fee"), ("不知道是什么", "other")],
)
def test_one_click_sets_aside_what_the_memo_says_and_not_the_first_of_the_list(app, client, ward, memo, kind):
    with app.app_context():
        make_day(TODAY)
        receipt = make_receipt(1_234, memo, payee="别的单位")
        sign_in(client, make_user("finance"))
    page = client.get(f"/funding/matching/{receipt}").get_data(as_text=True)
    assert re.findall(r'<option selected value="(\w+)"', page[page.index('id="outside"') :]) == [kind]


def test_a_candidate_is_confirmed_as_shown_or_turned_down(app, client, ward):
    with app.app_context():
        make_day(TODAY)
        receipt = make_receipt(90 * WAN, "财建〔2025〕23号 感染性疾病楼")
        sign_in(client, make_user("finance"))
    address, parts = f"/funding/matching/{receipt}", f"{ward[1]}:{90 * WAN}"
    assert client.post(address + "/reject", data={"parts": parts}).status_code == 302
    assert parts not in client.get(address).get_data(as_text=True)
    assert client.post(address + "/confirm", data={"parts": "x:1"}).status_code == 422
    assert client.post(address + "/confirm", data={"parts": parts, "note": "看过文件"}).status_code == 302
    with app.app_context():
        said = db.session.scalar(select(MatchDecision.note).where(MatchDecision.action == "confirm"))
        assert said == "看过文件"


def test_the_sure_ones_of_all_pages_are_confirmed_at_once(app, client, ward, monkeypatch):
    monkeypatch.setattr("projects.money.matching.views.PAGE", 2)
    with app.app_context():
        make_day(TODAY)
        project = db.session.get_one(Project, ward[0])
        for serial, fen in ((41, 37), (52, 411), (63, 999)):
            make_line(project, fen * WAN, f"财建〔2025〕{serial}号")
            make_receipt(fen * WAN, f"财建〔2025〕{serial}号 感染性疾病楼")
        sign_in(client, make_user("finance"))
    page = client.get("/funding/matching").get_data(as_text=True)
    assert "确认各页全部 3 笔有把握的" in page
    assert (
        client.post(
            "/funding/matching/sure", data={"all": re.search(r'name="all" value="([^"]+)"', page)[1]}
        ).status_code
        == 302
    )
    assert "都已处理完" in client.get("/funding/matching").get_data(as_text=True)
    assert client.post("/funding/matching/sure", data={"all": ""}).status_code == 422


def test_a_long_queue_is_shown_at_once_and_its_proposals_follow(app, client, ward, monkeypatch):
    monkeypatch.setattr(queries, "QUICK", 1)
    with app.app_context():
        make_day(TODAY)
        make_receipt(90 * WAN, "财建〔2025〕23号 感染性疾病楼"), make_receipt(100 * WAN, "款")
        sign_in(client, make_user("finance"))
    first, second, third = (
        client.get(f"/funding/matching{query}").get_data(as_text=True)
        for query in ("?show=sure", "?show=sure&ready=1", "?show=sure")
    )
    assert 'http-equiv="refresh" content="1; url=/funding/matching?show=sure&amp;ready=1"' in first
    assert (
        "推算中" in first,
        "感染性疾病楼" in first,
        'name="take"' in first,
        "没有建议" in first.split("<tbody>")[-1],
    ) == (True, True, False, False)
    for page in (second, third):
        assert ("refresh" in page, "推算中" in page, 'name="take"' in page) == (False, False, True)


def test_every_decision_is_followed_as_if_all_was_worked_out_anew(app, ward):
    with app.app_context():
        receipts = [
            make_receipt(fen * WAN, memo)
            for fen, memo in (
                (90, "财建〔2025〕23号 感染性疾病楼"),
                (210, "拨款"),
                (300, "拨款"),
                (210, "感染性疾病楼"),
                (7, "结息"),
            )
        ]

        def stored(do, *args) -> None:
            with transaction():
                do(Acting(SYSTEM, NOW, TODAY), *args)

        steps = [
            lambda: book(receipts[0], (ward[1], 90 * WAN)),
            lambda: stored(operations.set_outside, receipts[4], "interest"),
            lambda: stored(operations.reject, receipts[1], ((str(ward[1]), 210 * WAN),)),
            lambda: make_receipt(3 * WAN, "感染性疾病楼"),
            lambda: make_line(db.session.get_one(Project, ward[0]), 50 * WAN, "财建〔2025〕24号"),
            lambda: stored(operations.undo, receipts[0], db.session.scalar(select(func.min(MatchDecision.id)))),
        ]
        for step in steps:
            before = queries.standing(SYSTEM)
            step()
            followed, afresh = queries.standing(SYSTEM), DeskMemory().standing("", 0, lambda: queries.given(SYSTEM))
            assert (followed.queue, followed.lines, followed.proposals) == (
                afresh.queue,
                afresh.lines,
                afresh.proposals,
            )
            assert followed.proposals != before.proposals


def test_the_desk_costs_no_more_statements_for_more_receipts(app, client, ward):
    with app.app_context():
        make_day(TODAY)
        sign_in(client, make_user("finance"))
    client.get("/funding/matching")  # the first look of a process counts what waits
    counts = []
    for _ in range(2):
        with app.app_context():
            receipts = [make_receipt(WAN, "财建〔2025〕23号 感染性疾病楼") for _ in range(5)]
        sent = []
        for page in ("/funding/matching", f"/funding/matching/{receipts[0]}", "/imports", "/funding/matching.csv"):
            with counted(app) as statements:
                assert client.get(page).status_code == 200
            sent.append(len(statements))
        counts.append(sent)
    assert counts[0] == counts[1]
    assert max(counts[0]) < 30


def test_the_hidden_field_of_parts_is_read_strictly():
    assert desk.parse_parts("12:3000,15:200") == (("12", 3000), ("15", 200))
    for text in ("12", "12:", ":5", "a:5", "1:-5", "1:5.0", "1:٣"):
        with pytest.raises(ValueError, match=re.escape(text)):
            desk.parse_parts(text)
