"""The kinds of acts that need two people, each told by the feature that does it; `register` is called by the factory.

A feature keeps its operation and adds a `Kind`: what would change (`effect`), and how it is done (`apply`). It never
sees the request: the same operation runs, with the same permission, in the transaction of the decision.

**A kind that belongs to a project** says so in its effect (`project_id`, with the project's place), names a group of
`core/vocabulary.CHANGES`, and has `consent="change.approve"`: who sees and decides its requests follows the scopes of
the project, and what it does to each verdict is worked out by trial, with no word from the feature. Its operation calls
`require_second(actor, moves and "group" in two_person())`, its page `ask` and `foreseen` (works/gates is the model).
What belongs to a programme names `programme_id` and `place_code` instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, NamedTuple, Protocol

from projects.core.acting import Acting
from projects.core.text import Text
from projects.core.vocabulary import CONSENT_KINDS
from projects.people.sign_in.policy import Policy

Values = Mapping[str, Any]


class Means(NamedTuple):
    """What some acts need beside their values: the installation's key and its policy of passwords."""

    key: str
    policy: Policy


@dataclass(frozen=True)
class Effect:
    """What an act would change now: `changes` as the history writes them (field → [old, new], JSON-safe).

    `about` is what it is about; words of ours in it stay a text, to be said in the reader's language.
    They are stored with the request and worked out again for the decision: where they differ, the request is overtaken.
    `person_id` is whoever the act is for, who may not decide it; `place_code` the place that it belongs to, None for
    the whole installation; `project_id` and `programme_id` whose verdicts it bears on. What does not `move` any verdict
    nor what one is measured by is done by one person, whatever the rule (RQ-11).
    """

    about: Text | str
    changes: Mapping[str, list[Any]]
    person_id: int | None = None
    place_code: str | None = None
    project_id: int | None = None
    programme_id: int | None = None
    moves: bool = True


@dataclass(frozen=True)
class Kind:
    """One kind of act: the action that asking needs, the action that agreeing needs, and the act itself.

    It needs two people where `needs_two` says so of a subject and values, or where the installation put its `group`
    (`core/vocabulary.TWO_PERSON`) under the rule. `of_offices`: who agrees must come from another office. `prepare`
    does what is slow, before the transaction of the act, and may bring a slip of paper to show. `in_emergency`: it may
    be done at once and confirmed afterwards; never for what gives anybody access. `accept` takes over what was attached
    to the request, told its id and subject, once the act is done.
    """

    key: str
    action: str
    consent: str
    effect: Callable[[Acting, str, Values], Effect]
    apply: Callable[[Acting, str, Values, Any], object]
    needs_two: Callable[[str, Values], bool] | None = None
    group: str | None = None
    of_offices: bool = False
    in_emergency: bool = False
    prepare: Callable[[str, Values, Means], Any] | None = None
    accept: Callable[[Acting, int, str], None] | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return CONSENT_KINDS[self.key]


KINDS: dict[str, Kind] = {}
Standing = dict[str, Any]  # one verdict in frozen words, as `effects.standing` makes it
Look = Callable[[Effect, dt.date], list[Standing]]
_looks: list[Look] = []


def look_by(look: Look) -> None:
    """Let verdicts be looked at by `look`, which reads all that an effect bears on as of a day; areas above requests
    know of none.
    """
    _looks[:] = [look]


def looked(effect: Effect, day: dt.date) -> list[Standing]:
    """The verdicts that an act bears on, as they stand now."""
    bears = effect.project_id is not None or effect.programme_id is not None
    return [one for look in _looks for one in look(effect, day)] if bears else []


Filers = Callable[[Collection[int]], Mapping[int, frozenset[int]]]
_filers: list[Filers] = []


def filed_by(filers: Filers) -> None:
    """Let who handed in figures of some projects be told by `filers`; areas above requests know of none."""
    _filers[:] = [filers]


def filers_of(project_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Who handed in figures of some projects."""
    return {key: ids for filers in _filers for key, ids in filers(project_ids).items()} if project_ids else {}


class Scans(Protocol):
    """Where papers that come with a change are kept; areas above requests know of none."""

    def keep(
        self, acting: Acting, kind: Kind, project_id: int | None, sent: Iterable[tuple[str, IO[bytes]]]
    ) -> Sequence[Any]:
        """Clean and keep each (name, content), before the transaction; InvalidError naming `scan`."""

    def attach(
        self, acting: Acting, kind: Kind, project_id: int | None, asked: object, kept: Sequence[Any]
    ) -> Sequence[Any]:
        """Let them lie with what was asked for, or with what was changed at once; returns what found no place."""

    def discard(self, kept: Sequence[Any]) -> None:
        """Take back what got no row."""


_scans: list[Scans] = []


def keep_scans_by(scans: Scans) -> None:
    """Let papers that come with a change be kept by `scans`."""
    _scans[:] = [scans]


def kept_scans() -> Scans:
    """What keeps them."""
    return _scans[0]


def register(*kinds: Kind) -> None:
    """Make kinds known."""
    KINDS.update({kind.key: kind for kind in kinds})
