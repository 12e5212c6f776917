"""What the recorded gates say against the law: broken orders, run-out clocks, running ones. Rules G-1 to G-14 of
docs/rules/gates.md.

A fact that broke a rule stays recorded; it is named here and counted. Days known only to the month or year count in
favour of the project: a rule is broken only if it is broken whatever the day was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from projects.core.text import N_, Text
from projects.works.gates.template import Clock, Edge, Template

COUNTED = frozenset({"broken", "missing", "late", "overdue"})


@dataclass(frozen=True)
class GateRecord:
    """What is known of a gate: the day it was passed (month-precise: the month's last day), or why it is not needed.

    `registered` is false where only a published event tells of it: the register then can't be said to lack its
    prerequisites.
    """

    on: dt.date | None = None
    precision: str = "day"
    waived_reason: str = ""
    registered: bool = True

    @property
    def earliest(self) -> dt.date | None:
        """The first day it may have been."""
        if self.on is None or self.precision == "day":
            return self.on
        return self.on.replace(day=1) if self.precision == "month" else self.on.replace(month=1, day=1)


@dataclass(frozen=True)
class GateFinding:
    """One rule at one gate: what it found, the days it compared, when it is or was due, the law, the words."""

    rule: str
    name: str
    kind: str  # names.KINDS
    gate: str
    text: Text
    on: dt.date | None = None
    other_on: dt.date | None = None
    due: dt.date | None = None
    law: Text | None = None
    configurable: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is a finding against the project, not a countdown or a reminder."""
        return self.kind in COUNTED


def findings(template: Template, gates: Mapping[str, GateRecord], as_of: dt.date) -> tuple[GateFinding, ...]:
    """Everything that the gates known by `as_of` say, edges first, in the template's order."""
    known = {key: record for key, record in gates.items() if record.on is None or record.on <= as_of}
    broken = [_edge(template, edge, known) for edge in template.edges]
    clocks = [_clock(template, clock, known, as_of) for clock in template.clocks]
    return tuple(found for found in (*broken, *clocks) if found)


def count(found: Iterable[GateFinding]) -> int:
    """How many of them count against the project."""
    return sum(one.counts for one in found)


# --- hard edges -------------------------------------------------------------------------------------------------------


def _edge(template: Template, edge: Edge, known: Mapping[str, GateRecord]) -> GateFinding | None:
    record = known.get(edge.gate)
    if record is None or record.on is None or any(_passed_by(template, need, known, record.on) for need in edge.needs):
        return None
    names = [template.by_key[need].name for need in edge.needs]
    needed = names[0] if len(names) == 1 else Text(N_("%(one)s或%(other)s"), {"one": names[0], "other": names[1]})
    law = edge.law.on(record.earliest or record.on).text
    words: dict[str, object] = {
        "gate": template.by_key[edge.gate].name,
        "on": _spoken(record),
        "need": needed,
        "law": law,
    }
    days = [(known[need].on, known[need]) for need in edge.needs if need in known and known[need].on]
    if days:
        need_on, need = min(days, key=lambda one: one[0] or dt.date.max)
        text = Text(N_("%(gate)s (%(on)s) 早于%(need)s (%(need_on)s), 违反%(law)s"), words | {"need_on": _spoken(need)})
        return GateFinding(edge.rule, edge.name, "broken", edge.gate, text, record.on, need_on, law=law)
    waived = [need for need in edge.needs if need in known and known[need].waived_reason]
    merged = next((template.by_key[need].merged_into for need in waived if template.by_key[need].merged_into), None)
    if not record.registered:
        text = Text(N_("%(gate)s (%(on)s) 见于公开报道, 这里还没有登记%(need)s: 请补录, 以便核对%(law)s"), words)
        return GateFinding(edge.rule, edge.name, "notice", edge.gate, text, record.on, law=law)
    if merged:
        into = template.by_key[merged].name
        text = Text(
            N_("%(gate)s (%(on)s) 之前没有%(need)s: 登记为并入%(into)s, 但%(into)s当时也没有批复, 不符合%(law)s"),
            words | {"into": into},
        )
    elif waived:
        text = Text(N_("%(gate)s (%(on)s) 之前没有%(need)s: 登记为不办, 但%(law)s要求先办, 不办的理由不能代替"), words)
    else:
        text = Text(N_("%(gate)s (%(on)s) 之前没有%(need)s的记录, %(law)s要求先办"), words)
    return GateFinding(edge.rule, edge.name, "missing", edge.gate, text, record.on, law=law)


def _passed_by(template: Template, need: str, known: Mapping[str, GateRecord], day: dt.date) -> bool:
    """Whether `need` was passed by `day`, or waived where a law lets its papers be merged into another's, and that one
    was.
    """
    record = known.get(need)
    if record is None:
        return False
    if record.earliest:
        return record.earliest <= day
    merged = template.by_key[need].merged_into
    stand_in = known.get(merged) if merged and record.waived_reason else None
    return bool(stand_in and stand_in.earliest and stand_in.earliest <= day)


# --- clocks -----------------------------------------------------------------------------------------------------------


def _clock(template: Template, clock: Clock, known: Mapping[str, GateRecord], as_of: dt.date) -> GateFinding | None:
    start = known.get(clock.start, GateRecord())
    if start.on is None:
        return None
    done = known.get(clock.until, GateRecord())
    due, latest = clock.due(start.on), clock.latest(start.on)
    reached = done.earliest or as_of
    kind = _kind(clock, done.on is not None, reached, due, latest)
    if kind is None:
        return None
    words: dict[str, object] = {
        "start": template.by_key[clock.start].name, "start_on": _spoken(start),
        "until": template.by_key[clock.until].name, "due": due, "latest": latest,
        "on": _spoken(done) if done.on else "", "left": (due - as_of).days,
        "over": (reached - (latest if kind in {"late", "overdue"} else due)).days,
    }  # fmt: skip
    text = Text(_clock_words(clock, kind, done.on is not None, within_extension=reached <= latest), words)
    law = clock.law.on(reached).text if clock.law else None
    return GateFinding(clock.rule, clock.name, kind, clock.until, text, done.on, start.on, due, law, clock.configurable)


def _kind(clock: Clock, done: bool, reached: dt.date, due: dt.date, latest: dt.date) -> str | None:
    if reached <= due:
        return None if done else "countdown"
    if clock.reminder or reached <= latest:
        return "notice"
    return "late" if done else "overdue"


def _clock_words(clock: Clock, kind: str, done: bool, within_extension: bool) -> str:
    if kind == "countdown":
        return N_("%(start)s (%(start_on)s) 之后, %(until)s不得晚于 %(due)s, 还有 %(left)s 天")
    if clock.reminder:
        return (
            N_("%(start)s (%(start_on)s) 到%(until)s (%(on)s) 超过通常有效期 %(over)s 天: 请核对批文写明的有效期")
            if done
            else N_("%(start)s (%(start_on)s) 的通常有效期到 %(due)s, 已过 %(over)s 天: 请核对批文写明的有效期")
        )
    if within_extension:
        return (
            N_("%(until)s (%(on)s) 晚于 %(due)s %(over)s 天: 须有延期批准, 请核对")
            if done
            else N_("%(until)s的期限 %(due)s 已过 %(over)s 天: 须有延期批准, 最长到 %(latest)s")
        )
    return (
        N_("%(until)s (%(on)s) 晚于最后期限 %(latest)s %(over)s 天 (自%(start)s %(start_on)s 起算)")
        if done
        else N_("%(until)s的最后期限 %(latest)s 已过 %(over)s 天, 仍没有记录 (自%(start)s %(start_on)s 起算)")
    )


def _spoken(record: GateRecord) -> object:
    """The day as precisely as it is known."""
    day = record.on
    if day is None or record.precision == "day":
        return day
    return f"{day:%Y-%m}" if record.precision == "month" else f"{day:%Y}"
