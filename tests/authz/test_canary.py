"""What lies outside a person's scope leaves no trace in any answer: every page, export, form, search and error, crawled
as each kind of scoped person.

Two places. In the other one, and for people of one project or one unit also in the project next door, every text column
of every row holds a canary.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import re
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from apps import building
from builders import (
    NOW,
    TODAY,
    make_day,
    make_gate,
    make_place,
    make_programme,
    make_project,
    make_report,
    make_target,
    make_user,
    sign_in,
)
from crawling import crawl, said
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import Text as LongText
from sqlalchemy import Unicode, inspect, select
from sqlalchemy.types import String

from projects import models
from projects.core import permissions
from projects.core.permissions import SYSTEM, Actor
from projects.core.text import Text
from projects.extensions import Model, db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.requests.effects import compared, standing
from projects.portfolio.ledger.extract import packed
from projects.verdicts.status.operations import rebuild
from projects.works.files.storage import new_key, open_storage

GATES = ("eia", "energy", "filing")
CLOSED = {  # keys of vocabularies, places and people: no text that a person wrote about a project
    "Place": {"code", "parent_code"}, "Project": {"category", "place_code"}, "Unit": {"kind", "place_code"},
    "PlanDocument": {"place_code"},
    "Programme": {"place_code"}, "Target": {"measure", "quantifier", "commitment", "basis", "ended_as"},
    "ProjectCard": {"nature"}, "ProjectEnd": {"kind"}, "SourceNeed": {"source"},
    "ProgrammeTally": {"measure"},
    "WorkStage": {"key", "basis"}, "Milestone": {"gate_key"}, "Gate": {"key"},
    "Event": {"precision", "gate_key", "stage_key", "effect"},
    "MonthlyReport": {"state"}, "ReportStep": {"action"}, "FundingComposition": {"source", "estimate_kind"},
    "LedgerEntry": {"source", "step", "kind"},
    "User": {"role", "password_hash", "locale", "totp_secret"}, "UserPlace": {"place_code"},
    "PasswordHistory": {"password_hash"},
    "ImportBatch": {"kind", "sha256", "state", "place_code"}, "FundingDocument": {"kind", "source", "place_code"},
    "Alias": {"kind", "place_code"},
    "TreasuryReceipt": {"source", "place_code"}, "MatchDecision": {"action", "outside_kind"}, "Contract": {"kind"},
    "FundingPeriod": {"place_code"}, "ConsentRequest": {"kind", "subject", "place_code", "proposer_role", "state"},
    "CompositionRevision": {"source", "estimate_kind"}, "FindingStep": {"rule", "state", "source"},
    "Exemption": {"light"}, "RuleChoice": {"key"},
    # the installation's own, of no place
    "FundingLimit": {"key", "rule", "programme", "region", "law"},
    "RuleSetVersion": {"key", "name", "source", "reason"},
    "AddressTries": {"address", "guessed"}, "KeptForm": {"sealed"}, "AuditCheckpoint": {"digest", "file_sha256", "mac"},
    "SentForm": {"key_hash", "endpoint", "digest", "answer"},
    "ApiToken": {"token_hash", "hint"}, "LoginSession": {"token_hash"},
    "AuditEntry": {"tag", "result", "object_type", "digest"},
    "MoneyStatus": {"law"}, "LadderStatus": {"source"}, "FindingStatus": {"rule", "source"},
    "ProjectStatus": {"place_code", "state", "works_state", "data_state", "plan_kind", "rule_set", "light", "lights"},
    "KeptProjectStatus": {
        "place_code", "state", "works_state", "data_state", "plan_kind", "rule_set", "light", "lights",
    },
    "KeptTargetStatus": {"state", "rule_set"},
    "TargetStatus": {"state", "rule_set"}, "Setting": {"key", "value"},
    "ProjectSearch": {"text"},  # follows from names; is searched, never shown
    "LedgerUpload": {"sha256", "state", "months", "place_code"}, "LedgerItem": {"row_key"},
    "PlanReading": {"sha256", "state", "place_code"},
    "PlanProposal": {"part", "measure", "quantifier", "commitment", "state"},
    "LedgerLayout": {"signature"},
    "Attachment": {"media_type", "sha256", "storage_key", "thumbnail_key"},
}  # fmt: skip
FAR = "360900"
SCOPED = ("finance", "dispatcher", "leader", "manager", "reviewer")
PROBE = "CNRY"
WORD = re.compile(rf"{PROBE}\d{{4}}Z")
CHILDREN = {
    "entry_id": models.LedgerEntry,
    "file_id": models.Attachment,
    "exemption_id": models.Exemption,
    "event_id": models.Event,
}  # whose ids stand in addresses below a project
OF_PLACES = {
    "receipt_id": models.TreasuryReceipt,
    "document_id": models.FundingDocument,
    "batch_id": models.ImportBatch,
    "upload_id": models.LedgerUpload,
    "reading_id": models.PlanReading,
    "request_id": models.ConsentRequest,
    "unit_id": models.Unit,
}  # and in addresses of their own

LEAVES = {"decision_id", "proposal_id", "file_id"}  # below those


@dataclass
class Planted:
    """The canaries of one project and what surrounds it, by the column each sits in."""

    numbers: itertools.count
    found: dict[str, str] = field(default_factory=dict)

    def plant(self, row: Model, *without: str) -> Any:
        """Put a canary into every free text of `row`."""
        for column in inspect(type(row)).columns:
            if (
                isinstance(column.type, (String, LongText, Unicode))
                and column.key not in CLOSED.get(type(row).__name__, ())
                and column.key not in without
            ):
                setattr(row, column.key, self.word(f"{type(row).__name__}.{column.key}"))
        return row

    def word(self, column: str) -> str:
        canary = f"{PROBE}{next(self.numbers):04d}Z"
        self.found[canary] = column
        return canary


@dataclass
class World:
    """The people, and what each of them must never read."""

    people: dict[str, models.User]
    near: Planted
    far: Planted

    def forbidden(self, role: str) -> dict[str, str]:
        return self.far.found | (self.near.found if role in {"manager", "reviewer"} else {})


def add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def own_side(**settings: Any) -> tuple[dict[str, models.User], dict[str, Any]]:
    """济宁 with a plan, a programme and two projects of one unit; its people. No canary in it."""
    make_day()
    make_place("370000", "山东省")
    make_place("370800", "济宁市", "370000")
    unit = add(models.Unit(name="济宁市第一人民医院", place_code="370800"))
    people = {role: make_user(role, name=role, unit_id=unit.id if role == "reviewer" else None) for role in SCOPED}
    for role in ("finance", "dispatcher", "leader"):
        add(models.UserPlace(user_id=people[role].id, place_code="370800"))
    document = add(
        models.PlanDocument(
            slug="jining",
            title="济宁市工作要点",
            number="济卫〔2021〕1号",
            issuer="济宁市卫生健康委",
            place_code="370800",
            year=2021,
        )
    )
    clause = add(models.Clause(document_id=document.id, locator="一", heading="重点项目"))
    programme = make_programme("五大中心", slug="centres", document_id=document.id)
    shared = {"place_code": "370800", "programme_id": programme.id, "document_id": document.id}
    for slug in ("own", "own-two"):
        target = {"measure": "structure_pct", "threshold": 50, "due": dt.date(2021, 12, 31), "clause_id": clause.id}
        project = make_project(slug, manager=people["manager"], unit_id=unit.id, targets=[target], **shared)
        for month in ("2021-09", "2021-10"):
            make_report(project, month, author=people["manager"], foundation=60, structure=20)
        make_report(project, "2021-11", author=people["manager"], state="submitted", foundation=70)
        make_gate(project, "start")
        add(
            models.LedgerEntry(
                project_id=project.id,
                source="cbi",
                step="allocated",
                entry_on=dt.date(2021, 3, 1),
                amount_fen=5_000_000_00,
                recorded_at=NOW,
            )
        )
        add(models.FundingComposition(project_id=project.id, source="cbi", amount_fen=9_000_000_00))
    return people, {"document": document, "shared": shared}


def plant_project(planted: Planted, **values: Any) -> models.Project:
    """A project with everything that can hang on one, a canary in each text."""
    author = planted.plant(make_user("manager"))
    project = make_project(
        **values, manager=author, targets=[{"threshold": 70, "due": dt.date(2021, 8, 31), "clause_id": None}]
    )
    planted.plant(project)
    reports = [make_report(project, month, author=author, structure=30) for month in ("2021-09", "2021-10")]
    reports.append(make_report(project, "2021-11", author=author, state="submitted", structure=31))
    for model in (models.WorkStage, models.Milestone, models.Target):
        for row in db.session.scalars(select(model).where(model.project_id == project.id)):
            planted.plant(row)
    for report in reports:
        planted.plant(report)
        planted.plant(
            add(
                models.ReportStep(
                    report_id=report.id, round=1, action="returned", actor_id=author.id, at=NOW, comment="x"
                )
            )
        )
    planted.plant(add(models.ProjectCard(project_id=project.id)))
    planted.plant(add(models.YearPlan(project_id=project.id, year=2021)))
    planted.plant(add(models.ProjectEnd(project_id=project.id, kind="dropped", since=dt.date(2021, 11, 1))))
    planted.plant(make_gate(project, "start"))
    planted.plant(
        add(
            models.Event(project_id=project.id, happened_on=dt.date(2021, 5, 1), gate_key="start", text="x", source="x")
        )
    )
    plant_money(planted, project, author)
    plant_reading(planted, project)
    exemption = {
        "light": "progress",
        "since": dt.date(2021, 6, 1),
        "until": dt.date(2022, 6, 1),
        "approver_id": author.id,
        "approved_at": NOW,
    }
    planted.plant(add(models.Exemption(project_id=project.id, reason="x", requested_by="x", **exemption)))
    content = planted.word("Attachment.content").encode()
    file = models.Attachment(
        project_id=project.id,
        report_id=reports[0].id,
        uploaded_by_id=author.id,
        uploaded_at=NOW,
        storage_key=new_key(NOW),
    )
    file.filename, file.media_type, file.size, file.sha256 = (
        "x",
        "application/pdf",
        len(content),
        hashlib.sha256(content).hexdigest(),
    )
    planted.plant(add(file))
    open_storage(current_app.config["STORAGE_URL"], current_app.config["INSTANCE_PATH"]).put(file.storage_key, content)
    expires = NOW + dt.timedelta(days=9000)
    planted.plant(
        add(
            models.ApiToken(
                user_id=author.id,
                name="x",
                token_hash=f"{author.id:064}",
                hint="x",
                actions=[],
                created_at=NOW,
                expires_at=expires,
            )
        )
    )
    planted.plant(
        add(models.LoginSession(user_id=author.id, token_hash=f"{author.id:064}", created_at=NOW, expires_at=expires))
    )
    who = Actor(author.id, planted.word("AuditEntry.actor_name"), "manager", address=planted.word("AuditEntry.address"))
    record(
        who,
        NOW,
        Tag.GATE_RECORDED,
        planted.word("AuditEntry.object_id"),
        project_id=project.id,
        changes={"note": [None, planted.word("AuditEntry.changes")]},
    )
    db.session.flush()
    return project


def plant_reading(planted: Planted, project: models.Project) -> None:
    """A plan of the project's place that was read, with something that was found in it."""
    own = {"sha256": "0" * 64, "content": b"x", "clauses": [], "unread": [], "notes": [], "at": NOW}
    reading = planted.plant(
        models.PlanReading(head={"title": planted.word("PlanReading.title")}, place_code=project.place_code, **own)
    )
    add(reading)
    found = {"part": "plan", "measure": "complete", "quantifier": "project", "commitment": "must", "state": "open"}
    row = models.PlanProposal(
        reading_id=reading.id, position=1, begins=0, ends=2, members=[], likely=[], project_id=project.id, **found
    )
    add(planted.plant(row))


