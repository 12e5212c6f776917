from __future__ import annotations

import pytest
from entering import MovedClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    """A clock that stands until it is moved."""
    from projects.web import clock as real

    moved = MovedClock()
    monkeypatch.setattr(real, "now", moved)
    return moved
