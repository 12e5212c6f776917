"""Paragraphs in many styles with what they promise, written by hand: tests/register/reader/paragraphs.txt.

A paragraph has a line of words (with the number of a point of the language that it shows), a line of year and text, in
which \\n and \\t stand for breaks, and a line for each promise: `= name target threshold due commitment quantifier`,
`-` where there is none. A name with a star is a group's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from projects.register.reader.found import Found

FILE = Path(__file__).with_name("paragraphs.txt")


@dataclass(frozen=True)
class Paragraph:
    """A text of a year, and what it promises, sorted."""

    words: str
    year: int
    text: str
    gold: tuple[str, ...]


def paragraphs(source: str) -> list[Paragraph]:
    """All paragraphs of a file."""
    made = []
    for block in source.strip().split("\n\n"):
        words, line, *gold = block.splitlines()
        year, _, text = line.partition(" ")
        text = text.replace("\\n", "\n").replace("\\t", "\t")
        made.append(Paragraph(words[2:], int(year), text, tuple(sorted(one[2:] for one in gold))))
    return made


def line(one: Found) -> str:
    """A promise as a line of the file."""
    threshold = "-" if one.threshold is None else f"{one.threshold:g}"
    star, kind = ("", "") if one.quantifier == "project" else ("*", f" {one.quantifier}")
    return f"{star}{one.project} {one.target} {threshold} {one.due or '-'} {one.commitment}{kind}"


PARAGRAPHS = paragraphs(FILE.read_text(encoding="utf-8"))