def plant_money(planted: Planted, project: models.Project, author: models.User) -> None:
    """Documents, receipts, decisions, contracts, closed months and the ledger of one project; what can't be changed
    afterwards is planted before it is stored.
    """

    def put(row: Model) -> Any:
        return add(planted.plant(row))

    where, day, stamp = {"place_code": project.place_code}, dt.date(2021, 3, 1), {"recorded_at": NOW}
    batch = put(
        models.ImportBatch(
            kind="payments",
            sha256="0" * 64,
            content=b"x",
            options={},
            counts={"new": 1, "amount_fen": 5},
            by_id=author.id,
            at=NOW,
            **where,
        )
    )
    upload = put(
        models.LedgerUpload(
            sha256="0" * 64,
            content=b"x",
            parsed=packed([]),
            options={},
            columns={},
            choices={},
            counts={"posted": 1, "months": 1},
            state="posted",
            months="waiting",
            by_id=author.id,
            at=NOW,
            **where,
        )
    )
    kept = {"columns": {}, "choices": {}, "counts": {}, "by_id": author.id, "at": NOW, "sha256": "1" * 64}
    put(models.LedgerUpload(content=b"x", parsed=packed([]), options={"of": "register"}, **kept, **where))
    brought = {
        "project_id": project.id,
        "is_new": False,
        "before": {},
        "after": {},
        "months": [["2021-08", 5, None, ""]],
    }
    put(models.LedgerItem(upload_id=upload.id, row_key="1", **brought))
    document = put(
        models.FundingDocument(
            kind="plan",
            issued_on=day,
            source="cbi",
            budget_year=2021,
            total_fen=7,
            import_id=batch.id,
            **where,
            **stamp,
        )
    )
    ledger = {"project_id": project.id, "source": "cbi", "entry_on": day, "recorded_at": NOW}
    line = put(models.LedgerEntry(step="allocated", amount_fen=999, document_id=document.id, **ledger))
    receipt = put(
        models.TreasuryReceipt(received_on=day, amount_fen=777, source="cbi", import_id=batch.id, **where, **stamp)
    )
    put(
        models.MatchDecision(
            receipt_id=receipt.id, action="reject", amount_fen=777, reasons={}, by_id=author.id, at=NOW
        )
    )
    put(models.LedgerEntry(step="received", amount_fen=777, receipt_id=receipt.id, allocation_id=line.id, **ledger))
    put(models.LedgerEntry(step="paid", amount_fen=777, **ledger))
    put(models.Alias(kind="project", project_id=project.id, learned_at=NOW, **where))
    contract = put(models.Contract(project_id=project.id, kind="works", signed_on=day, **stamp))
    put(models.WorkValue(contract_id=contract.id, confirmed_on=day, amount_fen=5, **stamp))
    put(models.FundingComposition(project_id=project.id, source="cbi", amount_fen=888))
    put(
        models.CompositionRevision(
            project_id=project.id,
            source="cbi",
            estimate_kind="approved_estimate",
            amount_fen=888,
            by_id=author.id,
            **stamp,
        )
    )
    put(models.FindingStep(project_id=project.id, rule="F1", state="handling", by_id=author.id, at=NOW))
    put(
        models.FundingPeriod(
            month=dt.date(2021, next(planted.numbers) % 9 + 1, 1),
            figures={},
            locked_at=NOW,
            locked_by_id=author.id,
            reopened_at=NOW,
            **where,
        )
    )
    asked = {
        "kind": "months.reopen",
        "subject": "1",
        "wanted": {},
        "proposer_id": author.id,
        "proposer_role": "finance",
    }
    for number, state in enumerate(("waiting", "approved")):
        row = models.ConsentRequest(**(asked | {"subject": f"{project.id}-{number}"}), state=state, proposed_at=NOW)
        row.changes, row.place_code = {"reason": [None, planted.word("ConsentRequest.changes")]}, project.place_code
        put(row)
    of_project = asked | {"kind": "gate.record", "project_id": project.id, "proposer_role": "manager"}
    of_project["wanted"] = {"version": None, "texts": {}, "passed_on": "2021-11-20", "backdated_reason": ""}
    for number, state in enumerate(("waiting", "approved", "emergency")):
        row = models.ConsentRequest(**(of_project | {"subject": f"{project.id}:{GATES[number]}"}), proposed_at=NOW)
        row.state, row.place_code = state, project.place_code
        row.changes = {"document_number": ["", planted.word("ConsentRequest.changes")]}
        what = Text(planted.word("ConsentRequest.effects"))
        row.effects = compared([], [standing("works", what, Text("落后"))])
        put(row)


