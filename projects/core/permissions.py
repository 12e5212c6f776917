"""Who may do what, in one place: views, commands, exports and templates all ask `may`.

A policy row is role → action → scope. Scopes: `all` (the installation), `place` (the person's places and all below;
without places, all), `unit` (projects of the person's unit), `own` (projects assigned to the person). The three offices
(三员: system, security, audit) hold no business rights, and nobody holds two roles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from projects.core.errors import ForbiddenError
from projects.core.places import within
from projects.core.text import N_

_READ = ("portfolio.read", "project.read", "report.read", "funding.read", "gantt.read", "export", "file.read")


def _reads(reach: str) -> dict[str, str]:
    return dict.fromkeys(_READ, reach)


POLICY: dict[str, dict[str, str]] = {
    "manager": {
        **_reads("own"),
        "report.write": "own",
        "gate.write": "own",
        "plan.write": "own",
        "file.write": "own",
        "card.write": "own",
        "token.write": "own",
    },
    "reviewer": {**_reads("unit"), "report.review": "unit", "change.approve": "unit", "token.write": "own"},
    "finance": {
        **_reads("place"),
        **dict.fromkeys(
            ("import.write", "funding.write", "treasury.read", "treasury.close", "finding.handle"), "place"
        ),
        "funding.limit": "all",
        "token.write": "own",
    },
    "dispatcher": {
        **_reads("place"),
        **dict.fromkeys(
            (
                "report.write",
                "report.review",
                "change.approve",
                "gate.write",
                "plan.write",
                "file.write",
                "board.read",
                "treasury.read",
                "finding.handle",
            ),
            "place",
        ),
        **dict.fromkeys(("import.write", "project.import", "unit.write"), "place"),
        **dict.fromkeys(("document.write", "project.write", "project.assign", "promise.write"), "place"),
        **dict.fromkeys(("card.write", "change.approve"), "place"),
        **dict.fromkeys(("rules.read", "rules.write", "exemption.write"), "place"),
        "token.write": "own",
    },
    "leader": {
        **_reads("place"),
        "board.read": "place",
        "rules.read": "place",
        "treasury.read": "place",
        "token.write": "own",
    },
    "admin": dict.fromkeys(("user.write", "place.write", "office.consent"), "all"),
    "security": {"role.write": "all", "account.review": "all", "office.consent": "all"},
    "auditor": {"audit.read": "all", "office.consent": "all"},
}
IN_PLACES = frozenset(role for role, row in POLICY.items() if "place" in row.values())
ACTIONS = frozenset(action for row in POLICY.values() for action in row)
POLICY["system"] = dict.fromkeys(ACTIONS, "all")
WRITING = frozenset({
    "report.write", "report.review", "gate.write", "plan.write", "file.write", "import.write", "project.import",
    "funding.write", "funding.limit", "treasury.close",
    "finding.handle", "rules.write", "exemption.write", "document.write", "project.write", "project.assign",
    "promise.write", "card.write",
# what is done on the installation's day, so that no page of a past day offers it; the rest is about accounts
})  # fmt: skip
OFFICES = frozenset({"admin", "security", "auditor"})


class Ids(Protocol):
    """Ids of projects, however many: a set, or what a statement gives (`statements.IdsOf`)."""

    def __contains__(self, key: object, /) -> bool: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person, or the system (`id` None) for commands.

    Sets of projects are asked whether they hold one, or become a condition of a statement; None stands for all of them.

    `actions` are those that a token was given: the person can do no more through it, and never more than their role.
    `consent` names who agreed to what is being done; "" where it is done in an emergency, before anybody could.
    """

    id: int | None
    name: str
    role: str
    locale: str = "zh"
    own_projects: Ids = field(default_factory=frozenset)
    place_projects: Ids | None = None
    places: frozenset[str] | None = None
    unit_projects: Ids = field(default_factory=frozenset)
    address: str = ""
    actions: frozenset[str] | None = None
    consent: str | None = None


SYSTEM = Actor(None, "system", "system")


def scope(actor: Actor, action: str) -> str | None:
    """`all`, `place`, `unit`, `own` or None: how far `actor` may do `action`."""
    if action not in ACTIONS:
        raise KeyError(action)
    if actor.actions is not None and action not in actor.actions:
        return None
    return POLICY[actor.role].get(action)


def projects_for(actor: Actor, action: str) -> Ids | None:
    """The ids of the projects that `actor` may do `action` to; None stands for all of them."""
    match scope(actor, action):
        case "all":
            return None
        case "place":
            return actor.place_projects
        case "unit":
            return actor.unit_projects
        case "own":
            return actor.own_projects
        case _:
            return frozenset()


def places_for(actor: Actor, action: str) -> frozenset[str] | None:
    """The codes of the places in which (and below which) `actor` may do `action` to what belongs to no project; None
    stands for everywhere.
    """
    match scope(actor, action):
        case "all":
            return None
        case "place":
            return actor.places
        case _:
            return frozenset()


def covers(places: frozenset[str] | None, place_code: str | None) -> bool:
    """Whether `places` (None: everywhere) hold a place; what has no place is held by everywhere alone."""
    return places is None or (place_code is not None and any(within(place_code, outer) for outer in places))


def may(actor: Actor, action: str, project_id: int | None = None) -> bool:
    """Whether `actor` may do `action` at all, or to the project named."""
    if scope(actor, action) is None:
        return False
    reach = projects_for(actor, action)
    return project_id is None or reach is None or project_id in reach


def require(actor: Actor, action: str, project_id: int | None = None) -> None:
    """Raise ForbiddenError unless `actor` may do `action`."""
    if not may(actor, action, project_id):
        raise ForbiddenError(N_("您的角色没有这项权限, 如需办理请联系调度员或系统管理员"))


def require_second(actor: Actor, needed: bool) -> None:
    """Raise ForbiddenError where an act `needed` a second person's consent and is done without; commands are free."""
    if needed and actor.consent is None and actor.id is not None:
        raise ForbiddenError(N_("这件事要由另一个人同意: 请从页面上提出申请"))


def visible_projects(actor: Actor) -> Ids | None:
    """The ids of the projects `actor` may see; None stands for all of them."""
    return projects_for(actor, "project.read")
