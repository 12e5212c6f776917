"""Faults of the history, told as `row: why`, in words."""

from __future__ import annotations

from projects.core.text import N_, Text
from projects.history.record.chain import FAULTS

NO_KEY = N_("没有审计密钥, 无从校验")


def in_words(fault: str) -> Text:
    """The row (`-`: the whole) and what is wrong there; what a database said itself stays as it said it."""
    row, _, why = fault.partition(": ")
    known = {**FAULTS, "no_key": NO_KEY}
    if why not in known:
        return Text(N_("审计记录: %(said)s"), {"said": fault})
    return Text(N_("审计记录 %(row)s: %(said)s"), {"row": row, "said": Text(known[why])})
