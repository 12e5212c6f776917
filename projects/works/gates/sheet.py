"""A project's gates side by side: what the register says, what was planned, what the law says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from projects.core.text import Text
from projects.works.gates.findings import GateFinding, GateRecord, findings
from projects.works.gates.template import GateSpec, Template

Key = TypeVar("Key")
Word = TypeVar("Word")


@dataclass(frozen=True)
class GateEntry:
    """A gate as stored: the register's row (`version` set), or a published event (`source` set)."""

    on: dt.date | None = None
    precision: str = "day"
    document_number: str = ""
    body: str = ""
    note: str = ""
    waived_reason: str = ""
    source: str = ""
    is_sample: bool = False
    version: int | None = None
    waived_on: dt.date | None = None
    backdated_reason: str = ""

    @property
    def record(self) -> GateRecord:
        """As the findings take it."""
        return GateRecord(self.on, self.precision, self.waived_reason, registered=self.version is not None)


NOTHING = GateEntry()


@dataclass(frozen=True)
class GateRow:
    """One gate on the page: `entry` as of the day; `version` of the stored row, whatever the day; the practice order's
    gates still open; findings here.
    """

    spec: GateSpec
    state: str  # names.STATES
    entry: GateEntry
    version: int | None
    planned_on: dt.date | None
    awaits: tuple[Text, ...]
    findings: tuple[GateFinding, ...]

    @property
    def finding_count(self) -> int:
        """How many findings count against the project here."""
        return sum(one.counts for one in self.findings)

    @property
    def overdue_days(self) -> int | None:
        """How much later than planned it was passed; positive is late, None where a day is not known to the day."""
        exact = self.entry.on and self.entry.precision == "day"
        return (self.entry.on - self.planned_on).days if exact and self.entry.on and self.planned_on else None


def register_first(recorded: Mapping[Key, Word], published: Mapping[Key, Word]) -> dict[Key, Word]:
    """The register's word on each gate that it has a day for, else what was published: what the register says stands
    above a press notice (principle 4 of docs/rules/gates.md).
    """
    return {**published, **recorded}


def known(register: Mapping[str, GateEntry], events: Mapping[str, GateEntry], as_of: dt.date) -> dict[str, GateEntry]:
    """Each gate as known on a day: the register first, a published event where the register has no day."""
    found = {key: event for key, event in events.items() if event.on and event.on <= as_of}
    passed = {key: entry for key, entry in register.items() if entry.on and entry.on <= as_of}
    waived = {
        key: entry
        for key, entry in register.items()
        if entry.on is None and entry.waived_reason and (entry.waived_on is None or entry.waived_on <= as_of)
    }
    return waived | register_first(passed, found)


def rows(
    template: Template,
    register: Mapping[str, GateEntry],
    events: Mapping[str, GateEntry],
    planned: Mapping[str, dt.date],
    as_of: dt.date,
) -> tuple[GateRow, ...]:
    """All gates of the template in order, as of a day."""
    entries = known(register, events, as_of)
    found = findings(template, {key: entry.record for key, entry in entries.items()}, as_of)
    result = []
    for spec in template.gates:
        entry = entries.get(spec.key, NOTHING)
        state = "passed" if entry.on else "waived" if entry.waived_reason else "open"
        awaits = (
            tuple(template.by_key[key].name for key in spec.follows if key not in entries) if state == "open" else ()
        )
        version = register[spec.key].version if spec.key in register else None
        here = tuple(one for one in found if one.gate == spec.key)
        result.append(
            GateRow(
                spec=spec,
                state=state,
                entry=entry,
                version=version,
                planned_on=planned.get(spec.key),
                awaits=awaits,
                findings=here,
            )
        )
    return tuple(result)
