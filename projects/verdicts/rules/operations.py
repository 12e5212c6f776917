"""Writes on rule sets and exemptions. A version is never edited: other figures are the next version.

The verdicts that it touches are renewed with it where they are few, else in steps of one short transaction each (L-10).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from projects.core.permissions import Actor, require, require_second
from projects.core.text import N_, Text
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.locks import Turn, take
from projects.people.accounts.tables import ProjectAssignment, User
from projects.people.requests.kinds import Effect, Kind, Values
from projects.people.requests.queries import two_person
from projects.register.projects.operations import hold_project
from projects.register.projects.tables import Programme, Project
from projects.verdicts.facts.facts import DEFAULT
from projects.verdicts.lights.queries import rules_on
from projects.verdicts.renewal.operations import recompute
from projects.verdicts.rules.checks import check_exemption, check_reason
from projects.verdicts.rules.extract import shipped_sets
from projects.verdicts.rules.figures import figures_of, read
from projects.verdicts.rules.queries import waiting_programmes, waiting_projects
from projects.verdicts.rules.tables import Exemption, RuleChoice, RuleSetVersion
from projects.verdicts.status.operations import Ahead, rebuild_step, work_out
from projects.verdicts.status.steps import RebuildStep
from projects.works.reports.tables import MonthlyReport, ReportStep

FIRST = dt.date(2000, 1, 1)  # shipped sets are in force from the beginning
# projects whose facts one step reads: a sixth of a second, should it have to be worked out while nobody else can write
# to SQLite
BATCH = 100


def load_rule_sets(actor: Actor, now: dt.datetime) -> int:
    """Bring the shipped sets that are missing into the database; returns how many. What was adopted here stays."""
    require(actor, "user.write")  # setting up the installation is the administrator's
    known = set(db.session.scalars(select(RuleSetVersion.key)))
    new = [one for one in shipped_sets() if one.key not in known]
    for one in new:
        values = {"name": one.name, "figures": dict(one.figures), "source": one.source}
        db.session.add(RuleSetVersion(key=one.key, number=1, adopted_on=FIRST, adopted_at=now, **values))
    db.session.flush()
    if new:
        record(actor, now, Tag.RULES_ADOPTED, "shipped", changes={"rule_set": [None, [one.key for one in new]]})
    return len(new)


def adopt(acting: Acting, key: str, seen: int, entry: Mapping[str, str]) -> RuleSetVersion:
    """Make the next version of a set, in force from today; InvalidError names the fields, ConflictError where `seen` is
    not the newest version.
    """
    require_second(acting.actor, "rules" in two_person())
    newest, figures, reason = _next_version(acting, key, seen, entry)
    version = RuleSetVersion(
        key=key, number=newest.number + 1, name=newest.name, figures=figures, source=newest.source, reason=reason,
        adopted_on=acting.day, adopted_at=acting.now,
        author_id=acting.actor.id, is_sample=_by_sample(acting.actor),
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    record(
        acting.actor,
        acting.now,
        Tag.RULES_ADOPTED,
        version,
        changes={"rule_set": [f"{key}-{seen}", f"{key}-{version.number}"], "reason": ["", reason]}
        | _differences(newest, figures),
    )
    _renew_few(acting.day)
    return version


def _next_version(
    acting: Acting, key: str, seen: int, entry: Mapping[str, str]
) -> tuple[RuleSetVersion, dict[str, Any], str]:
    """The newest version of a set, and the figures and the reason of the next."""
    _require_whole(acting.actor)
    take(Turn.RULES)
    newest = db.session.scalar(
        select(RuleSetVersion).where(RuleSetVersion.key == key).order_by(RuleSetVersion.number.desc()).limit(1)
    )
    if newest is None:
        raise NotFoundError(N_("没有这套规则"))
    if newest.number != seen:
        raise ConflictError(N_("您打开之后已有更新的版本, 请对照后再采用"))
    figures, wrong = read(entry)
    reason, problem = check_reason(entry.get("reason", ""))
    if not wrong and figures == figures_of(rules_on(dt.date.max).sets[key]):
        wrong["progress_kind"] = Text(N_("与现行版本相同, 没有改动"))
    if wrong or problem:
        raise InvalidError(wrong | problem)
    return newest, figures, reason


def _differences(newest: RuleSetVersion, figures: Mapping[str, Any]) -> dict[str, list[Any]]:
    old = {name: newest.figures.get(name) for name in figures}
    return {name: [old[name], value] for name, value in figures.items() if old[name] != value}


def choose(acting: Acting, programme_id: int | None, key: str, reason: str, seen: int | None = None) -> None:
    """Let a programme (None: all without a choice of their own) follow a set from today on (L-9).

    `seen` is the newest choice that the person knew of: ConflictError where others chose for the same one since.
    """
    require_second(acting.actor, "rules" in two_person())
    old, said = _choice(acting, programme_id, key, reason, seen)
    db.session.add(
        RuleChoice(
            programme_id=programme_id,
            key=key,
            reason=said,
            chosen_on=acting.day,
            chosen_at=acting.now,
            author_id=acting.actor.id,
            is_sample=_by_sample(acting.actor),
        )
    )
    db.session.flush()
    name = "*" if programme_id is None else str(programme_id)
    record(
        acting.actor,
        acting.now,
        Tag.RULES_CHOSEN,
        name,
        kind="programme",
        changes={"rule_set": [old, key], "reason": ["", said]},
    )
    _renew_few(acting.day)


def _choice(
    acting: Acting, programme_id: int | None, key: str, reason: str, seen: int | None
) -> tuple[str | None, str]:
    """What a programme follows now, and the reason as it is kept, where it may follow another set."""
    _require_whole(acting.actor)
    take(Turn.RULES)
    book = rules_on(acting.day)
    since = RuleChoice.programme_id.is_not_distinct_from(programme_id), RuleChoice.id > (seen or 0)
    if seen is not None and db.session.scalar(select(RuleChoice.id).where(*since).limit(1)):
        raise ConflictError(N_("您打开之后, 这里的规则已由他人另选: 请对照后再采用"))
    if programme_id is not None and db.session.get(Programme, programme_id) is None:
        raise NotFoundError(N_("没有这个项目群"))
    said, wrong = check_reason(reason)
    if key not in book.sets:
        wrong["key"] = Text(N_("没有这套规则"))
    old = book.choices.get(programme_id) or (DEFAULT if programme_id is None else None)
    if old == key:
        wrong["key"] = Text(N_("已经在用这套规则"))
    if wrong:
        raise InvalidError(wrong)
    return old, said


def _adopt_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    newest, figures, _ = _next_version(acting, subject, wanted["seen"], wanted["entry"])
    sets = [f"{subject}-{newest.number}", f"{subject}-{newest.number + 1}"]
    return Effect(Text(newest.name), {"rule_set": sets} | _differences(newest, figures))


def _choose_effect(acting: Acting, _subject: str, wanted: Values) -> Effect:
    old, _ = _choice(acting, wanted["programme"], wanted["key"], wanted["reason"], wanted["seen"])
    programme = db.session.get(Programme, wanted["programme"]) if wanted["programme"] else None
    return Effect(programme.name if programme else "", {"rule_set": [old, wanted["key"]]})


_RULES: dict[str, Any] = {"action": "rules.write", "consent": "rules.write", "group": "rules"}
RULE_KINDS = (
    Kind(
        "rules.adopt",
        effect=_adopt_effect,
        apply=lambda acting, subject, wanted, _: adopt(acting, subject, wanted["seen"], wanted["entry"]),
        **_RULES,
    ),
    Kind(
        "rules.choose",
        effect=_choose_effect,
        apply=lambda acting, _subject, wanted, _prepared: choose(
            acting, wanted["programme"], wanted["key"], wanted["reason"], wanted["seen"]
        ),
        **_RULES,
    ),
)


def _require_whole(actor: Actor) -> None:
    """Rule sets judge every project, so that only who answers for all of them may change them."""
    require(actor, "rules.write")
    if actor.place_projects is not None:
        raise ForbiddenError(N_("规则适用于全部项目, 只有负责全部地区的调度员可以修改"))


def _renew_few(today: dt.date) -> None:
    """Renew at once what a change of rules leaves waiting, unless that is more than one step's work."""
    projects = db.session.scalars(waiting_projects(today).limit(BATCH + 1)).all()
    if len(projects) <= BATCH:
        recompute(projects, today, db.session.scalars(waiting_programmes(today)).all())


