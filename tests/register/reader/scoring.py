"""How well the reader reads paragraphs whose promises a person wrote down before it read them.

    python -m tests.register.reader.scoring [FILE …] [--verbose]

A promise is hit where its project and its target are; then its threshold, day and commitment are compared. Names agree
where they are the same but for brackets and 项目, or one holds the other and is no much longer. What is only pursued
(`accelerate`, `unspecified`) is no target and counts in neither direction; groups (`*`) are counted apart.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from projects.register.reader.measures import SOFT
from projects.register.reader.reading import read
from tests.register.reader.paragraphs import FILE, Paragraph, line, paragraphs

FILES = tuple(
    FILE.with_name(f"{name}.txt")
    for name in ("paragraphs", "notices", "round2", "round3", "round4", "round5", "held_out")
)
ALIKE = 0.6  # of the longer name that the shorter one must be
_SIGNS = re.compile(r"[()“”]|(?:项目|工程|建设)+$")
FIELDS = ("threshold", "due", "commitment")


@dataclass
class Score:
    """Counts over paragraphs; `wrong` and `ghosts` (names read that are in no gold) are lines to look at."""

    gold: int = 0
    read: int = 0
    hit: int = 0
    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))
    wrong: list[str] = field(default_factory=list)
    ghosts: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """The harmonic mean of recall and precision."""
        return 2 * self.hit / max(1, self.gold + self.read)


def alike(one: str, other: str) -> bool:
    """Whether two names mean one building."""
    short, long = sorted((_SIGNS.sub("", one), _SIGNS.sub("", other)), key=len)
    return bool(short) and short in long and len(short) >= ALIKE * len(long)


def _hard(lines: Iterable[str], groups: bool) -> list[list[str]]:
    parted = [one.split() for one in lines if one.startswith("*") == groups]
    return [one for one in parted if one[1] not in SOFT]


def add(score: Score, one: Paragraph, groups: bool = False) -> None:
    """Counts a paragraph in."""
    said = [line(found) for found in read(one.text, one.year).promises]
    gold, left = _hard(one.gold, groups), _hard(said, groups)
    score.gold += len(gold)
    score.read += len(left)
    for wanted in gold:
        same = [read for read in left if read[1] == wanted[1] and alike(read[0], wanted[0])]
        best = max(same, key=lambda read: sum(a == b for a, b in zip(read, wanted, strict=False)), default=None)
        if best is None:
            score.wrong.append(f"missed   {' '.join(wanted)}   # {one.words}")
            continue
        left.remove(best)
        score.hit += 1
        for name, a, b in zip(FIELDS, best[2:], wanted[2:], strict=False):
            score.right[name] += a == b
            if a != b:
                score.wrong.append(f"differs  {' '.join(wanted)}   {name} read {a}   # {one.words}")
    score.wrong += [f"extra    {' '.join(read)}   # {one.words}" for read in left]
    names = [gone.split()[0] for gone in one.gold]
    read_names = [text.split()[0] for text in said if text.startswith("*") == groups]
    score.ghosts += [name for name in read_names if not any(alike(name, gold) for gold in names)]


def score(file: Path, groups: bool = False) -> Score:
    """The score of a file of paragraphs."""
    made = Score()
    for one in paragraphs(file.read_text(encoding="utf-8")):
        add(made, one, groups)
    return made


def main() -> None:
    """Prints a line for each file."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("files", type=Path, nargs="*", default=FILES)
    asked.add_argument("--verbose", action="store_true")
    args = asked.parse_args()
    for file in args.files:
        for groups in (False, True):
            found = score(file, groups)
            shown = " ".join(f"{name} {found.right[name]}" for name in FIELDS)
            print(
                f"{file.name:<16}{'groups  ' if groups else 'projects'} F1 {found.f1:.3f}: hit {found.hit} of "
                f"{found.gold}, read {found.read}; {shown} of {found.hit}; ghosts {len(found.ghosts)}"
            )
            if args.verbose:
                print(*(f"    {one}" for one in found.wrong), *(f"    ghost {one}" for one in found.ghosts), sep="\n")


if __name__ == "__main__":
    main()
