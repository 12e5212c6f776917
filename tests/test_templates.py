"""Templates keep to the width of the code: 120 columns, of which a Chinese sign takes two."""

import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "projects" / "templates"
WIDTH = 120
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))


def width(line: str) -> int:
    """The columns that `line` takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def too_long(text: str) -> list[int]:
    """The numbers of the lines wider than WIDTH."""
    return [number for number, line in enumerate(text.splitlines(), 1) if width(line) > WIDTH]


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_line_of_a_template_is_wider_than_the_code_is(name):
    assert too_long((ROOT / name).read_text(encoding="utf-8")) == []


def test_the_check_itself_counts_a_chinese_sign_as_two_columns():
    assert too_long("项" * 60) == []
    assert too_long("ok\n" + "项" * 60 + ".") == [2]
