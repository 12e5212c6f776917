"""Some 600 hostile files of tables, and the honest ones that look like them.

The same every time: what is random in them has a seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from hostile_cells import all_cells
from hostile_packages import all_packages, plain
from hostile_parts import READ, REFUSED, Case, packed
from hostile_text import all_text, good
from hostile_values import all_values
from hostile_xml import all_xml

__all__ = ["READ", "REFUSED", "Case", "all_files", "mutations"]


def all_files() -> list[Case]:
    """Every file; none is made yet."""
    return [*all_packages(), *all_xml(), *all_cells(), *all_values(), *all_text()]


def mutations(count: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """So many damaged copies of an honest workbook and of CSV files in four encodings: bytes turned, cut out, put in,
    moved from one to another.
    """
    lot = random.Random(seed)
    sound = [
        packed(plain()),
        packed(plain(), 0),
        *(good(30).encode(one) for one in ("utf-8", "utf-8-sig", "gb18030", "utf-16")),
    ]
    for number in range(count):
        content = bytearray(lot.choice(sound))
        said: list[str] = []
        for _ in range(lot.choice((1, 1, 1, 2, 5, 20))):
            at, length = lot.randrange(len(content) + 1), lot.choice((1, 1, 2, 4, 16, 200))
            what = lot.choice(("turn", "set", "cut", "put", "splice", "end", "twice"))
            said.append(what)
            if what == "turn" and at < len(content):
                content[at] ^= 1 << lot.randrange(8)
            elif what == "set":
                content[at : at + length] = bytes([lot.choice((0, 0xFF, 0x22, 0x2C, 0x0A, 0x80))]) * length
            elif what == "cut":
                del content[at : at + length]
            elif what == "put":
                content[at:at] = lot.randbytes(length)
            elif what == "splice":
                other = lot.choice(sound)
                start = lot.randrange(len(other))
                content[at : at + length] = other[start : start + length]
            elif what == "end" and lot.random() < 0.3:
                del content[at:]
            elif what == "twice":
                content[at:at] = content[at : at + length]
        yield f"{number}: {' '.join(said)}", bytes(content)
