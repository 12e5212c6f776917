"""Which name a confirmed receipt teaches. Rule MT-10 of docs/rules/matching.md."""

from __future__ import annotations

from collections.abc import Iterable

from projects.money.documents.citations import evened
from projects.money.matching.memo import is_custodian
from projects.money.matching.names import canonical, pairs

SHORTEST, LONGEST = 4, 60


def learned(payee: str, unit: str, units: Iterable[str]) -> str | None:
    """The payee's name as another name of `unit`; None where it is the unit's own name or an abbreviation of it,
    another unit's, a custodian's, or says too little.
    """
    text = evened(payee).replace(" ", "")
    said, own = canonical(text), canonical(unit)
    if not SHORTEST <= len(said) <= LONGEST or len(text) > LONGEST or is_custodian(text) or not own:
        return None
    if said in own or own in said or len(pairs(said) & pairs(own)) >= 0.8 * len(pairs(said)):
        return None
    if any(said in other or other in said for other in map(canonical, units)):
        return None
    return text
