from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from people import MovedClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    """A clock that stands until it is moved."""
    from projects.web import clock as real

    moved = MovedClock()
    monkeypatch.setattr(real, "now", moved)
    return moved
