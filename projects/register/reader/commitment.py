"""How firmly something is promised, and what weakens it. Rules RD-13, RD-14."""

from __future__ import annotations

import re

WORDS = {
    "must": re.compile(r"确保|必须|务必|保证"),
    "strive": re.compile(r"力争|争取|力求|争创"),
    "soon": re.compile(r"加快|尽快|抓紧|尽早|加速|早日|提速"),
}
HEDGES = re.compile(r"基本(?!药)|部分|分批|初步(?!设计)|试运行|试运营|试营业")
CARRIED = frozenset({"must", "strive"})  # 加快 reaches no further than its own clause


def commitment(text: str) -> str:
    """The strongest word of commitment in `text`, or `none`."""
    return next((key for key, pattern in WORDS.items() if pattern.search(text)), "none")


def hedge(text: str) -> str:
    """The word that weakens what is promised, or ""."""
    found = HEDGES.search(text)
    return found[0] if found else ""