def foreign_side(
    near: Planted, far: Planted, *, document: models.PlanDocument, shared: dict[str, Any], mixed: bool = True
) -> None:
    """宜春 with a plan, a programme and a project, all of canaries; and the project next door in 济宁, of
    another unit.
    """
    make_place("360000", "江西省")
    far.plant(make_place("360900", "x", "360000"))
    unit = far.plant(add(models.Unit(name="x", place_code="360900")))
    other = far.plant(add(models.PlanDocument(slug="x", title="x", issuer="x", place_code="360900", year=2021)))
    clause = far.plant(add(models.Clause(document_id=other.id, locator="x", heading="x")))
    programme = far.plant(make_programme("x", place_code="360900", document_id=other.id))
    there = plant_project(far, place_code="360900", unit_id=unit.id, programme_id=programme.id, document_id=other.id)
    for target in db.session.scalars(select(models.Target).where(models.Target.project_id == there.id)):
        target.clause_id = clause.id
    far.plant(make_target(programme, measure="start", threshold=100, due=dt.date(2021, 6, 30), clause_id=clause.id))
    far.plant(add(models.RuleChoice(programme_id=programme.id, key="x", chosen_on=dt.date(2021, 1, 1), chosen_at=NOW)))
    far.plant(
        add(
            models.ProgrammeTally(
                programme_id=programme.id, measure="start", tallied_on=dt.date(2021, 6, 1), reached=3, total=9
            )
        )
    )
    if mixed:
        near_unit = near.plant(add(models.Unit(name="x", place_code="370800")))
        near_clause = near.plant(add(models.Clause(document_id=document.id, locator="x", heading="x")))
        beside = plant_project(near, unit_id=near_unit.id, **shared)
        for target in db.session.scalars(select(models.Target).where(models.Target.project_id == beside.id)):
            target.clause_id = near_clause.id
        centres = db.session.get(models.Programme, shared["programme_id"])
        near.plant(
            make_target(centres, measure="start", threshold=100, due=dt.date(2021, 6, 30), clause_id=near_clause.id)
        )
    db.session.flush()


