"""What a token may be: its look, how long it lives, what it may read; guesses from one address (A-14). Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping

from projects.core.permissions import POLICY
from projects.core.text import N_

PREFIX = "pct_"  # so that a token left lying about can be recognised by scanners
SECRET_BYTES = 32
HINT_LENGTH = 8
DAYS = (30, 90, 180, 365)
LONGEST = dt.timedelta(days=max(DAYS))
MOST = 20  # live tokens of one person
TOUCH = dt.timedelta(minutes=1)
GUESSES = 20  # unknown tokens from one address within WINDOW; more are turned away unread and unrecorded
WINDOW = dt.timedelta(minutes=15)
_SHAPE = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]{43}")
# What a person chooses, with the actions of the policy that it stands for.
CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "projects": (N_("项目与承诺"), ("portfolio.read", "project.read")),
    "reports": (N_("月报"), ("report.read",)),
    "money": (N_("资金"), ("funding.read",)),
    "treasury": (N_("资金文件和到账"), ("treasury.read",)),
}
ALWAYS = "projects"  # nothing can be read without it


def looks_right(token: str) -> bool:
    """Whether `token` has the shape of one of ours."""
    return bool(_SHAPE.fullmatch(token))


def choices_of(role: str) -> dict[str, str]:
    """What a person of `role` may choose, with its words."""
    return {
        key: words for key, (words, actions) in CHOICES.items() if all(action in POLICY[role] for action in actions)
    }


def actions_of(chosen: Collection[str]) -> list[str]:
    """The policy's actions that the choices stand for, in order; the projects themselves are always among them."""
    return [action for key, (_, actions) in CHOICES.items() if key in chosen or key == ALWAYS for action in actions]


def words_of(actions: Collection[str]) -> list[str]:
    """The choices that stored actions came from, as message ids."""
    return [words for words, needed in CHOICES.values() if all(action in actions for action in needed)]


def state(expires_at: dt.datetime, revoked_at: dt.datetime | None, now: dt.datetime) -> str:
    """`revoked`, `expired` or `live`."""
    return "revoked" if revoked_at else "expired" if expires_at <= now else "live"


STATES: Mapping[str, str] = {"live": N_("可用"), "expired": N_("已过期"), "revoked": N_("已撤销")}
