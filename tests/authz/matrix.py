"""The matrix of every route, method and role, worked out from the policy alone.

`python tests/authz/matrix.py` writes docs/policy.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)] if __name__ == "__main__" else []

from projects.core.permissions import ACTIONS, POLICY, Actor, scope  # noqa: E402
from projects.core.vocabulary import ROLES  # noqa: E402

DOCUMENT = ROOT / "docs" / "policy.md"
VALUES = {
    "slug": "own",
    "month": "2021-11",
    "revision": 1,
    "key": "start",
    "locale": "en",
    "filename": "app.css",
    "year": 2021,
}
OTHER_VALUE = 0  # of every id: no row has it
WHOLE = {
    "findings.set_limit",
    "findings.add_limit",
}  # figures of the whole installation: only for a person without places
REACH = {"all": "全部 all", "place": "地区 place", "unit": "单位 unit", "own": "本人 own"}


@dataclass(frozen=True)
class Route:
    """One method of one rule: its endpoint, an example address, the rule as written, the action it names and how it
    turns strangers away.
    """

    method: str
    endpoint: str
    address: str
    rule: str
    action: str | None
    door: int

    @property
    def is_of_a_project(self) -> bool:
        """Whether the address names a project."""
        return "/projects/<slug>" in self.rule


def routes(app: Flask) -> list[Route]:
    """Every rule and method of the application's map, static files apart."""
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        view = app.view_functions[rule.endpoint]
        values = {name: _value(rule, name) for name in rule.arguments}
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            address = adapter.build(rule.endpoint, values, method=method)
            found.append(
                Route(
                    method,
                    rule.endpoint,
                    address,
                    rule.rule,
                    getattr(view, "action", "missing"),
                    getattr(view, "door", 302),
                )
            )
    return sorted(found, key=lambda one: (one.rule, one.method))


def _value(rule: Any, name: str) -> Any:
    items = getattr(rule._converters[name], "items", None)
    return min(items) if items else VALUES.get(name, OTHER_VALUE)


def expected(route: Route, role: str | None, *, foreign: bool = False, local: bool = False) -> int:
    """What the policy says of a person (`local`: with places): 200 stands for `through the door` (whatever the page
    then answers), 302 and 401 for `sign in first`, 403, 404.
    """
    if route.action is None:
        return 200
    if role is None:
        return route.door
    if route.action == "signed-in":
        return 200
    if scope(Actor(1, "", role), route.action) is None or (local and route.endpoint in WHOLE):
        return 403
    return 404 if foreign and route.is_of_a_project else 200


def document(app: Flask) -> str:
    """docs/policy.md."""
    return "\n".join([*_head(), *_actions(), "", "## 地址 Routes", "", *_routes(app), ""])


def _head() -> Iterator[str]:
    yield "# 谁可以做什么 Who may do what"
    yield ""
    yield (
        "Written by `python tests/authz/matrix.py` from `projects/core/permissions.POLICY` and the action that each "
        "view names; do not edit. The tests compare this"
    )
    yield "file with the application, and ask every line of it as every role (`tests/authz/test_matrix.py`)."
    yield ""
    yield (
        "Scopes: 全部 all, the installation; 地区 place, the person's places and all within (all, where that "
        "is given by name); 单位 unit, the projects of the person's unit;"
    )
    yield (
        "本人 own, the projects assigned to the person, or what is the person's own. A project outside the scope is "
        "404, an action that the role lacks is 403."
    )
    yield ""
    yield "## 权限 Actions"
    yield ""


def _actions() -> Iterator[str]:
    yield "| action | " + " | ".join(f"{words} {role}" for role, words in ROLES.items()) + " |"
    yield "|---" * (len(ROLES) + 1) + "|"
    for action in sorted(ACTIONS):
        yield f"| `{action}` | " + " | ".join(REACH.get(POLICY[role].get(action, ""), "—") for role in ROLES) + " |"


def _routes(app: Flask) -> Iterator[str]:
    yield "| method | address | action | signed out | " + " | ".join(ROLES) + " |"
    yield "|---" * (len(ROLES) + 4) + "|"
    for route in routes(app):
        action = {None: "public", "signed-in": "signed in"}.get(route.action, f"`{route.action}`")
        cells = ["✓" if expected(route, role) == 200 else str(expected(route, role)) for role in (None, *ROLES)]
        cells = [
            f"{cell} / 404" if cell == "✓" and route.is_of_a_project and index else cell
            for index, cell in enumerate(cells)
        ]
        yield f"| {route.method} | `{route.rule.replace('|', chr(92) + '|')}` | {action} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    from projects import create_app

    DOCUMENT.write_text(document(create_app(SECRET_KEY="x" * 40)), encoding="utf-8")