def next_step(today: dt.date) -> Ahead:
    """What `renew_step` is likely to renew next, worked out while others may write; to be called outside a
    transaction.
    """
    projects = db.session.scalars(waiting_projects(today).limit(BATCH)).all()
    programmes = [] if projects else _next_programmes(db.session.execute(waiting_programmes(today).limit(BATCH)))
    return work_out(RebuildStep(tuple(projects), tuple(programmes)), today)


def renew_step(acting: Acting, ahead: Ahead | None = None) -> int:
    """Renew the next verdicts that do not follow the rules in force today; returns of how many projects and programmes.

    First those of BATCH projects, then, a few at a time, those of programmes' own promises. What somebody else holds is
    passed over, so that two may renew at once; 0 where nothing waits but what others hold. What was worked out `ahead`
    is stored if it is still what comes next and nobody wrote since.
    """
    _require_whole(acting.actor)
    projects = db.session.scalars(
        waiting_projects(acting.day).limit(BATCH).with_for_update(of=Project, key_share=True, skip_locked=True)
    ).all()
    held = waiting_programmes(acting.day).limit(BATCH).with_for_update(of=Programme, key_share=True, skip_locked=True)
    programmes = [] if projects else _next_programmes(db.session.execute(held))
    if projects or programmes:
        step = RebuildStep(tuple(projects), tuple(programmes))
        rebuild_step(ahead if ahead is not None and ahead.step == step else Ahead(step, None), acting.day)
        counts = {"projects": [None, len(projects)], "programmes": [None, len(programmes)]}
        record(
            acting.actor,
            acting.now,
            Tag.STATUS_REBUILT,
            "rules",
            changes={"as_of": [None, acting.day.isoformat()]} | {name: one for name, one in counts.items() if one[1]},
        )
    return len(projects) + len(programmes)


