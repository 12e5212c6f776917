"""What people ask for, by object: each function looks at what stands and says who asks what next, by chance. Used by
tests/races.py.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from builders import STAGES, TODAY
from flask.testing import FlaskClient
from sqlalchemy import func, select
from works.files.pictures import pdf

from projects.core.permissions import Actor
from projects.extensions import db
from projects.models import (
    Attachment,
    Contract,
    Event,
    Exemption,
    FundingComposition,
    FundingPeriod,
    Gate,
    ImportBatch,
    LedgerEntry,
    MatchDecision,
    MonthlyReport,
    Project,
    RuleSetVersion,
    TreasuryReceipt,
    User,
)
from projects.money.evidence.queries import limits as limits_in_force
from projects.money.findings.operations import said_by
from projects.money.findings.queries import of_project
from projects.money.receipts.queries import place_choice, statement_of
from projects.verdicts.lights.queries import rules_on
from projects.verdicts.rules.figures import figures_of, to_entry
from projects.verdicts.rules.queries import newest_choice
from projects.works.stops.queries import content_of

Data = dict[str, Any]
Ask = tuple[str, str, Data]  # the role that asks, the address, the form
PLAN = {"start": "2021-01-01", "p25": "2021-07-01", "p75": "2022-07-01", "finish": "2022-12-31", "floors": "20"}


@dataclass
class World:
    """An installation with two people of each role, one project with a bit of everything beside another."""

    clients: dict[str, list[FlaskClient]] = field(default_factory=dict)
    ids: dict[str, list[int]] = field(default_factory=dict)

    @property
    def own(self) -> int:
        """The project that they fight for."""
        return self.ids["project"][0]


def one(statement: Any) -> Any:
    """The first value of a statement."""
    return db.session.scalar(statement)


def prefixed(prefix: str, typed: Data) -> Data:
    """The form of a page that has several."""
    return {prefix + name: value for name, value in typed.items()}


def reports(world: World, rng: random.Random) -> Ask:
    own = MonthlyReport
    mine = select(own).where(own.month == dt.date(2021, 10, 1), own.project_id == world.own)
    newest = one(mine.order_by(own.revision.desc()).limit(1))
    where, version = "/projects/one/reports/2021-10", {"version": str(newest.version) if newest else ""}
    if newest is None or newest.state in {"draft", "returned"}:
        typed = {f"percent_{key}": "40" for key in STAGES} | {"percent_structure": "", "investment": "9"}
        typed |= {"floors_structure": str(rng.randint(7, 12)), "narrative": f"第 {rng.randint(1, 99)} 段"}
        return "manager", where, typed | version | {"action": rng.choice(["save", "save", "submit"])}
    if newest.state == "submitted":
        step = rng.choice(["approve", "return"])
        return "dispatcher", f"{where}/{newest.revision}/{step}", version | {"comment": f"意见 {rng.random()}"}
    return "manager", f"{where}/{newest.revision}/correct", {"reason": f"更正 {rng.randint(1, 3)}"}


LATE = {"backdated_reason": "补录"}


def gates(world: World, rng: random.Random) -> Ask:
    key = rng.choice(["start", "proposal"])
    row = one(select(Gate).where(Gate.project_id == world.own, Gate.key == key))
    typed = {"version": str(row.version) if row else "", "passed_on": f"2021-02-{rng.randint(1, 28):02}"}
    typed |= {"document_number": f"{rng.random()}", "waived_reason": "并入", "backdated_reason": "补录"}
    typed["action"] = rng.choice(["", "", "waive", "clear"])
    return rng.choice(["manager", "dispatcher"]), f"/projects/one/gates/{key}", typed


def stops(world: World, rng: random.Random) -> Ask:
    known = select(Event).where(Event.project_id == world.own, Event.effect.is_not(None))
    newest = one(known.order_by(Event.happened_on.desc(), Event.id.desc()).limit(1))
    role = rng.choice(["manager", "dispatcher"])
    if newest is None or rng.random() < 0.4:
        effect = "stop" if newest is None or newest.effect == "resume" else "resume"
        on = (newest.happened_on if newest else dt.date(2021, 1, 1)) + dt.timedelta(days=1)
        return role, "/projects/one/forecast", {"effect": effect, "on": str(on), "reason": "汛期", **LATE}
    typed = {
        "seen": content_of(newest),
        "on": str(newest.happened_on),
        "reason": f"因 {rng.random()}",
        "why": "写错",
        **LATE,
    }
    typed["action"] = rng.choice(["correct", "withdraw"])
    return role, f"/projects/one/forecast/stops/{newest.id}", typed


def plans(world: World, rng: random.Random) -> Ask:
    typed = {"version": str(one(select(Project.version).where(Project.id == world.own))), "reason": "改期"}
    typed |= PLAN | {"p50": f"2021-12-{rng.randint(1, 28):02}"}
    return rng.choice(["manager", "dispatcher"]), "/projects/one/plan", typed


def exemptions(world: World, rng: random.Random) -> Ask:
    own = Exemption
    row = one(select(own).where(own.project_id == world.own, own.ended_on.is_(None)).limit(1))
    if row and rng.random() < 0.5:
        return "dispatcher", f"/projects/one/lights/{row.id}/end", {}
    typed = {"light": rng.choice(["start", "progress", "payment", "entry"]), "until": "2021-12-20"}
    return "dispatcher", "/projects/one/lights", typed | {"reason": "已报市政府同意", "requested_by": "张工"}


def files(_world: World, rng: random.Random) -> Ask:
    row = one(select(Attachment.id).where(Attachment.removed_at.is_(None)).limit(1))
    if row and rng.random() < 0.5:
        return "manager", f"/projects/one/files/{row}/remove", {}
    content = pdf(head=f"%PDF-1.4\n%{rng.randint(1, 9)}\n".encode())
    return "manager", "/projects/one/files", {"files": (BytesIO(content), "a.pdf")}


def receipts(_world: World, rng: random.Random) -> Ask:
    if rng.random() < 0.4:
        typed = {"amount": str(rng.randint(1, 9)), "unit": "元", "source": "", "place_code": ""}
        return "finance", "/receipts", typed | {"received_on": "2021-06-01", "voucher": f"V-{rng.randint(1, 40)}"}
    return "finance", f"/receipts/{_receipt(rng)}/reverse", {"reason": "登记有误"}


def _receipt(rng: random.Random) -> int:
    own = TreasuryReceipt
    return int(
        rng.choice(list(db.session.scalars(select(own.id).where(own.amount_fen > 0).order_by(own.id.desc()).limit(4))))
    )


def desk(world: World, rng: random.Random) -> Ask:
    """Matching, undoing, and the reversals that cross them."""
    own, taken, receipt = LedgerEntry, MatchDecision, _receipt(rng)
    where = f"/funding/matching/{receipt}"
    lines = list(db.session.scalars(select(own.id).where(own.step == "allocated", own.amount_fen > 0)))
    undone = select(taken.undoes_id).where(taken.undoes_id.is_not(None))
    mine = select(taken.id).where(taken.receipt_id == receipt, taken.action != "undo", taken.id.not_in(undone))
    decision = one(mine.order_by(taken.id.desc()).limit(1))
    booked = select(own).where(own.receipt_id == receipt, own.amount_fen > 0).order_by(own.id.desc())
    asks = [
        (f"{where}/confirm", {"parts": f"{rng.choice(lines)}:{rng.choice([10000, 50000])}"}),
        (f"{where}/outside", {"kind": "other"}),
        (f"/receipts/{receipt}/reverse", {"reason": "有误"}),
    ]
    if decision:
        asks += [(f"{where}/undo/{decision}", {})] * 3
    if entry := one(booked.limit(1)):
        slug = "one" if entry.project_id == world.own else "two"
        asks += [(f"/projects/{slug}/funding/{entry.id}/reverse", {"reason": "有误"})] * 3
    if len(asks) == 3 and rng.random() < 0.5:
        return receipts(world, rng)
    return "finance", *rng.choice(asks)


def allocations(world: World, rng: random.Random) -> Ask:
    own, row = LedgerEntry, FundingComposition
    if rng.random() < 0.4:
        mine = select(own.id).where(own.project_id == world.own, own.step == "allocated", own.amount_fen > 0)
        line = one(mine.order_by(own.id.desc()).limit(1))
        return "finance", f"/projects/one/funding/{line}/reverse", {"reason": "有误"}
    if rng.random() < 0.5:
        seen = one(select(row.amount_fen).where(row.project_id == world.own, row.source == "county"))
        typed = {"source": "county", "kind": "approved_estimate", "amount": str(rng.randint(1, 99)), "unit": "万元"}
        typed |= {"seen": "" if seen is None else str(seen), "reason": "调整"}
        return "finance", "/projects/one/funding/composition", prefixed("c-", typed)
    typed = {"project": "one", "source": "county", "amount": str(rng.randint(1, 9)), "unit": "元"}
    document = world.ids["document"][0]
    return "finance", f"/documents/{document}/lines", typed | {"external_id": f"X-{rng.randint(1, 60)}"}


def payments(world: World, rng: random.Random) -> Ask:
    contract = one(select(Contract.id).where(Contract.project_id == world.own).limit(1))
    if contract is None or rng.random() < 0.2:
        typed = {"name": f"合同 {rng.randint(1, 5)}", "kind": "works", "party": "建工集团", "signed_on": "2021-02-01"}
        typed |= {"amount": "900", "unit": "万元", "source_1": "county", "part_1": "900"}
        return "finance", "/projects/one/contracts", prefixed("c-", typed)
    fen = str(rng.randint(1, 9))
    typed = {"contract": str(contract), "on": "2021-06-02", "amount": fen, "unit": "元"}
    typed |= {"source_1": "county", "part_1": fen, "external_id": f"P-{rng.randint(1, 50)}"}
    if rng.random() < 0.5:
        return "finance", "/projects/one/contracts/payments", prefixed("p-", typed)
    return "finance", "/projects/one/contracts/work", prefixed("w-", typed)


def limits(_world: World, rng: random.Random) -> Ask:
    row = rng.choice([one for one in limits_in_force().rows if one.key.startswith(("pass_on_days", "idle_months"))])
    typed = {"value": str(rng.randint(1, 30)), "law": "本单位规定", "seen": said_by(row)}
    if rng.random() < 0.5:
        return "finance", f"/findings/limits/{row.key}", typed
    from_day = f"2021-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    typed |= {"valid_from": from_day, "region": "", "programme": ""}
    return "finance", f"/findings/limits/{row.key}/rows", typed


def findings(world: World, rng: random.Random) -> Ask:
    row = rng.choice(of_project(world.own, TODAY))
    typed = {"state": rng.choice(["handling", "closed", "exempted"]), "note": "核实", "owner": f"{rng.random()}"}
    where = f"/projects/one/findings/{row.key[2]}/{row.key[3]}"
    return rng.choice(["finance", "dispatcher"]), where, typed | {"seen": str(len(row.steps))}


def months(world: World, rng: random.Random) -> Ask:
    own, month = FundingPeriod, dt.date(2021, rng.randint(1, 3), 1)
    closed = one(select(own).where(own.month == month, own.reopened_at.is_(None)))
    if closed and rng.random() < 0.6:
        return "finance", f"/months/{month:%Y-%m}/reopen", {"reason": "漏记"}
    asker = Actor(world.ids["finance"][0], "", "finance")
    seal = statement_of(place_choice(asker, "", "treasury.close"), month).seal
    return "finance", f"/months/{month:%Y-%m}/close", {"place": "", "total": seal}


def imports(_world: World, rng: random.Random) -> Ask:
    newest = one(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(1))
    if newest is None or newest.state == "undone" or rng.random() < 0.2:
        rows = (
            f"凭证号,到账日期,金额(元),付款人,收款单位\nI-{rng.randint(1, 10**6)},2021-06-03,12.50,市财政局,市卫健委\n"
        )
        file = BytesIO(rows.encode()), "a.csv"
        return "finance", "/imports", {"kind": "receipts", "file": file, "unit": "", "place": ""}
    step = rng.choice(["post", "post", "drop"] if newest.state == "previewed" else ["undo", "undo", "post"])
    return "finance", f"/imports/{newest.id}/{step}", {"reason": "有误"}


def rule_sets(world: World, rng: random.Random) -> Ask:
    keys = list(db.session.scalars(select(RuleSetVersion.key).distinct().order_by(RuleSetVersion.key)))
    if rng.random() < 0.4:
        typed = {"programme": rng.choice(["", str(world.ids["programme"][0])]), "key": rng.choice(keys)}
        return "dispatcher", "/rules", typed | {"reason": "按通知", "action": "adopt", "seen": str(newest_choice())}
    key = keys[0]
    seen = one(select(func.max(RuleSetVersion.number)).where(RuleSetVersion.key == key))
    typed = to_entry(figures_of(rules_on(TODAY).sets[key]))
    name = next(name for name, value in typed.items() if str(value).isdigit())
    typed |= {name: str(int(typed[name]) + rng.randint(0, 2)), "reason": "按通知"}
    return "dispatcher", f"/rules/{key}", typed | {"seen": str(seen), "action": "adopt"}


def accounts(world: World, rng: random.Random) -> Ask:
    """The accounts of others: of those who ask for nothing themselves, since every change ends a person's sessions."""
    role = rng.choice(["admin", "admin", "security"])
    if role == "security":
        whose = rng.choice(world.ids["reviewer"] + world.ids["leader"])
        version = one(select(User.version).where(User.id == whose))
        typed = {"version": str(version), "role": "leader" if rng.random() < 0.2 else "manager", "unit_id": ""}
        return role, f"/admin/roles/{whose}", typed | {"projects": [str(rng.choice(world.ids["project"]))]}
    if rng.random() < 0.4:
        return role, "/admin/users", {"username": f"new-{rng.randint(1, 60)}", "display_name": "新"}
    whose = rng.choice(world.ids["leader"] + world.ids["reviewer"])
    return role, f"/admin/users/{whose}/{rng.choice(['stop', 'resume', 'factor'])}", {"confirmed": "1"}


def own_accounts(_world: World, rng: random.Random) -> Ask:
    path = rng.choice(["/language/en", "/language/zh", "/tokens", "/account/totp/remove"])
    return "auditor" if path == "/account/totp/remove" else "finance", path, {"name": "程序", "days": "30"}


OBJECTS: dict[str, Callable[[World, random.Random], Ask]] = {
    one.__name__: one
    for one in (
        reports, gates, stops, plans, exemptions, files, receipts, desk, allocations, payments, limits, findings,
        months, imports, rule_sets, accounts, own_accounts,
    )
}  # fmt: skip
