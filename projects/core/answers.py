"""The answers about the works and about the data in words (docs/rules/slippage.md, S-22 and S-23); the promise's own is
its state's word (vocabulary STATES).
"""

from __future__ import annotations

import datetime as dt

from projects.core.text import N_, Text
from projects.core.vocabulary import DATA_STATES, WORKS_STATES

_DAYS = {
    "dropped": N_("已终止 %(days)s 天"),
    "stopped": N_("停工 %(days)s 天"),
    "behind": N_("落后 %(days)s 天"),
    "not_begun": N_("未开工, 已过计划 %(days)s 天"),
    "ahead": N_("超前 %(days)s 天"),
}


def works_text(state: str, days: int | None) -> Text:
    """The works against their plan: 落后 214 天; days where they can be told."""
    if days is None or state not in _DAYS:
        return Text(WORKS_STATES[state])
    return Text(_DAYS[state], {"days": abs(days)})


def data_text(state: str, on: dt.date | None, as_of: dt.date) -> Text:
    """How fresh the data of a day are: 及时, 6 天前; 失联, 自 2021-02-28."""
    params = {"word": Text(DATA_STATES[state]), "on": on, "days": (as_of - on).days if on else None}
    if on is None:
        return Text(DATA_STATES[state])
    return Text(N_("%(word)s, 自 %(on)s") if state == "silent" else N_("%(word)s, %(days)s 天前"), params)
