"""Tokens: their look, their choices and their last instant (docs/api.md)."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.people.tokens.rules import actions_of, choices_of, looks_right, state, words_of

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
