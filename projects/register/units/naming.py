"""What units were called before: OF-9 of docs/rules/register.md."""

from __future__ import annotations

from collections.abc import Iterable


def followed(moves: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The earlier names of each present one, the oldest first, from moves of one name into another in their order. No
    two units have one name at a time, so a name says which unit it was.
    """
    found: dict[str, tuple[str, ...]] = {}
    for old, new in moves:
        if old != new:
            found[new] = found.get(new, ()) + found.pop(old, ()) + (old,)
    return {name: tuple(one for one in dict.fromkeys(names) if one != name) for name, names in found.items()}
