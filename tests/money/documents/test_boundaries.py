"""Edges of documents: a line sent twice, lines imported below another document, findings of documents within and above
one's places.
"""

from __future__ import annotations

import datetime as dt

import pytest
from builders import make_day, make_place, make_project, make_user, sign_in
from importing import posted, previewed
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError, NotFoundError
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.models import LedgerEntry, UserPlace
from projects.money.documents.operations import DocumentLine, DocumentValues, add_lines, write_document
from projects.money.findings import operations as handling
from projects.money.findings import queries as findings
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.operations import Handling
from projects.money.imports import operations as imports
from projects.money.ladder.queries import money_of

NOW = dt.datetime(2025, 12, 1, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 12, 1)
WAN = 1_000_000
HEAD = "明细编号,文号,发文日期,项目名称,资金来源,金额(万元)\n"


def document(number: str, parent: int | None = None, **values) -> int:
    with transaction():
        made = DocumentValues("plan", number, issued_on=dt.date(2025, 3, 1), parent_id=parent, confirmed=True, **values)
        return write_document(Acting(SYSTEM, NOW, TODAY), made).id


def lines(of: int, project: int, fen: int = 1000 * WAN) -> list[int]:
    with transaction():
        return add_lines(Acting(SYSTEM, NOW, TODAY), of, [DocumentLine(project, fen, "cbi")])


def imported(text: str) -> imports.ImportBatch:
    with transaction():
        batch = previewed(
            Acting(SYSTEM, NOW, TODAY), "allocations", "a.csv", (HEAD + text).encode(), {"place": "", "unit": ""}
        )
        return posted(Acting(SYSTEM, NOW, TODAY), batch.id)


def test_a_line_sent_twice_is_posted_once(app):
    with app.app_context():
        make_day(TODAY)
        project = make_project("one")
        key, user = document("发改投资〔2025〕1号"), make_user("finance")
    client = sign_in(app.test_client(), user)
    typed = {"project": "one", "source": "cbi", "amount": "1000", "unit": "万元", "external_id": "", "memo": ""}
    assert client.post(f"/documents/{key}/lines", data=typed).status_code == 302
    again = client.post(f"/documents/{key}/lines", data=typed)
    assert again.status_code == 422
    assert 'name="confirmed"' in again.text
    with app.app_context():
        assert money_of(project.id, TODAY).ladder.total.allocated == 1000 * WAN
    assert client.post(f"/documents/{key}/lines", data=typed | {"confirmed": "y"}).status_code == 302
    with app.app_context():
        assert money_of(project.id, TODAY).ladder.total.allocated == 2000 * WAN


def test_lines_imported_below_another_document_count_once(app):
    """M-11 for files: 1,000 of the ministry's plan, the same 1,000 and 200 more in a file of the lower document's
    lines.
    """
    with app.app_context():
        project = make_project(name="甲县人民医院感染楼项目")
        upper = document("发改投资〔2025〕1号")
        lines(upper, project.id)
        document("财建〔2025〕9号", upper)
        row = "L1,财建〔2025〕9号,2025-03-01,甲县人民医院感染楼项目,中央预算内投资,1200\n"
        imported(row)
        assert money_of(project.id, TODAY).ladder.total.allocated == 1200 * WAN
        again = imported(row)
        assert (again.counts["new"], again.counts["existing"]) == (0, 1)
        posted = db.session.scalars(
            select(LedgerEntry).where(LedgerEntry.import_id.is_not(None)).order_by(LedgerEntry.id)
        ).all()
        assert [(one.amount_fen, one.allocation_id is None) for one in posted] == [
            (1000 * WAN, False),
            (200 * WAN, True),
        ]
        with transaction():
            imports.undo(Acting(SYSTEM, NOW, TODAY), posted[0].import_id, "传错了")
        assert money_of(project.id, TODAY).ladder.total.allocated == 1000 * WAN
        assert imported(row).counts["new"] == 1
        assert money_of(project.id, TODAY).ladder.total.allocated == 1200 * WAN


@pytest.fixture
def chain(app):
    """A province's plan of 1,000 for two counties, handed on in time: 400 to the one, 600 to the other."""
    with app.app_context():
        make_day(TODAY)
        make_place("370000", "山东省")
        for code in ("370831", "370832"):
            make_place(code, f"县{code}", "370000")
        upper = document(
            "发改投资〔2025〕1号", place_code="370000", received_on=dt.date(2025, 3, 1), total_fen=1000 * WAN
        )
        for code, fen in (("370831", 400 * WAN), ("370832", 600 * WAN)):
            project = make_project(name=f"县医院{code}", place_code=code)
            lines(document(f"县财〔2025〕{code[-2:]}号", upper, place_code=code), project.id, fen)
        user = make_user("finance")
        with transaction():
            db.session.add(UserPlace(user_id=user.id, place_code="370831"))
        ids = frozenset(db.session.scalars(select(LedgerEntry.project_id).where(LedgerEntry.amount_fen == 400 * WAN)))
        return upper, Actor(user.id, "甲县财务", "finance", places=frozenset({"370831"}), place_projects=ids)


def late(actor: Actor) -> list[tuple[str, int]]:
    return [
        (row.subject.name, row.finding.amount_fen)
        for row in findings.finding_page(actor, FindingFilter(rule="F-15"), TODAY).rows
    ]


def test_what_went_to_other_places_in_time_is_not_called_late(app, chain):
    """A county sees the province's plan, not the other county's document: the 600 handed to it are no finding."""
    with app.app_context():
        assert late(SYSTEM) == late(chain[1]) == []


def test_nobody_handles_findings_of_documents_above_their_places(app, chain):
    _upper, county = chain
    with app.app_context():
        late_one = document(
            "发改投资〔2025〕7号", place_code="370000", received_on=dt.date(2025, 3, 1), total_fen=9 * WAN
        )
        assert late(SYSTEM) == [("发改投资〔2025〕7号", 9 * WAN)]
        row = findings.one_of_document(SYSTEM, late_one, "F-15", TODAY)
        with pytest.raises((NotFoundError, ForbiddenError)), transaction():
            handling.handle(Acting(county, NOW, TODAY), row, Handling("closed", note="不是我的"))
        with transaction():
            handling.handle(Acting(SYSTEM, NOW, TODAY), row, Handling("closed", note="已办"))


def test_a_filter_by_place_leaves_other_places_documents_out(app, chain):
    with app.app_context():
        document("发改投资〔2025〕7号", place_code="370832", received_on=dt.date(2025, 3, 1), total_fen=9 * WAN)
        assert [
            row.subject.place
            for row in findings.finding_page(SYSTEM, FindingFilter(place="370832"), TODAY).rows
            if row.subject.document_id
        ] == ["县370832"]
        assert [
            row
            for row in findings.finding_page(SYSTEM, FindingFilter(place="370831"), TODAY).rows
            if row.subject.document_id
        ] == []
