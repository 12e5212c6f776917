"""How findings write money: exact 万元."""

from __future__ import annotations

from projects.core.money import in_unit


def wan(fen: int) -> str:
    """Exact 万元: two decimals, more where the fen ask for them."""
    places = next(places for places in range(2, 7) if fen % 10 ** (6 - places) == 0)
    return f"{in_unit(fen, places=places):,}"
