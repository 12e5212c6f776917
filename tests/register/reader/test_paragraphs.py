"""Paragraphs in many styles say what a person wrote down for them; a reader that is blind to one rule does not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from projects.register.reader import clauses, lists
from projects.register.reader.reading import read
from tests.register.reader.paragraphs import PARAGRAPHS, Paragraph, line

SHARED = Path(__file__).resolve().parents[4] / "shared"
POINTS = 28


def said(one: Paragraph) -> tuple[str, ...]:
    """What the reader says of a paragraph."""
    return tuple(sorted(line(found) for found in read(one.text, one.year).promises))


@pytest.mark.parametrize("one", PARAGRAPHS, ids=lambda one: one.words)
def test_a_paragraph_promises_what_a_person_reads(one: Paragraph):
    assert said(one) == one.gold


def test_there_are_enough_and_every_point_of_the_language_has_one():
    shown = {
        int(point)
        for one in PARAGRAPHS
        for part in re.findall(r"\(([\d, ]+)\)", one.words)
        for point in part.split(",")
    }
    assert shown == set(range(1, POINTS + 1))
    assert len(PARAGRAPHS) >= 80


@pytest.mark.parametrize(
    ("module", "rule", "blind"),
    [
        (clauses, "with_tails", lambda items, names: list(names)),
        (clauses, "with_heads", lambda names, base: list(names)),
        (clauses, "specific", lambda name, building: True),
        (lists, "_ends_a_name", lambda text: False),
    ],
)
def test_a_reader_blind_to_a_rule_is_found_out(monkeypatch: pytest.MonkeyPatch, module, rule, blind):
    """Negative control."""
    monkeypatch.setattr(module, rule, blind)
    assert [one for one in PARAGRAPHS if said(one) != one.gold]


def test_every_promise_stands_where_it_says():
    for one in PARAGRAPHS:
        for found in read(one.text, one.year).promises:
            stretch = one.text[found.start : found.end]
            assert re.sub(r"\s", "", stretch) == found.quote
            assert found.quote


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the source plans are at the authors' workplace only")
def test_the_five_plans_are_read_as_they_were_by_hand(tmp_path: Path):
    plans, pairs = SHARED / "plans", []
    for path in sorted(plans.glob("*.txt")):
        reading = read(path.read_text(encoding="utf-8"), int(path.stem[-4:]))
        rows = [
            {"project": one.project, "target": one.target, "threshold": one.threshold, "commitment": one.commitment}
            | {"due": one.due and one.due.isoformat()}
            for one in reading.promises
            if one.quantifier == "project"
        ]
        (tmp_path / f"{path.stem}.json").write_text(json.dumps(rows), encoding="utf-8")
        pairs.append(f"{plans / 'expected' / path.stem}.json={tmp_path / path.stem}.json")
    scored = subprocess.run(
        [sys.executable, SHARED / "tools" / "score_plans.py", *pairs, "--accept", plans / "expected" / "accept.json"],
        capture_output=True,
        text=True,
        check=True,
    )
    total = json.loads(scored.stdout.splitlines()[-1])
    assert total["ghosts"] <= 2
    assert total["project_recall"] == 1
    for key, least in {"recall": 0.95, "precision": 0.95, "due_accuracy": 0.97, "threshold_accuracy": 0.97}.items():
        assert total[key] >= least
    assert total["commitment_accuracy"] >= 0.97
