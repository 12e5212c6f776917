"""Texts that make a pattern work as hard as it can, made from its own parse tree: what it repeats, repeated, behind
what it asks for first, and then a sign that it can't take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from re import _constants as op  # the tree of a pattern is told by no public module
from re import _parser
from typing import Any, AnyStr

POOL = "项1 (a,〔.[一-\n\0"  # of every kind that a class may mean
COMMON = ("(", "[(", "【", " ", "1", "1,", "1 ", "〔2", "项", "一", "a", "\n", "1.", "((1", "\\")
TAILS = ("", "\0", "项")
MOST_SAMPLES = 3
_CATEGORIES = {
    op.CATEGORY_DIGIT: str.isdigit,
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_WORD: lambda letter: letter.isalnum() or letter == "_",
    op.CATEGORY_NOT_DIGIT: lambda letter: not letter.isdigit(),
    op.CATEGORY_NOT_SPACE: lambda letter: not letter.isspace(),
    op.CATEGORY_NOT_WORD: lambda letter: not (letter.isalnum() or letter == "_"),
}
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}


def texts(pattern: re.Pattern[AnyStr], length: int) -> Iterator[AnyStr]:
    """Every text of about `length` letters that `pattern` is asked about, each once."""
    tree = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else 0)
    seen = set()
    for head, unit in dict.fromkeys([*_pumps(tree), *product([""], COMMON)]):
        for tail in TAILS:
            text = head + unit * (length // len(unit)) + tail
            if text not in seen:
                seen.add(text)
                yield text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def _pumps(tree: Sequence[Any], head: str = "") -> Iterator[tuple[str, str]]:
    """What to repeat, and what stands before it: each part of a pattern, each of its letters, and all of it."""
    yield from (("", whole) for whole in _samples(tree) if whole)
    for place, (kind, value) in enumerate(tree):
        before = head + _samples(tree[:place])[0]
        yield from (start for sample in _sample(kind, value) if sample for start in [(before, sample), ("", sample)])
        if kind in _REPEATS:
            yield from _pumps(value[2], before)
        elif kind is op.SUBPATTERN:
            yield from _pumps(value[3], before)
        elif kind is op.ATOMIC_GROUP:
            yield from _pumps(value, before)
        elif kind is op.BRANCH:
            for branch in value[1][:MOST_SAMPLES]:
                yield from _pumps(branch, before)


def _samples(tree: Sequence[Any]) -> list[str]:
    """Some texts that a sequence of parts takes: the first of each part, and each part's others in turn."""
    found = [_sample(kind, value) or [""] for kind, value in tree]
    most = min(max(map(len, found), default=1), MOST_SAMPLES)
    return ["".join(own[turn % len(own)] for own in found) for turn in range(most)]


def _sample(kind: Any, value: Any) -> list[str]:
    """Texts that one part takes; none where it only looks around."""
    found: list[str] = []
    match kind:
        case op.LITERAL:
            found = [chr(value)]
        case op.NOT_LITERAL:
            found = [letter for letter in POOL if ord(letter) != value]
        case op.ANY:
            found = ["项", "1", "("]
        case op.IN:
            found = _letters(value)
        case op.SUBPATTERN:
            found = _samples(value[3])
        case op.ATOMIC_GROUP:
            found = _samples(value)
        case op.BRANCH:
            found = [sample for branch in value[1] for sample in _samples(branch)[:2]]
        case _ if kind in _REPEATS:
            found = [sample * max(value[0], 1) for sample in _samples(value[2])]
        case op.GROUPREF:
            found = ["-"]
    return found


def _letters(items: Sequence[Any]) -> list[str]:
    """Letters of a class; those of the pool first, which other parts of a pattern may take too."""
    negated = items[0][0] is op.NEGATE

    def takes(letter: str) -> bool:
        return any(
            ord(letter) == value
            if kind is op.LITERAL
            else value[0] <= ord(letter) <= value[1]
            if kind is op.RANGE
            else kind is op.CATEGORY and _CATEGORIES[value](letter)
            for kind, value in items
        )

    own = [chr(value if kind is op.LITERAL else value[0]) for kind, value in items if kind in {op.LITERAL, op.RANGE}]
    return [letter for letter in POOL if takes(letter) != negated] + ([] if negated else own[:MOST_SAMPLES])