@pytest.fixture
def world(app: Flask) -> World:
    numbers = itertools.count(1)
    near, far = Planted(numbers), Planted(numbers)
    with app.app_context(), building():
        people, surroundings = own_side()
        foreign_side(near, far, **surroundings)
        rebuild(SYSTEM, NOW, TODAY)
    return World(people, near, far)


def leaks(client: FlaskClient, forbidden: dict[str, str], *starts: str, most: int = 0) -> tuple[list[str], int]:
    """Where a canary was read that was not typed in the address itself, and how many answers were read."""
    found, count = [], 0
    for address, answer in crawl(client, *starts, most=most):
        count += 1
        assert answer.status_code < 500, address
        text = said(answer).upper()
        read = set(WORD.findall(text)) - set(WORD.findall(address.upper()))
        found += [f"{address}: {canary} {forbidden[canary]}" for canary in sorted(read & forbidden.keys())]
    return found, count


def starting_points(app: Flask) -> list[str]:
    """Pages that need a word typed to be reached, another day, and every address of the application that takes no
    value.
    """
    plain = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    days = [
        "/projects?as_of=2021-06-30",
        "/targets?as_of=2022-06-30",
        "/gantt?as_of=2021-06-30",
        "/projects/own?as_of=2021-06-30",
        "/reports?month=2021-10",
    ]
    files = [
        "/projects.csv",
        "/projects.xlsx",
        "/targets.csv",
        "/targets.xlsx",
        "/funding.csv",
        "/funding.xlsx",
        "/gantt.csv",
        "/gantt.pdf",
        "/gantt.svg",
    ]
    searches = [
        f"{path}?q={PROBE}" for path in ("/projects", "/funding", "/gantt", "/targets", "/projects.csv", "/reports")
    ]
    return ["/", *plain, *days, *files, *searches]


