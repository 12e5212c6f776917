"""The search for garbage stands still during bulk work, and goes on afterwards whatever happened."""

from __future__ import annotations

import gc

import pytest

from projects.core.bulk import uncollected


def test_nothing_is_collected_meanwhile_and_again_afterwards():
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_failure_leaves_it_on():
    with pytest.raises(ValueError, match="x"), uncollected():
        raise ValueError("x")
    assert gc.isenabled()
