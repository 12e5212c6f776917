"""The life of a report: no step but those of R-7, and never one's own approver (R-8)."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from runs import runs

from projects.core.errors import ConflictError, ForbiddenError
from projects.core.vocabulary import REPORT_STATES
from projects.works.reports.workflow import STEPS, is_open, next_round, next_state, require_other_eyes

LEGAL = {
    (None, "save"): "draft",
    (None, "submit"): "submitted",
    ("draft", "save"): "draft",
    ("draft", "submit"): "submitted",
    ("returned", "save"): "returned",
    ("returned", "submit"): "submitted",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("approved", "correct"): "draft",
}


@pytest.mark.parametrize("state", [None, *REPORT_STATES])
@pytest.mark.parametrize("action", STEPS)
def test_r7_every_step_from_every_state(state: str | None, action: str) -> None:
    if (state, action) in LEGAL:
        assert next_state(state, action) == LEGAL[state, action]
        assert is_open(state, action)
    else:
        with pytest.raises(ConflictError):
            next_state(state, action)
        assert not is_open(state, action)


def test_r7_only_resubmitting_starts_a_new_round() -> None:
    assert next_round("returned", "submit", 1) == 2
    assert next_round("returned", "save", 1) == 1
    assert next_round("draft", "submit", 1) == 1


def test_r8_nobody_approves_what_they_submitted() -> None:
    require_other_eyes(2, {1})
    with pytest.raises(ForbiddenError):
        require_other_eyes(1, {1, 2})


class Life(RuleBasedStateMachine):
    """Steps in any order: what is approved stays approved in its revision, and rounds only grow."""

    def __init__(self) -> None:
        super().__init__()
        self.state: str | None = None
        self.revision = self.round = 1
        self.approved: list[int] = []

    def _take(self, action: str) -> None:
        before = self.state
        try:
            after = next_state(before, action)
        except ConflictError:
            assert (before, action) not in LEGAL
            return
        assert LEGAL[before, action] == after
        self.round = next_round(before, action, self.round)
        if action == "approve":
            self.approved.append(self.revision)
        if action == "correct":
            self.revision, self.round = self.revision + 1, 1
        self.state = after

    @rule()
    def save(self) -> None:
        self._take("save")

    @rule()
    def submit(self) -> None:
        self._take("submit")

    @rule()
    def approve(self) -> None:
        self._take("approve")

    @rule()
    def return_it(self) -> None:
        self._take("return")

    @rule()
    def correct(self) -> None:
        self._take("correct")

    @invariant()
    def each_revision_is_approved_once_and_in_order(self) -> None:
        assert self.approved == list(range(1, len(self.approved) + 1))
        assert (self.state == "approved") == (len(self.approved) == self.revision)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=runs(60, 300), stateful_step_count=30, deadline=None)
