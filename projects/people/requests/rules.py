"""Who may decide a request, and what a request must say (RQ-2 to RQ-5)."""

from __future__ import annotations

from dataclasses import dataclass

from projects.core.complaints import text_complaint
from projects.core.permissions import Actor, covers, may
from projects.core.text import N_, Text
from projects.people.requests.kinds import Kind

OPEN = frozenset({"waiting", "emergency"})
REASON, EVIDENCE, WORDS = 400, 200, 400  # letters at most


@dataclass(frozen=True)
class Asked:
    """Why something is asked for, on the strength of which paper, and whether it can't wait."""

    reason: str = ""
    evidence: str = ""
    emergency: bool = False


@dataclass(frozen=True)
class Stake:
    """What decides who may decide: the person who asked, from which role, the person it is for, and the place."""

    proposer_id: int
    proposer_role: str
    person_id: int | None
    place_code: str | None


def refusal(kind: Kind, stake: Stake, actor: Actor) -> Text | None:
    """Why `actor` can't decide; None where they may. The role counts that they hold now, and what belongs to the whole
    installation is for people without places, whatever the scope of the action.
    """
    if not may(actor, kind.consent) or not covers(actor.places, stake.place_code):
        return Text(N_("您的角色或地区不能决定这份申请"))
    if actor.id == stake.proposer_id:
        return Text(N_("自己提出的申请由另一个人决定"))
    if actor.id == stake.person_id:
        return Text(N_("关于您自己的申请由别人决定"))
    if kind.of_offices and actor.role == stake.proposer_role:
        return Text(N_("申请人与您同属一员, 由另一员决定"))
    return None


def complaints(kind: Kind, asked: Asked) -> dict[str, Text]:
    """What keeps a request from being taken, by field."""
    found = {
        "reason": text_complaint(asked.reason, REASON)
        or (None if asked.reason.strip() else Text(N_("请写明理由, 决定的人要看"))),
        "evidence": text_complaint(asked.evidence, EVIDENCE),
        "emergency": Text(N_("这件事不能先办后报")) if asked.emergency and not kind.in_emergency else None,
    }
    return {name: problem for name, problem in found.items() if problem}


def words_complaint(words: str, *, needed: bool) -> Text | None:
    """What keeps the words of a decision from being taken; who does not agree says why."""
    return text_complaint(words, WORDS) or (Text(N_("请写明原因或改正情况")) if needed and not words.strip() else None)
