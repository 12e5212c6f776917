"""How far the posting of a ledger is, as it stands among the figures of its upload (`counts["posting"]`). Rule LG-14 of
docs/rules/ledger.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from projects.core.text import N_, Text, from_json

LEFT = dt.timedelta(minutes=2)  # no step for so long: whoever posted is gone (a step takes about a second)
MOST_TRIES = 3  # from which no step was posted
POSTING, PROBLEM = "posting", "problem"
BUSY = N_("这份台账正在入库, 请等它做完")


@dataclass(frozen=True)
class Posting:
    """What the person `by` asked for: `total` projects in all, some left out or not (`leave`); how often somebody began
    since the last step, and when that or the last step was.
    """

    by: int
    total: int
    leave: bool
    tries: int = 0
    beat: dt.datetime | None = None

    def figures(self) -> dict[str, Any]:
        """As it is stored."""
        beat = self.beat.isoformat() if self.beat else None
        told = {"by": self.by, "total": self.total, "leave": self.leave, "tries": self.tries, "beat": beat}
        return {POSTING: told}

    def is_free(self, now: dt.datetime) -> bool:
        """Whether nobody is at it, or whoever was is gone."""
        return self.beat is None or now - self.beat > LEFT

    def begun(self, now: dt.datetime) -> Posting:
        """Somebody begins."""
        return replace(self, tries=self.tries + 1, beat=now)

    def stepped(self, now: dt.datetime) -> Posting:
        """A step was posted."""
        return replace(self, tries=0, beat=now)


def posting_of(counts: Mapping[str, Any]) -> Posting | None:
    """What the figures of an upload tell of its posting; None where nobody asked for it, or it is over."""
    if not (told := counts.get(POSTING)):
        return None
    beat = dt.datetime.fromisoformat(told["beat"]) if told["beat"] else None
    return Posting(told["by"], told["total"], told["leave"], told["tries"], beat)


def asked(counts: Mapping[str, Any], posting: Posting) -> dict[str, Any]:
    """The figures once posting is asked for; what went wrong before is forgotten."""
    return {name: value for name, value in counts.items() if name != PROBLEM} | posting.figures()


def stepped(counts: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """The figures once a step was posted."""
    posting = posting_of(counts)
    return {**counts} | (posting.stepped(now).figures() if posting else {})


def over(counts: Mapping[str, Any], problem: list[Text]) -> dict[str, Any]:
    """The figures once posting is over, with what went wrong, if anything did."""
    rest = {name: value for name, value in counts.items() if name not in {POSTING, PROBLEM}}
    return rest | ({PROBLEM: [one.to_json() for one in problem]} if problem else {})


def problem_of(counts: Mapping[str, Any]) -> list[Text]:
    """What went wrong with the last posting."""
    return [from_json(one) for one in counts.get(PROBLEM, ())]
