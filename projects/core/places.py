"""Place codes (GB/T 2260): six digits, two each for province, city and county; a place holds all whose codes begin with
its own pairs.
"""

from __future__ import annotations

from functools import lru_cache


def prefix(code: str) -> str:
    """The digits that all places within `code` share: 370000 → 37, 370800 → 3708, 370831 → 370831."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def between(code: str) -> tuple[str, str]:
    """The first code of the places within `code`, and the first beyond them: 370000 → 37, 38. In this form an index on
    codes serves.
    """
    shared = prefix(code)
    return shared, shared[:-1] + chr(ord(shared[-1]) + 1)


def within(code: str, outer: str) -> bool:
    """Whether `code` is `outer` or lies in it."""
    return code.startswith(prefix(outer))


@lru_cache(maxsize=4096)  # asked for each row of a file
def upper(code: str) -> tuple[str, ...]:
    """The codes of the places that `code` lies in, itself apart: 370831 → 370000, 370800."""
    return tuple(dict.fromkeys(above for above in (f"{code[:2]}0000", f"{code[:4]}00") if above != code))
