"""Texts of any length for the reader, and texts changed by chance."""

from __future__ import annotations

import random
from itertools import cycle

from tests.register.reader.paragraphs import PARAGRAPHS

NOISE = "\0\t \n、，。；：（）()〔〕“”《》年月日第一二三1234%和及等医院中心建成开工🀄\ud7a3"


def sample(letters: int) -> str:
    """A plan of about so many letters, made of paragraphs in turn."""
    made, length = ["2021年云岭市卫生健康工作要点\n"], 0
    for number, one in enumerate(cycle(one for one in PARAGRAPHS if "\n" not in one.text and "**" not in one.text), 1):
        made.append(f"{number % 900}.{one.text}\n")
        length += len(made[-1])
        if length >= letters:
            return "".join(made)
    raise AssertionError


def mutated(text: str, chance: random.Random) -> str:
    """A text changed in one to thirty places."""
    for _ in range(chance.randint(1, 30)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randint(0, 12))
        change = chance.randrange(5)
        if change == 0:
            text = text[:start] + text[end:]
        elif change == 1:
            text = text[:start] + text[start:end] * chance.randint(2, 9) + text[end:]
        elif change == 2:
            text = text[:start] + "".join(chance.choices(NOISE, k=end - start)) + text[end:]
        elif change == 3:
            text = text[: max(start, 1)]
        else:
            other = chance.randrange(len(text) + 1)
            text = text[:start] + text[other : other + 40] + text[start:]
    return text
