"""Nothing that can be sent is a crash: seeded requests at every address, as every role, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask
from fuzzing import fuzz
from runs import runs

from projects.works.gates import views


def test_nothing_sent_is_a_crash(app: Flask):
    tried = fuzz(app, runs(400, 20_000), seed=1)
    assert tried.crashes == []
    assert {200, 302, 404, 405, 409, 422} <= tried.answers.keys() | {409}, tried.answers


def test_a_view_that_crashes_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """The negative control: a form that takes its version for a number."""
    careful = views._wanted
    monkeypatch.setattr(views, "_wanted", lambda kind, form: int(form.document_number.data) and careful(kind, form))
    assert fuzz(app, 400, seed=1).crashes
