"""The kinds of acts that need two people, each told by the feature that does it; `register` is called by the factory.

A feature keeps its operation and adds a `Kind`: what would change (`effect`), and how it is done (`apply`). It never
sees the request: the same operation runs, with the same permission, in the transaction of the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from projects.core.acting import Acting
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

    They are stored with the request and worked out again for the decision: where they differ, the request is overtaken.
    `person_id` is whoever the act is for, who may not decide it; `place_code` the place that it belongs to, None for
    the whole installation.
    """

    about: str
    changes: Mapping[str, list[Any]]
    person_id: int | None = None
    place_code: str | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of act: the action that asking needs, the action that agreeing needs, and the act itself.

    It needs two people where `needs_two` says so of a subject and values, or where the installation put its `group`
    (`core/vocabulary.TWO_PERSON`) under the rule. `of_offices`: who agrees must come from another office. `prepare`
    does what is slow, before the transaction of the act, and may bring a slip of paper to show. `in_emergency`: it may
    be done at once and confirmed afterwards; never for what gives anybody access.
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

    @property
    def name(self) -> str:
        """What it is called."""
        return CONSENT_KINDS[self.key]


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known."""
    KINDS.update({kind.key: kind for kind in kinds})
