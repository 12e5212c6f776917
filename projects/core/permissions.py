"""Who may do what, in one place: views, commands, exports and templates all ask `may`.

A policy row is role → action → scope: `all` (everything in the installation) or `own` (projects assigned to the person).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from projects.core.errors import ForbiddenError
from projects.core.text import N_

_READ = {"portfolio.read": "all", "project.read": "all", "report.read": "all", "funding.read": "all", "gantt.read": "all", "export": "all"}

POLICY: dict[str, dict[str, str]] = {
    "manager": {
        **dict.fromkeys(_READ, "own"),
        "report.write": "own",
        "gate.write": "own",
        "plan.write": "own",
    },
    "finance": {**_READ, "funding.write": "all"},
    "dispatcher": {**_READ, "report.write": "all", "report.review": "all", "gate.write": "all", "plan.write": "all", "board.read": "all"},
    "leader": {**_READ, "board.read": "all"},
    "admin": {"user.write": "all"},
    "system": {**_READ, "report.write": "all", "report.review": "all", "gate.write": "all", "plan.write": "all", "funding.write": "all", "user.write": "all"},
}
ACTIONS = frozenset(action for row in POLICY.values() for action in row)


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person, or the system (`id` None) for commands."""

    id: int | None
    name: str
    role: str
    locale: str = "zh"
    own_projects: frozenset[int] = field(default_factory=frozenset)


SYSTEM = Actor(None, "system", "system")


def scope(actor: Actor, action: str) -> str | None:
    """`all`, `own` or None: how far `actor` may do `action`."""
    if action not in ACTIONS:
        raise KeyError(action)
    return POLICY[actor.role].get(action)


def may(actor: Actor, action: str, project_id: int | None = None) -> bool:
    """Whether `actor` may do `action` at all, or to the project named."""
    reach = scope(actor, action)
    return reach == "all" or (reach == "own" and (project_id is None or project_id in actor.own_projects))


def require(actor: Actor, action: str, project_id: int | None = None) -> None:
    """Raise ForbiddenError unless `actor` may do `action`."""
    if not may(actor, action, project_id):
        raise ForbiddenError(N_("您的角色没有这项权限, 如需办理请联系调度员或系统管理员"))


def visible_projects(actor: Actor) -> frozenset[int] | None:
    """The ids of the projects `actor` may see; None stands for all of them."""
    reach = scope(actor, "project.read")
    return None if reach == "all" else actor.own_projects if reach == "own" else frozenset()
