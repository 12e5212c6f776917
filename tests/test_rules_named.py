"""Every rule of docs/rules has a number of its own, and is named by a test that proves it and by a file of the product
that keeps it.

A range names all that lie in it (`S-4 to S-10`); a test may be named after its rule (`test_r5_…`).
"""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RULEBOOKS = sorted((ROOT / "docs" / "rules").glob("*.md"))
HEADING = re.compile(r"^(?:#+ |\| |- \*\*|\*\*)([A-Z]{1,2}-\d{1,2})\b", re.MULTILINE)  # section, row, item, paragraph
NAME = re.compile(r"\b(?P<book>[A-Z]{1,2})-(?P<first>\d{1,2})\b(?:\s+to\s+(?P=book)-(?P<last>\d{1,2})\b)?")
TEST = re.compile(r"\bdef test_([a-z]{1,2})(\d{1,2})_")
TESTS = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
PRODUCT = [*(ROOT / "projects").rglob("*.py"), *(ROOT / "projects" / "data").glob("*.yaml")]


def numbers(books: Iterable[str]) -> list[str]:
    """The rules of some rulebooks, as often as they stand there."""
    return [rule for text in books for rule in HEADING.findall(text)]


def named(texts: Iterable[str]) -> set[str]:
    """The rules that some texts name."""
    found = set()
    for text in texts:
        for name in NAME.finditer(text):
            first, last = int(name["first"]), int(name["last"] or name["first"])
            found |= {f"{name['book']}-{number}" for number in range(first, last + 1)}
        found |= {f"{book.upper()}-{number}" for book, number in TEST.findall(text)}
    return found


def texts(paths: Iterable[Path]) -> list[str]:
    """What some files say."""
    return [path.read_text(encoding="utf-8") for path in paths]


RULES = numbers(texts(RULEBOOKS))


def test_every_rulebook_has_rules_and_every_rule_one_number():
    assert [path.name for path in RULEBOOKS if not numbers(texts([path]))] == []
    assert [rule for rule, times in Counter(RULES).items() if times > 1] == []
    assert len(RULES) > 130


def test_no_two_rulebooks_share_a_prefix():
    books = Counter(book for path in RULEBOOKS for book in {rule.partition("-")[0] for rule in numbers(texts([path]))})
    assert [book for book, times in books.items() if times > 1] == []


@pytest.mark.parametrize("paths", [TESTS, PRODUCT], ids=["tests", "product"])
def test_every_rule_is_named(paths):
    known = named(texts(paths))
    assert [rule for rule in RULES if rule not in known] == []


def test_a_rule_that_is_doubled_or_that_nobody_names_is_found():
    assert numbers(["## S-1 The curve\n| R-2 | says |\n- **P-3** so\n**IM-4 Merged**\nS-5 in a sentence"]) == [
        *("S-1", "R-2", "P-3", "IM-4")
    ]
    assert named(["Rules S-4 to\nS-6, F-1.", "def test_r5_what_goes_down():", "utf-8, 2021-11, COVID-19"]) == {
        *("S-4", "S-5", "S-6", "F-1", "R-5")
    }
