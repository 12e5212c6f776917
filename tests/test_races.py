"""Two people press save at the same moment (decision 15): for each kind of object, pairs of requests at a barrier, on
both databases. Nobody sees a crash; each request leaves its entry.
"""

from __future__ import annotations

import pytest
from flask import Flask
from moves import OBJECTS
from races import race
from runs import runs

SEED = 20211130


@pytest.mark.parametrize("name", OBJECTS)
def test_pairs_at_one_object_leave_no_crash_and_lose_no_entry(app: Flask, name: str):
    found = race(app, name, runs(12, 2000), SEED)
    assert found.faults == []
    assert {200, 302} & found.answers.keys(), found.answers


def test_pairs_at_any_two_objects_neither(app: Flask):
    assert race(app, "mixed", runs(40, 2000), SEED, mixed=True).faults == []
