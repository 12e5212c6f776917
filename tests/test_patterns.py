"""No text makes a pattern slow: each takes 50,000 letters of its worst in a blink, and none is hidden from here."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import projects
from projects.core.text import READ, one_width
from tests import adversarial
from tests.runs import runs

LENGTH = runs(50_000, 100_000)  # letters
PATIENCE = LENGTH / 100_000  # seconds of this process alone; what grows with the square takes more, a good one 0.1
MAY_NAME = {"compile", "escape", "Pattern", "Match", "ASCII", "IGNORECASE", "DOTALL"}


class SlowError(Exception):
    """A pattern did not come back."""


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    """Break off what computes longer; other processes' time does not count."""

    def ring(*_: object) -> None:
        raise SlowError

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def patterns_in(value: Any) -> Iterator[re.Pattern[Any]]:
    """The patterns that a module's value holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from patterns_in(tuple(value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from patterns_in(one)


def found() -> dict[str, re.Pattern[Any]]:
    """Every pattern of the product by where it stands."""
    modules = [
        importlib.import_module(one.name)
        for one in pkgutil.walk_packages(projects.__path__, "projects.")
        if not one.name.endswith("__main__")
    ]
    return {
        f"{module.__name__}.{name}{place or ''}": pattern
        for module in modules
        for name, value in vars(module).items()
        for place, pattern in enumerate(patterns_in(value))
    }


PATTERNS = {pattern: place for place, pattern in reversed(found().items())}


def slow_at(pattern: re.Pattern[Any], length: int = LENGTH, patience: float = PATIENCE) -> tuple[str, Any] | None:
    """What `pattern` was asked, and the beginning of the text, where it did not come back. `match` asks less than
    `fullmatch`; `sub` and `findall` walk as `finditer` does, and nothing is left to walk where `search` finds nothing.
    """
    for text in adversarial.texts(pattern, length):
        try:
            with no_longer_than(patience):
                asked = "fullmatch"
                pattern.fullmatch(text)
            with no_longer_than(patience):
                asked = "search"
                if pattern.search(text):
                    asked = "finditer"
                    deque(pattern.finditer(text), maxlen=0)
        except SlowError:
            return asked, text[:40]
    return None


@pytest.mark.parametrize("pattern", PATTERNS, ids=PATTERNS.values())
def test_a_pattern_takes_any_text(pattern: re.Pattern[Any]) -> None:
    assert slow_at(pattern) is None


@pytest.mark.parametrize(
    "slow",
    [
        r"[(\[【〔,、_/\s]*(?:单位\s*[:]?\s*)?(?:人民币)?(亿元|万元|元|yuan)[)\]】〕]*$",
        r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(亿元?|万元?|元)",
        r"(?P<prefix>[^〔〕\d]+)〔",
        r"[:\s]*[¥￥]?\s*x",
        r"(?:a|aa)+b",
        r"第?\d*号?凭证",
    ],
)
def test_a_slow_pattern_is_found(slow: str) -> None:
    """Negative control: patterns of this kind stood here once."""
    assert slow_at(re.compile(slow))


def hidden(source: str) -> list[str]:
    """Where a source uses `re` other than for a pattern that stands at the module's level, by line."""
    tree = ast.parse(source)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    }
    wrong = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and node.module == "re")
        or (isinstance(node, ast.Import) and any(one.name == "re" and one.asname for one in node.names))
        or (isinstance(node, ast.Import | ast.ImportFrom) and "Regexp" in ast.dump(node))
        or (isinstance(node, ast.Attribute) and ast.unparse(node.value) == "re" and node.attr not in MAY_NAME)
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile" and id(node) in inside)
    ]
    return [f"{line}: {source.splitlines()[line - 1].strip()}" for line in sorted(wrong)]


def test_no_pattern_is_hidden() -> None:
    """What is compiled inside a function, or asked by its text, would stand outside the test above."""
    files = sorted(Path(projects.__file__).parent.rglob("*.py"))
    assert {str(path): wrong for path in files if (wrong := hidden(path.read_text(encoding="utf-8")))} == {}
    assert len(PATTERNS) > 90


@pytest.mark.parametrize(
    "source",
    [
        "def f(text):\n    return re.sub('a+', '', text)",
        "def f(text):\n    return re.compile(text)",
        "class A:\n    b = re.compile('c')",
        "from re import match",
        "import re as regular",
        "from wtforms.validators import Regexp",
    ],
)
def test_a_hidden_pattern_is_found(source: str) -> None:
    """Negative control."""
    assert hidden(source)


def test_a_long_text_is_cut_before_it_is_read() -> None:
    """What is cut says so: no number, day or unit is read from half a text."""
    assert one_width("1" * READ) == "1" * READ
    assert one_width("1" * (READ + 1)) == "1" * READ + "…"
    assert one_width("\ufdfa" * READ) == one_width("\ufdfa" * READ)[:READ] + "…"  # a letter of 18 in one width
