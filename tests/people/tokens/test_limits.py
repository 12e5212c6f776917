"""Tokens: their look, their choices and their last instant (docs/api.md); guesses by A-14 of docs/rules/accounts.md."""

from __future__ import annotations

import datetime as dt
import secrets

import pytest

from projects.people.tokens import rules
from projects.people.tokens.rules import CHOICES, actions_of, choices_of, looks_right, state, words_of

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("seconds", "revoked", "expected"),
    [(-1, False, "expired"), (0, False, "expired"), (1, False, "live"), (1, True, "revoked"), (-1, True, "revoked")],
)
def test_a_token_lives_until_its_last_instant_or_until_it_is_revoked(seconds: int, revoked: bool, expected: str):
    assert state(NOW + dt.timedelta(seconds=seconds), NOW if revoked else None, NOW) == expected


@pytest.mark.parametrize(("length", "right"), [(42, False), (43, True), (44, False)])
def test_a_token_is_as_long_as_thirty_two_bytes_are(length: int, right: bool):
    assert looks_right("pct_" + "a" * length) == right
    assert not looks_right("abc_" + "a" * length)


def test_a_role_chooses_what_it_may_read_and_projects_are_always_among_it():
    assert set(choices_of("manager")) == {"projects", "reports", "money"}
    assert set(choices_of("finance")) == {"projects", "reports", "money", "treasury"}
    assert choices_of("auditor") == {}
    assert actions_of(["money"]) == ["portfolio.read", "project.read", "funding.read"]
    assert actions_of([]) == ["portfolio.read", "project.read"]
    assert len(words_of(["portfolio.read", "project.read", "funding.read"])) == 2
    assert words_of(["portfolio.read"]) == []


def test_a14_a_token_has_32_bytes_lives_a_year_at_most_and_is_guessed_twenty_times_in_fifteen_minutes():
    """As docs/api.md has it: a person has twenty tokens, used to the minute; the list shows the first eight letters."""
    assert looks_right(rules.PREFIX + secrets.token_urlsafe(32))
    assert (rules.MOST, rules.SECRET_BYTES, rules.HINT_LENGTH) == (20, 32, 8)
    assert (20, dt.timedelta(minutes=15), dt.timedelta(minutes=1)) == (rules.GUESSES, rules.WINDOW, rules.TOUCH)
    assert rules.DAYS == (30, 90, 180, 365)
    assert state(NOW + rules.LONGEST, None, NOW + dt.timedelta(days=365)) == "expired"


@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_is_offered_to_whom_may_do_all_of_it_and_told_where_all_of_it_was_given(choice: str):
    words, actions = CHOICES[choice]
    assert choices_of("system")[choice] == words
    assert words_of(actions) == [words]
    assert words_of(actions[1:]) == []
    assert set(actions) <= set(actions_of([choice]))
    others = [action for key, (_, some) in CHOICES.items() if key != choice for action in some]
    assert words not in words_of(others)