@pytest.mark.parametrize("role", SCOPED)
def test_a_scoped_reader_reads_nothing_foreign_anywhere(app: Flask, world: World, role: str):
    client = sign_in(app.test_client(), world.people[role])
    found, count = leaks(client, world.forbidden(role), *starting_points(app))
    assert found == []
    assert count > 60


def test_the_crawl_reads_what_is_there(app: Flask, world: World):
    """The positive control: a leader without places meets nearly every text that was planted."""
    with app.app_context():
        everyone = make_user("leader", name="everyone")
    client = sign_in(app.test_client(), everyone)
    met = {line.split(" ")[-1] for line in leaks(client, world.forbidden("manager"), *starting_points(app))[0]}
    unseen = {
        "Project.slug",
        "Target.slug",
        "PlanDocument.slug",
        "Programme.slug",
    }  # in addresses, which the crawl leaves out of the count
    expected = {
        "Project.name", "Unit.name", "PlanDocument.title", "PlanDocument.issuer", "PlanDocument.number",
        "Clause.heading", "Programme.name", "Target.wording",
        "Place.name", "Milestone.name", "WorkStage.name", "Event.text", "Event.source", "Gate.document_number",
        "Gate.body", "MonthlyReport.narrative",
        "MonthlyReport.problems", "ReportStep.comment", "LedgerEntry.memo", "LedgerEntry.document_number",
        "User.display_name",
        "Attachment.filename", "Attachment.content",
    }  # fmt: skip
    assert expected - met - unseen == set()


