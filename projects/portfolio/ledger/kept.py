"""What a project was before and after a ledger was taken over, as it is kept: plain values of JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from projects.portfolio.ledger.measures import Promise


def packed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they are kept; days as texts, promises as objects."""
    return {key: _pack(value) for key, value in sorted(facts.items())}


def unpacked(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What `packed` kept."""
    return {key: _unpack(key, value) for key, value in kept.items()}


def _pack(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [asdict(one) | {"due": one.due.isoformat() if one.due else None} for one in value]
    return value


def _unpack(key: str, value: Any) -> Any:
    if key in {"plan_start", "plan_finish"}:
        return dt.date.fromisoformat(value)
    if key == "promises":
        return tuple(
            Promise(**one | {"due": dt.date.fromisoformat(one["due"]) if one["due"] else None}) for one in value
        )
    return value
