"""When a gate was passed, where the register and published events both speak of it. Principle 4 of docs/rules/gates.md.
Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")
Word = TypeVar("Word")


def register_first(recorded: Mapping[Key, Word], published: Mapping[Key, Word]) -> dict[Key, Word]:
    """The register's word on each gate that it has a day for, else what was published; what the register says stands
    above a press notice.
    """
    return {**published, **recorded}