@pytest.mark.parametrize("role", ["finance", "manager"])
def test_with_the_scope_taken_away_the_crawl_finds_leaks(
    app: Flask, world: World, role: str, monkeypatch: pytest.MonkeyPatch
):
    """The negative control."""
    import projects.portfolio.gantt.queries
    import projects.portfolio.promises.queries
    import projects.register.selection.queries
    import projects.works.reports.queries

    for module in (
        permissions,
        projects.portfolio.promises.queries,
        projects.portfolio.gantt.queries,
        projects.register.selection.queries,
        projects.works.reports.queries,
    ):
        assert isinstance(module, ModuleType)
        monkeypatch.setattr(module, "visible_projects", lambda _actor: None)
    client = sign_in(app.test_client(), world.people[role])
    assert len(leaks(client, world.forbidden(role), "/", "/projects", "/targets", most=60)[0]) > 20


def test_every_text_column_is_planted_or_named_as_closed(app: Flask, world: World):
    free = {
        f"{mapper.class_.__name__}.{column.key}"
        for mapper in db.Model.registry.mappers
        for column in mapper.columns
        if isinstance(column.type, (String, LongText)) and column.key not in CLOSED.get(mapper.class_.__name__, ())
    }
    assert free - set(world.far.found.values()) == set()


# --- foreign addresses, and foreign children under one's own parent ---------------------------------------------------


def foreign_addresses(app: Flask, slug: str, ids: dict[str, list[int]]) -> list[tuple[str, str]]:
    """(method, address) of every route that takes a project, with the foreign one; and with the own one and every
    number that may be foreign.
    """
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if "slug" not in rule.arguments or "project" not in rule.rule:
            continue
        known = {"slug": slug, "month": "2021-10", "revision": 1, "key": "start", "rule": "F1", "source": "cbi"}
        items_of = {name: getattr(rule._converters[name], "items", None) for name in rule.arguments}
        others = {name: items for name, items in items_of.items() if items or name not in known}
        values = known | {name: min(items) if items else 1 for name, items in others.items()}
        values = {name: value for name, value in values.items() if name in rule.arguments}
        found += [
            (method, adapter.build(rule.endpoint, values, method=method))
            for method in rule.methods - {"HEAD", "OPTIONS"}
        ]
        for name in [name for name, items in others.items() if not items]:
            for number in ids[name]:
                nested = values | {"slug": "own", name: number}
                found += [
                    (method, adapter.build(rule.endpoint, nested, method=method))
                    for method in rule.methods - {"HEAD", "OPTIONS"}
                ]
    return found


def addresses_of_places(app: Flask) -> list[tuple[str, str]]:
    """(method, address) of every route that takes a receipt, a document or an import, with those of the other place."""
    adapter, found = app.url_map.bind("localhost"), []
    ids = {
        name: list(db.session.scalars(select(table.id).where(table.place_code == FAR)))
        for name, table in OF_PLACES.items()
    }
    assert all(ids.values())
    for rule in app.url_map.iter_rules():
        for name in rule.arguments & OF_PLACES.keys() if "slug" not in rule.arguments else ():
            others = {
                one: min(getattr(rule._converters[one], "items", None) or ["F1"])
                for one in rule.arguments - {name, *LEAVES}
            }
            others |= dict.fromkeys(rule.arguments & LEAVES, 1)
            found += [
                (method, adapter.build(rule.endpoint, others | {name: number}, method=method))
                for number in ids[name]
                for method in rule.methods - {"HEAD", "OPTIONS"}
            ]
    return found


@pytest.mark.parametrize("role", SCOPED)
def test_a_receipt_a_document_and_an_import_of_another_place_are_not_found(app: Flask, world: World, role: str):
    with app.app_context():
        asked = addresses_of_places(app)
    assert len(asked) > 10
    client, wrong = sign_in(app.test_client(), world.people[role]), []
    for method, address in asked:
        answer = client.open(address, method=method)
        told = [canary for canary in WORD.findall(said(answer).upper()) if canary in world.forbidden(role)]
        if told or answer.status_code not in {403, 404}:
            wrong.append((method, address, answer.status_code, told))
    assert wrong == []


