"""RQ-2 to RQ-4 and RQ-15 at their limits: who may decide, and how much may be written."""

from __future__ import annotations

import pytest

from projects.core.permissions import Actor
from projects.core.vocabulary import CHANGES, MEASURING
from projects.people.requests.kinds import Effect, Kind
from projects.people.requests.rules import Asked, Stake, complaints, refusal, words_complaint

OFFICE = Kind(
    "account.stop", "user.write", "office.consent", lambda *_: Effect("", {}), lambda *_: None, of_offices=True
)
MONTH = Kind(
    "months.reopen", "treasury.close", "treasury.close", lambda *_: Effect("", {}), lambda *_: None, in_emergency=True
)
STAKE = Stake(1, "admin", 2, None)


def says(kind: Kind, stake: Stake, actor: Actor) -> str:
    return str(refusal(kind, stake, actor) or "")


@pytest.mark.parametrize(
    ("actor", "part"),
    [
        (Actor(1, "", "security"), "另一个人决定"),  # who asked, in another office by now
        (Actor(2, "", "auditor"), "由别人决定"),  # who it is for
        (Actor(3, "", "admin"), "同属一员"),
        (Actor(3, "", "leader"), "不能决定"),
        (Actor(None, "", "leader"), "不能决定"),
        (Actor(3, "", "security"), ""),
        (Actor(3, "", "auditor"), ""),
    ],
)
def test_rq2_another_office_decides(actor: Actor, part: str):
    said = says(OFFICE, STAKE, actor)
    assert part in said
    assert bool(part) == bool(said)


@pytest.mark.parametrize(
    ("places", "where", "may"),
    [
        (None, "370800", True),
        (None, None, True),
        (frozenset({"370800"}), "370800", True),
        (frozenset({"370800"}), "370882", True),
        (frozenset({"370800"}), "370000", False),
        (frozenset({"370800"}), "370900", False),
        (frozenset({"370800"}), None, False),
    ],
)
def test_rq3_whoever_has_the_right_in_the_place_decides(places, where, may: bool):
    actor = Actor(3, "", "finance", places=places)
    assert (refusal(MONTH, Stake(1, "finance", None, where), actor) is None) == may


@pytest.mark.parametrize(("count", "taken"), [(0, False), (1, True), (400, True), (401, False)])
def test_rq4_a_reason_is_given_and_no_book(count: int, taken: bool):
    assert ("reason" not in complaints(OFFICE, Asked("由" * count))) == taken


@pytest.mark.parametrize(("count", "taken"), [(0, True), (200, True), (201, False)])
def test_rq4_evidence_may_be_named(count: int, taken: bool):
    assert ("evidence" not in complaints(OFFICE, Asked("因", "文" * count))) == taken


def test_rq5_only_some_acts_can_be_done_first():
    assert "emergency" in complaints(OFFICE, Asked("因", emergency=True))
    assert complaints(MONTH, Asked("因", emergency=True)) == {}


@pytest.mark.parametrize(
    ("words", "needed", "taken"),
    [
        ("", False, True),
        ("", True, False),
        (" ", True, False),
        ("不", True, True),
        ("不" * 400, True, True),
        ("不" * 401, False, False),
    ],
)
def test_rq4_who_does_not_agree_says_why(words: str, needed: bool, taken: bool):
    assert (words_complaint(words, needed=needed) is None) == taken


def test_rq3_a_right_for_everything_held_in_a_place_decides_nothing_of_the_whole():
    limit = Kind("limits.set", "funding.limit", "funding.limit", lambda *_: Effect("", {}), lambda *_: None)
    whole = Stake(1, "finance", None, None)
    assert refusal(limit, whole, Actor(3, "", "finance")) is None
    assert refusal(limit, whole, Actor(3, "", "finance", places=frozenset({"370800"}))) is not None


def change(group: str) -> Kind:
    return Kind("x", "plan.write", "change.approve", lambda *_: Effect("", {}), lambda *_: None, group=group)


@pytest.mark.parametrize("group", CHANGES)
@pytest.mark.parametrize(("who", "filed"), [(3, True), (4, False)])
def test_rq15_who_filed_judges_no_measure_of_their_own_figures(group: str, who: int, filed: bool):
    """One person filed, the other did not; a gate is no measure."""
    stake = Stake(1, "manager", None, "370800", 7, filers=frozenset({3}))
    said = says(change(group), stake, Actor(who, "", "dispatcher"))
    assert ("报送过" in said) == bool(said) == (filed and group in MEASURING)
    assert ("gates" in MEASURING, "plan" in MEASURING) == (False, True)


@pytest.mark.parametrize(("role", "first"), [("reviewer", None), ("dispatcher", 9)])
def test_rq15_neither_as_the_first_of_two_nor_as_the_second(role: str, first: int | None):
    stake = Stake(1, "manager", None, "370800", 7, 2, first, frozenset({3}))
    units = {"unit_projects": frozenset({7})}
    assert "报送过" in says(change("plan"), stake, Actor(3, "", role, **units))
    assert says(change("plan"), stake, Actor(4, "", role, **units)) == ""