def _next_programmes(waiting: Iterable[Any]) -> list[int]:
    """Of the programmes whose own promises wait, each with the number of its projects, the next: one, or as many as
    have BATCH projects together.
    """
    found: list[int] = []
    counted = 0
    for programme_id, members in waiting:
        counted += members
        if found and counted > BATCH:
            break
        found.append(programme_id)
    return found


# --- exemptions -------------------------------------------------------------------------------------------------------


def exempt(acting: Acting, project_id: int, entry: Mapping[str, str]) -> Exemption:
    """Take a light out of the count until a day, with the reason and who asked; whoever works on the project's reports
    can't approve it (L-5).
    """
    require(acting.actor, "exemption.write", project_id)
    hold_project(project_id)
    _require_other_eyes(acting.actor, project_id)
    values, wrong = check_exemption(entry, acting.day)
    standing = (
        select(func.count())
        .select_from(Exemption)
        .where(Exemption.project_id == project_id, Exemption.light == values.get("light"))
    )
    if not wrong and db.session.scalar(standing.where(Exemption.until >= acting.day, Exemption.ended_on.is_(None))):
        wrong["light"] = Text(N_("这个灯已有豁免, 请先结束原来的豁免"))
    if wrong or acting.actor.id is None:
        raise InvalidError(wrong)
    row = Exemption(
        project_id=project_id,
        approver_id=acting.actor.id,
        since=acting.day,
        approved_at=acting.now,
        is_sample=_by_sample(acting.actor) or _is_sample(project_id),
        **values,
    )
    db.session.add(row)
    db.session.flush()
    changes = {
        "light": [None, row.light],
        "until": [None, row.until.isoformat()],
        "reason": ["", row.reason],
        "requested_by": ["", row.requested_by],
    }
    record(acting.actor, acting.now, Tag.LIGHT_EXEMPTED, row, project_id=project_id, changes=changes)
    touched([project_id], acting.day)
    return row


def end_exemption(acting: Acting, project_id: int, exemption_id: int) -> None:
    """Let a light count again from today; a second time changes nothing."""
    require(acting.actor, "exemption.write", project_id)
    hold_project(project_id)
    row = db.session.scalar(select(Exemption).where(Exemption.id == exemption_id, Exemption.project_id == project_id))
    if row is None:
        raise NotFoundError(N_("没有这条豁免"))
    if row.ended_on is None:
        row.ended_on = acting.day
        db.session.flush()
        record(
            acting.actor,
            acting.now,
            Tag.EXEMPTION_ENDED,
            row,
            project_id=project_id,
            changes={"ended_on": [None, acting.day.isoformat()]},
        )
        touched([project_id], acting.day)


def _require_other_eyes(actor: Actor, project_id: int) -> None:
    authored = select(MonthlyReport.id).where(
        MonthlyReport.project_id == project_id, MonthlyReport.author_id == actor.id
    )
    filed = select(ReportStep.id).join(MonthlyReport, MonthlyReport.id == ReportStep.report_id)
    filed = filed.where(
        MonthlyReport.project_id == project_id, ReportStep.action == "submitted", ReportStep.actor_id == actor.id
    )
    assigned = select(ProjectAssignment.user_id).where(
        ProjectAssignment.project_id == project_id, ProjectAssignment.user_id == actor.id
    )
    if db.session.scalar(select(authored.exists() | filed.exists() | assigned.exists())):
        raise ForbiddenError(N_("您填报过这个项目的月报或负责这个项目, 不能批准它的豁免, 请由另一位调度员批准"))


def _by_sample(actor: Actor) -> bool:
    """What a sample person does is a sample."""
    return bool(db.session.scalar(select(User.is_sample).where(User.id == actor.id)))


def _is_sample(project_id: int) -> bool:
    return bool(db.session.scalar(select(Project.is_sample).where(Project.id == project_id)))
