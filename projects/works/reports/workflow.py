"""The life of a monthly report: which step leads from which state, and who may take it. Rules R-7 and R-8 of
docs/rules/reports.md.

::

    (none) ── save ──► draft ── submit ──► submitted ── approve ──► approved ── correct ──► draft of the next revision
                        ▲ save               │ return
                        └ draft              ▼
                                           returned ── save ──► returned ── submit ──► submitted, next round
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from projects.core.errors import ConflictError, ForbiddenError
from projects.core.text import N_, Text
from projects.core.vocabulary import REPORT_STATES

OPEN = ("draft", "returned")  # states in which the content may be edited


@dataclass(frozen=True)
class ReviewStep:
    """A step: the states it is open in (None: no report yet), the state it leads to (None: unchanged), the permission
    it needs.
    """

    sources: frozenset[str | None]
    leads_to: str | None
    permission: str


STEPS = {
    "save": ReviewStep(frozenset({None, *OPEN}), None, "report.write"),
    "submit": ReviewStep(frozenset({None, *OPEN}), "submitted", "report.write"),
    "approve": ReviewStep(frozenset({"submitted"}), "approved", "report.review"),
    "return": ReviewStep(frozenset({"submitted"}), "returned", "report.review"),
    "correct": ReviewStep(frozenset({"approved"}), "draft", "report.write"),
}


def is_open(state: str | None, action: str) -> bool:
    """Whether `action` is open to a report in `state`."""
    return state in STEPS[action].sources


def next_state(state: str | None, action: str) -> str:
    """The state that `action` leads to; ConflictError where it isn't open in `state` (R-7)."""
    if not is_open(state, action):
        shown = Text(REPORT_STATES[state]) if state else Text(N_("未报"))
        raise ConflictError(
            N_("这份月报现在是“%(state)s”, 不能进行这一步; 可能刚有人处理过, 请先看最新内容"), state=shown
        )
    return STEPS[action].leads_to or state or "draft"


def next_round(state: str | None, action: str, number: int) -> int:
    """Rounds are numbered: submitting what was returned starts the next one."""
    return number + 1 if (state, action) == ("returned", "submit") else number


def require_other_eyes(actor_id: int | None, submitters: Collection[int]) -> None:
    """ForbiddenError where the person who would approve had submitted the report (R-8)."""
    if actor_id in submitters:
        raise ForbiddenError(N_("您是这份月报的填报人, 不能审核自己填报的内容, 请由另一位调度员审核"))
