"""Two people who press save at the same moment: pairs of requests, by two people on one object, let go at a barrier.

What is promised of each pair, on both databases: nobody sees a crash or a "try again"; each request leaves its entry in
the history, done or refused; the chain is whole. Used by tests/test_races.py and benchmarks/races.py.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from dataclasses import dataclass, field

from apps import empty_all
from builders import NOW, TODAY, make_day, make_programme, make_project, make_report, make_user, sign_in
from flask import Flask
from moves import OBJECTS, Ask, World
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.history.record.operations import safe_of
from projects.history.record.queries import verdict
from projects.models import AuditEntry, Project, ProjectAssignment, Setting
from projects.money.documents.operations import DocumentLine, DocumentValues, add_lines, write_document
from projects.money.receipts.operations import ReceiptValues, add_receipt
from projects.verdicts.rules.operations import load_rule_sets
from projects.verdicts.status.operations import rebuild

ACTING = Acting(SYSTEM, NOW, TODAY)
ROLES = ("manager", "finance", "dispatcher", "admin", "security", "leader", "reviewer", "auditor")
LASTS = 100  # pairs that a world sees, so that its pages stay short


def build(app: Flask) -> World:
    """The world, anew."""
    world = World()
    with app.app_context():
        db.session.remove()
        empty_all()
        safe_of(db.engine).head_file.unlink(missing_ok=True)  # of the history that was emptied
        make_day()
        with transaction():  # each act at once, to race
            db.session.merge(Setting(key="two_person", value="gates:0,plan:0,stops:0,sums:0"))
        people = {role: [make_user(role) for _ in range(2)] for role in ROLES}
        programme = make_programme()
        promised = {"threshold": 50, "due": dt.date(2021, 12, 31)}
        for slug in ("one", "two"):
            project = make_project(
                slug, manager=people["manager"][0], programme_id=programme.id, floors=20, targets=[promised]
            )
            make_report(project, "2021-09", structure=30, author=people["manager"][0])
        with transaction():
            keys = list(db.session.scalars(select(Project.id).order_by(Project.id)))
            second = people["manager"][1].id
            db.session.add_all(ProjectAssignment(project_id=key, user_id=second) for key in keys)
            load_rule_sets(SYSTEM, NOW)
            values = DocumentValues("plan", "财建〔2021〕1号", issued_on=dt.date(2021, 3, 1), source="county")
            document = write_document(ACTING, values).id
            add_lines(ACTING, document, [DocumentLine(key, 500_00) for key in keys for _ in range(4)])
            for number in range(8):
                add_receipt(ACTING, ReceiptValues(dt.date(2021, 5, 1 + number), 500_00, payer="市财政局"))
            rebuild(SYSTEM, NOW, TODAY)
        world.ids = {role: [one.id for one in found] for role, found in people.items()}
        world.ids |= {"document": [document], "project": keys, "programme": [programme.id]}
    for role, found in people.items():
        world.clients[role] = [sign_in(app.test_client(), one) for one in found]
    return world


@dataclass
class Found:
    """What became of the pairs: answers by status, and what must not be."""

    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def race(app: Flask, name: str, pairs: int, seed: int, *, mixed: bool = False) -> Found:
    """Let `pairs` pairs go at objects called `name` (or, `mixed`, at two objects of any kind)."""
    rng, found = random.Random(f"{seed}-{name}"), Found()
    world = None
    for number in range(pairs):
        if world is None or number % LASTS == 0:
            world = build(app)
        kinds = [rng.choice(list(OBJECTS)) if mixed else name for _ in range(2)]
        with app.app_context():
            asks = [OBJECTS[kind](world, rng) for kind in kinds]
            before = db.session.scalar(select(func.max(AuditEntry.id))) or 0
        statuses = _let_go(world, asks)
        found.answers.update(statuses)
        with app.app_context():
            entries = list(db.session.scalars(select(AuditEntry.tag).where(AuditEntry.id > before)))
            if max(statuses) >= 500 or len(entries) < len(asks):
                found.faults.append(f"{number}: {statuses}, {entries} of {asks}"[:400])
            if number % LASTS == LASTS - 1 or number == pairs - 1:
                connection = db.session.connection()
                told = verdict(connection, safe_of(connection))
                found.faults += [f"{number}: {one}" for one in told.faults]
    return found


def _let_go(world: World, asks: list[Ask]) -> list[int]:
    barrier, statuses = threading.Barrier(len(asks)), [0] * len(asks)

    def send(place: int) -> None:
        role, path, data = asks[place]
        client = world.clients[role][place]
        barrier.wait()
        try:
            statuses[place] = client.post(path, data=data).status_code
        except Exception as error:  # as a crash, with its reason
            statuses[place] = 599
            asks[place] = (role, path, {"error": repr(error)[:300]})

    threads = [threading.Thread(target=send, args=(place,)) for place in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses
