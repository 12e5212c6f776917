"""Two people act on one limit, finding or choice of rules, each on what they saw: the second is told, and overwrites
nothing; what they typed is still there.
"""

from __future__ import annotations

import random

import pytest
from flask import Flask
from moves import findings, limits, rule_sets
from pages import fields_of, words_of
from races import build
from sqlalchemy import func, select

from projects.extensions import db
from projects.models import FindingStep, FundingLimit, RuleChoice


def seed_where(app: Flask, world, move, fits) -> tuple[str, str, dict]:
    """The first thing that somebody asks which `fits`."""
    with app.app_context():
        return next(ask for ask in (move(world, random.Random(seed)) for seed in range(99)) if fits(*ask))


@pytest.mark.parametrize(
    ("move", "fits", "table", "said"),
    [
        (limits, lambda _role, path, _form: not path.endswith("/rows"), FundingLimit, "刚被他人改为"),
        (findings, lambda role, _path, _form: role == "finance", FindingStep, "刚被他人处理过"),
        (rule_sets, lambda _role, path, form: path == "/rules" and form["key"] == "ratio", RuleChoice, "已由他人另选"),
    ],
    ids=["a limit", "a finding", "a choice of rules"],
)
def test_the_second_of_two_is_told_and_may_send_theirs_knowingly(app: Flask, move, fits, table, said):
    world = build(app)
    role, path, form = seed_where(app, world, move, fits)
    first, second = world.clients[role]
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(table))
    theirs = form | ({"value": "29"} if move is limits else {"owner": "另一位"} if move is findings else {})
    theirs |= {"key": "escalating"} if move is rule_sets else {}
    assert first.post(path, data=form).status_code == 302
    answer = second.post(path, data=theirs)
    assert answer.status_code == 409
    assert said in words_of(answer.text)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(table)) == before + 1
    kept = fields_of(answer.text)
    assert kept["seen"] != form["seen"]
    again = second.post(path, data=theirs | {"seen": kept["seen"]})
    assert again.status_code == 302
