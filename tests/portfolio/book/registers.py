"""A register made up for tests, and its workbook read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from builders import TODAY, make_programme, make_project, make_target, make_unit
from workbooks import acting_as, dispatcher, places, workbook

from projects.core.acting import Acting
from projects.core.gazetteer.queries import place_names
from projects.core.gazetteer.search import options_of
from projects.database import transaction
from projects.extensions import db
from projects.models import Clause, FormerProgramme, PlanDocument
from projects.money.imports.extract import sheets
from projects.portfolio.book import operations, queries
from projects.portfolio.book.columns import SHEETS
from projects.portfolio.book.things import spelled
from projects.portfolio.uploads import operations as uploads
from projects.register.units.operations import UnitValues, change_unit

PLAN = "泗水县2021年卫生健康重点项目"


def stored(acting: Acting) -> None:
    """Two documents, three clauses, a programme with a member and a former one, four promises, two units of which one
    had another name, in 泗水; and a project with a promise in 微山.
    """
    places()
    unit = make_unit("泗水县医院", "370831", kind="hospital")
    make_unit("微山县人民医院", "370826", kind="hospital", short_name="微医")
    with transaction():
        change_unit(acting, unit.id, unit.version, UnitValues("泗水县人民医院", "", "hospital", "370831"))
    with transaction():
        plan = PlanDocument(
            slug="d-one",
            title=PLAN,
            number="泗卫〔2021〕3号",
            issuer="泗水县卫生健康局",
            place_code="370831",
            year=2021,
        )
        plan.issued_on = dt.date(2021, 3, 1)
        city = PlanDocument(slug="d-two", title="济宁市规划", issuer="济宁市政府", place_code="370800", year=2020)
        db.session.add_all([plan, city])
        db.session.flush()
        clauses = [
            Clause(document_id=one.id, locator=locator, heading=heading)
            for one, locator, heading in (
                (plan, "12", "加快县医院建设"),
                (plan, "(三)", "五大中心"),
                (city, "1", "总则"),
            )
        ]
        db.session.add_all(clauses)
        db.session.flush()
    programme = make_programme("五大中心", slug="g-one", place_code="370831", document_id=plan.id)
    member = {"programme_id": programme.id, "programme_since": dt.date(2021, 6, 1), "unit_id": unit.id}
    one = make_project("p-one", name="泗水县人民医院门诊楼", place_code="370831", **member)
    left = {"programme_since": dt.date(2021, 9, 1)}
    two = make_project("p-two", name="泗水县中医院病房楼", place_code="370831", **left)
    far = make_project("p-far", name="微山县人民医院病房楼", place_code="370826")
    with transaction():
        db.session.add(FormerProgramme(project_id=two.id, programme_id=programme.id, since=None))
    make_target(one, slug="t-1", threshold=50, due=dt.date(2021, 12, 31), clause_id=clauses[0].id)
    made = {"measure": "investment", "threshold": 3_000_000, "wording": "完成投资3万元"}
    make_target(one, slug="t-2", clause_id=clauses[0].id, **made)
    counted = {"measure": "complete", "quantifier": "count", "threshold": 3, "wording": "建成3个", "basis": "tally"}
    make_target(programme, slug="t-3", clause_id=clauses[1].id, **counted)
    make_target(far, slug="t-far", measure="start", wording="开工", clause_id=clauses[2].id)


def book_of(acting: Acting, day: dt.date = TODAY) -> dict[str, list[list[Any]]]:
    """The register of who asks, as the sheets of a workbook in Chinese."""
    paths = {one.code: one.path.replace(" ", "") for one in options_of(place_names())}
    things = queries.register(acting.actor, day)
    return {
        sheet.title: [
            [column.heading for column in sheet.columns],
            *(spelled(one, sheet, lambda word: word, paths) for one in things[sheet.key]),
        ]
        for sheet in SHEETS
        if sheet.key in things
    }


def same(msgid: str) -> tuple[str, ...]:
    return (msgid,)


def kept(acting: Acting, sheets: Mapping[str, Sequence[Sequence[Any]]], **options: Any) -> int:
    """The upload of a workbook of these sheets that is kept."""
    content = sheets if isinstance(sheets, bytes) else workbook(sheets)
    file = queries.opened(acting.actor, "登记簿.xlsx", content, options, same)
    with transaction():
        return uploads.keep(acting, queries.SHELF, file).id


def seen(acting: Acting, upload_id: int) -> queries.Shown:
    return queries.shown(acting.actor, upload_id, TODAY, same)


def states(found: queries.Shown) -> dict[str, str]:
    return {item.key: item.state for item in found.items}


def faults(found: queries.Shown) -> dict[str, str]:
    """By cell, why rows can't be taken in."""
    return {f"{one.sheet}!{one.cell}": str(one.text) for item in found.items for one in item.faults}


def posted(acting: Acting, upload_id: int, *, leave: bool = False) -> None:
    """Post all steps."""
    found = seen(acting, upload_id)
    step, version = operations.Step.of(found, found.upload.version, leave=leave), 0
    while True:
        is_last = step.is_last
        db.session.rollback()
        with transaction():
            version = operations.post(acting, step).version
        if is_last:
            return
        step = step.after(version) or operations.Step.of(seen(acting, upload_id), version, leave=True)


def read(content: bytes) -> dict[str, list[list[Any]]]:
    """A workbook's sheets, heading first."""
    return {sheet.name: [[cell or None for cell in row] for row in sheet.rows] for sheet in sheets(content)}


__all__ = ["PLAN", "acting_as", "dispatcher", "read", "stored"]
