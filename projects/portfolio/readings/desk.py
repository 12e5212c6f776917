"""What a reader of the review page sees of each proposal, and what accepting it without a change would do. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.core.text import Text, from_json
from projects.verdicts.assess.programme import conflicts
from projects.verdicts.facts.facts import TargetFacts, in_own_unit

SAME = 1.0  # of likeness: but for blanks, brackets and words such as 项目, one name


@dataclass(frozen=True)
class Likely:
    """A project that a proposal may mean, how surely, and why."""

    id: int
    name: str
    sure: float
    reasons: tuple[Text, ...]


@dataclass(frozen=True)
class Card:
    """A proposal with the projects that it may mean. `choice` is what accepting it as it stands takes it for: the id of
    a project, 0 for a new one, None where a person has to say (RD-42).
    """

    row: Any
    slug: str | None
    name: str | None
    by: str | None
    likely: tuple[Likely, ...]
    choice: int | None
    problem: Text | None = None

    @property
    def is_clean(self) -> bool:
        """Whether it can be accepted among others without a look of its own."""
        own = self.row
        return own.state == "open" and own.part == "plan" and self.choice is not None and self.problem is None


def cards(
    rows: Iterable[Any],
    names: Mapping[int, str],
    complain: Callable[[Any, int | None], Text | None],
) -> list[Card]:
    """The proposals of a reading as cards. A name that was accepted already in this reading means the same project."""
    own = list(rows)
    settled = {
        row.PlanProposal.project: row.PlanProposal.project_id
        for row in own
        if row.PlanProposal.state == "accepted" and row.PlanProposal.project_id
    }
    found = []
    for row in own:
        proposal = row.PlanProposal
        likely = tuple(
            Likely(one["id"], names[one["id"]], one["sure"], tuple(map(from_json, one["reasons"])))
            for one in proposal.likely
            if one["id"] in names
        )
        choice = _choice(proposal, likely, settled)
        problem = complain(proposal, choice) if proposal.state == "open" else None
        found.append(Card(proposal, row.slug, row.name, row.by, likely, choice, problem))
    return found


def _choice(proposal: Any, likely: Sequence[Likely], settled: Mapping[str, int]) -> int | None:
    if proposal.quantifier != "project":
        return 0
    if proposal.project in settled:
        return settled[proposal.project]
    if not likely:
        return 0
    return likely[0].id if likely[0].sure >= SAME and (len(likely) == 1 or likely[1].sure < SAME) else None


def in_turn(chosen: Iterable[Card]) -> list[Card]:
    """Cards in the order in which they are accepted: projects before the groups that they belong to."""
    return sorted(chosen, key=lambda card: card.row.quantifier != "project")


@dataclass(frozen=True)
class Compared:
    """A promise of the year before beside what this plan says of its project: `moved`, `further` or `silent`."""

    before: Any
    now: tuple[Any, ...]
    state: str


def compared(before: Iterable[Any], own: Iterable[Card]) -> list[Compared]:
    """What became of last year's promises: a project that this plan names again for the same measure was moved, for
    another kept on, one that it does not name was not mentioned (which is not the same as dropped, RD-46).
    """
    by_project: dict[int, list[Card]] = {}
    for card in own:
        if card.row.part == "plan" and card.row.state != "rejected":
            for key in _meant(card):
                by_project.setdefault(key, []).append(card)
    found = []
    for one in before:
        now = by_project.get(one.project_id, [])
        same = [card for card in now if card.row.measure == one.measure]
        state = "moved" if same else "further" if now else "silent"
        found.append(Compared(one, tuple(card.row for card in now), state))
    return found


def _meant(card: Card) -> Collection[int]:
    if card.row.project_id:
        return {card.row.project_id}
    return {card.choice} if card.choice else set()


def contradicting(own: Iterable[Card]) -> dict[int, Text]:
    """Of the proposals for one project, those that contradict each other, by id, with the reason."""
    by_name: dict[str, dict[str, Any]] = {}
    for card in own:
        if card.row.part == "plan" and card.row.state != "rejected":
            by_name.setdefault(card.row.project, {})[str(card.row.id)] = card.row
    found: dict[int, Text] = {}
    for rows in by_name.values():
        for one, other, reason in conflicts([_facts(key, row) for key, row in rows.items()]):
            found[int(one)] = found[int(other)] = reason
    return found


def _facts(key: str, row: Any) -> TargetFacts:
    threshold = in_own_unit(row.measure, row.quantifier, row.threshold)
    return TargetFacts(key, row.measure, row.quantifier, threshold, row.due, row.commitment)
