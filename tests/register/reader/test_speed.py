"""No text takes long or makes the reader crash; `python -m benchmarks.reader` reads more of them."""

from __future__ import annotations

import random
import time

import pytest

from projects.register.reader import reading
from projects.register.reader.reading import read
from tests.register.reader.mutations import mutated, sample
from tests.runs import runs


@pytest.mark.parametrize(("letters", "seconds"), [(30_000, 1.0), (350_000, 30.0)])
def test_a_long_plan_is_read_soon(letters: int, seconds: float):
    begun = time.process_time()
    found = read(sample(letters), 2021)
    assert time.process_time() - begun < seconds
    assert len(found.promises) > letters / 100


def test_changed_texts_are_read_and_every_place_lies_inside():
    chance = random.Random(13)
    source = sample(3_000)
    for _ in range(runs(100, 2_000)):
        text = mutated(source, chance)
        found = read(text, 2021)
        for one in (*found.promises, *found.reported, *found.unread, *found.clauses):
            assert 0 <= one.start <= one.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "。",
        "：",
        "（",
        "医院",
        "、、、",
        "建成",
        "一、",
        "\0",
        "市医院" * 5_000,
        "（" * 5_000,
        "1." * 5_000,
        "、" * 5_000,
    ],
)
def test_odd_texts(text: str):
    assert read(text, 2021).promises == () or "医院" in text


@pytest.mark.parametrize(
    "unit", ["和甲", "和主体", "2020年", "建成的和", "市松鹤医院、", "（", "一、", "“：", "年底前，", "等9个项目和"]
)
def test_what_is_said_over_and_over_takes_no_longer(unit: str):
    text = unit * (runs(20_000, 60_000) // len(unit))
    begun = time.process_time()
    read(text, 2021)
    assert time.process_time() - begun < len(text) / 20_000


def test_a_reader_that_crashes_is_found(monkeypatch: pytest.MonkeyPatch):
    """Negative control."""
    monkeypatch.setattr(reading, "read_clause", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        test_changed_texts_are_read_and_every_place_lies_inside()
