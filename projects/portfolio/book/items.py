"""A row of the register and what would be done with it: RW-5, RW-7 of docs/rules/register.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from projects.core.text import Text
from projects.money.imports.reading import CellFault
from projects.portfolio.book.columns import Column, Sheet
from projects.portfolio.book.things import Thing
from projects.portfolio.ledger.plan import BAD, CHANGED, NEW, SAME, SKIPPED, STATES
from projects.portfolio.ledger.rows import Row

POSSIBLE = {key: STATES[key] for key in (NEW, CHANGED, SAME, BAD, SKIPPED)}
_CALLED = {"promises": "wording", "members": "project", "documents": "title", "clauses": "locator"}


class Handle(NamedTuple):
    """A thing that rows name: what it is, and its id; 0 and the key of its row while it is not stored yet."""

    of: str
    id: int
    row: str = ""


@dataclass(frozen=True)
class Change:
    """A column that differs: what is stored, what the file says."""

    column: Column
    old: Any
    new: Any


@dataclass
class Item:
    """A row and what would be done: with which `thing` (None: a new one), of which `parts`, with which values; `two`
    where another person has to agree first. `faults` keep it out, `notes` are worth a look.
    """

    sheet: Sheet
    row: Row
    thing: Thing | None = None
    state: str = NEW
    values: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Handle | None] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    notes: list[CellFault] = field(default_factory=list)
    two: bool = False
    joins: bool = True  # of a member: or leaves

    @property
    def key(self) -> str:
        """The address of its row, which a person's choice names."""
        return self.row.key

    @property
    def needs_look(self) -> bool:
        """Whether somebody has to mend it, or should look."""
        return self.state == BAD or bool(self.notes)

    @property
    def name(self) -> str:
        """What it is called."""
        key = _CALLED.get(self.sheet.key, "name")
        return str(self.values.get(key) or (self.thing and self.thing.values.get(key)) or self.row.text("key"))

    def refuse(self, key: str, msgid: str | Text, **params: object) -> None:
        """Name a cell that keeps the row out."""
        self.faults.append(self._fault(key, msgid if isinstance(msgid, Text) else Text(msgid, params)))

    def note(self, key: str, msgid: str, **params: object) -> None:
        """Name a cell that is worth a look."""
        self.notes.append(self._fault(key, Text(msgid, params)))

    def _fault(self, key: str, text: Text) -> CellFault:
        return CellFault(
            self.row.sheet, self.row.cells.get(key, f"{self.row.number}"), self.row.said.get(key, ""), text
        )