@pytest.mark.parametrize("role", SCOPED)
def test_a_foreign_address_is_not_found_and_tells_nothing(app: Flask, world: World, role: str):
    foreign = world.forbidden(role)
    with app.app_context():
        names = {row.slug for row in db.session.scalars(select(models.Project)) if row.slug in foreign}
        plans = {
            row.slug for row in db.session.scalars(select(models.PlanDocument)) if row.slug in world.forbidden(role)
        }
        hidden = select(models.Project.id).where(models.Project.slug.in_(names))
        ids = {
            name: list(db.session.scalars(select(table.id).where(table.project_id.in_(hidden))))
            for name, table in CHILDREN.items()
        }
    assert names
    assert all(ids.values())
    client = sign_in(app.test_client(), world.people[role])
    wrong = []
    with app.app_context():
        promises = db.session.scalars(select(models.Target.slug).where(models.Target.project_id.in_(hidden))).all()
        programmes = [row.slug for row in db.session.scalars(select(models.Programme)) if row.slug in foreign]
    assert promises
    asked = [("GET", f"/plans/{slug}{more}") for slug in plans for more in ("", "/edit")] + [
        *(("GET", f"/promises/{slug}/{act}") for slug in promises for act in ("correct", "move", "end")),
        *(("GET", f"/programmes/{slug}") for slug in programmes),
        *(("POST", f"/programmes/{slug}/members") for slug in programmes),
        *(one for slug in sorted(names) for one in foreign_addresses(app, slug, ids)),
    ]
    for method, address in asked:
        answer = client.open(address, method=method)
        told = [
            world.forbidden(role).get(canary)
            for canary in set(WORD.findall(said(answer).upper())) - set(WORD.findall(address.upper()))
        ]
        told = [where for where in told if where]
        if told or answer.status_code not in {403, 404}:
            wrong.append((method, address, answer.status_code, told))
    assert wrong == []


def test_a_foreign_programme_and_one_that_does_not_exist_answer_alike(app: Flask, world: World):
    client = sign_in(app.test_client(), world.people["finance"])
    foreign = next(canary for canary, where in world.far.found.items() if where == "Programme.slug")
    for path in ("/projects", "/funding", "/gantt", "/projects.csv"):
        one, other = (bare(client.get(f"{path}?programme={slug}"), slug) for slug in (foreign, "a-slug-of-nobody"))
        assert one == other


def bare(answer: Any, *typed: str) -> str:
    """An answer without its form tokens, its clock and what was typed."""
    text = re.sub(
        r'name="(csrf[_-]token|once)" (value|content)="[^"]*"|data-seconds="\d+"|'
        r'<td class="nowrap">[-0-9]{10} [:0-9]{5}</td>',
        "",
        answer.get_data(as_text=True),
    )
    for word in typed:
        text = text.replace(word, "").replace(word.lower(), "")
    return text


@pytest.mark.parametrize("role", ["finance", "manager", "reviewer"])  # one of each reach
def test_the_foreign_changes_no_count_no_sum_and_no_order(app: Flask, role: str):
    """Every page, CSV and search of a scoped reader is the same, byte for byte, before and after the other place comes
    to exist.
    """
    numbers = itertools.count(1)
    with app.app_context(), building():
        people, surroundings = own_side()
        rebuild(SYSTEM, NOW, TODAY)
    client = sign_in(app.test_client(), people[role])
    starts = [one for one in starting_points(app) if not one.endswith((".pdf", ".svg", ".xlsx"))]
    before = {
        address: bare(answer)
        for address, answer in crawl(client, *starts, most=150)
        if answer.mimetype in {"text/html", "text/csv", "application/json"}
    }
    with app.app_context(), building():
        foreign_side(Planted(numbers), Planted(numbers), **surroundings, mixed=False)
        rebuild(SYSTEM, NOW, TODAY)
    before.pop("/session", None)  # a clock
    client.get("/account")  # takes what the last page of the crawl may have said to the next
    changed = [address for address, text in before.items() if bare(client.get(address)) != text]
    assert changed == []
    assert len(before) > 60
