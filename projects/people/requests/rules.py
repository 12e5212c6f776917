"""Who may decide a request, and what a request must say (RQ-2 to RQ-5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from projects.core.complaints import text_complaint
from projects.core.permissions import Actor, covers, may, places_for
from projects.core.text import N_, Text
from projects.core.vocabulary import MEASURING
from projects.people.requests.kinds import Kind

OPEN = frozenset({"waiting", "emergency"})
REASON, EVIDENCE, WORDS = 400, 200, 400  # letters at most
MOST_STEPS = 2


@dataclass(frozen=True)
class Asked:
    """Why something is asked for, on the strength of which paper, and whether it can't wait; `field` is what the form
    calls the reason.
    """

    reason: str = ""
    evidence: str = ""
    emergency: bool = False
    field: str = "reason"


class Stake(NamedTuple):
    """What decides who may decide: the person who asked, from which role, the person it is for, the place or the
    project; where two agree one after the other, how many do and who was first; who handed in figures of the project.
    """

    proposer_id: int
    proposer_role: str
    person_id: int | None
    place_code: str | None
    project_id: int | None = None
    steps: int = 1
    first_id: int | None = None
    filers: frozenset[int] = frozenset()

    @property
    def role(self) -> str | None:
        """Whose turn it is, where the step says so (RQ-13); None: anybody with the right."""
        if self.steps < MOST_STEPS:
            return None
        return "reviewer" if self.first_id is None else "dispatcher"


def refusal(kind: Kind, stake: Stake, actor: Actor) -> Text | None:
    """Why `actor` can't decide; None where they may. The role counts that they hold now. What belongs to a project goes
    by the project; what belongs to the whole installation is for people without places, whatever the scope of the
    action.
    """
    reasons = {
        N_("您的角色或地区不能决定这份申请"): not reaches(kind, stake, actor),
        N_("这份申请先由单位审核员、再由调度员审批"): stake.role not in {None, actor.role},
        N_("第一级是您审批的, 第二级由另一个人审批"): stake.first_id is not None and actor.id == stake.first_id,
        N_("自己提出的申请由另一个人决定"): actor.id == stake.proposer_id,
        N_("您报送过这个项目的月报: 衡量它的尺子由没有报送过的人审批"): is_judge_of_own(kind, stake, actor.id),
        N_("关于您自己的申请由别人决定"): actor.id == stake.person_id,
        N_("申请人与您同属一员, 由另一员决定"): kind.of_offices and actor.role == stake.proposer_role,
    }
    return next((Text(reason) for reason, holds in reasons.items() if holds), None)


def is_judge_of_own(kind: Kind, stake: Stake, actor_id: int | None) -> bool:
    """Whether a person would agree to another measure for figures that they handed in themselves (RQ-15)."""
    return kind.group in MEASURING and actor_id in stake.filers


def reaches(kind: Kind, stake: Stake, actor: Actor) -> bool:
    """Whether the role and the scope of `actor` reach a request of this kind."""
    if not may(actor, kind.consent, stake.project_id):
        return False
    if stake.project_id is not None:
        return True
    return covers(actor.places, stake.place_code) and covers(places_for(actor, kind.consent), stake.place_code)


def complaints(kind: Kind, asked: Asked) -> dict[str, Text]:
    """What keeps a request from being taken, by field."""
    found = {
        asked.field: text_complaint(asked.reason, REASON)
        or (None if asked.reason.strip() else Text(N_("请写明理由, 决定的人要看"))),
        "evidence": text_complaint(asked.evidence, EVIDENCE),
        "emergency": Text(N_("这件事不能先办后报")) if asked.emergency and not kind.in_emergency else None,
    }
    return {name: problem for name, problem in found.items() if problem}


def words_complaint(words: str, *, needed: bool) -> Text | None:
    """What keeps the words of a decision from being taken; who does not agree says why."""
    return text_complaint(words, WORDS) or (Text(N_("请写明原因或改正情况")) if needed and not words.strip() else None)
