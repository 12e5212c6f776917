"""What a list of projects may be narrowed and sorted by; read from a query string, unknown values refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from projects.core.errors import InvalidError
from projects.core.narrowing import is_place, pages, texts, typed
from projects.core.text import N_, Text
from projects.core.vocabulary import (
    ARCHIVED,
    CATEGORIES,
    DATA_STATES,
    LIGHTS,
    MONEY_RULES,
    SIGNALS,
    STATES,
    WORKS_STATES,
)

SORTS = ("slip", "state", "name", "place", "percent", "due", "forecast", "probability")
NAMED = ("q", "place", "programme", "plan", "category", "state", "works", "data", "light", "signal", "money", "columns",
         "archived")  # fmt: skip


@dataclass(frozen=True)
class PortfolioFilter:
    """Each field narrows the list where it is set (`money` is a rule of money findings, or `any`), `columns` says which
    are shown (`money`, or the usual ones), `archived` whether archived projects are (vocabulary ARCHIVED; "" leaves
    them out); `sort` is a key of SORTS, with a leading minus for falling.
    """

    q: str = ""
    place: str = ""
    programme: str = ""
    plan: str = ""
    category: str = ""
    state: str = ""
    works: str = ""
    data: str = ""
    light: str = ""
    signal: str = ""
    money: str = ""
    columns: str = ""
    archived: str = ""
    sort: str = "state"
    page: int = 1
    per_page: int = 50

    @property
    def is_narrow(self) -> bool:
        """Whether anything narrows the list."""
        return any(
            (
                self.q,
                self.place,
                self.programme,
                self.plan,
                self.category,
                self.state,
                self.works,
                self.data,
                self.light,
                self.signal,
                self.money,
                self.archived,
            )
        )

    def query(self) -> dict[str, str]:
        """The query values that lead back to this list, without its page."""
        values = {name: str(getattr(self, name)) for name in NAMED}
        return {name: value for name, value in values.items() if value} | (
            {"sort": self.sort} if self.sort != "state" else {}
        )

    def everything(self) -> PortfolioFilter:
        """The same rows without pages, for exports and charts."""
        return replace(self, page=1, per_page=0)


def read(args: Mapping[str, str]) -> PortfolioFilter:
    """The filter that a query string asks for; InvalidError names what is none."""
    wrong: dict[str, Text] = {}
    values = texts(args, NAMED)
    known = {
        "category": CATEGORIES,
        "state": STATES,
        "works": WORKS_STATES,
        "data": DATA_STATES,
        "light": LIGHTS,
        "signal": SIGNALS,
        "money": {"any", *MONEY_RULES},
        "columns": {"money"},
        "archived": ARCHIVED,
    }
    wrong |= {
        name: _unknown(name, values[name]) for name, keys in known.items() if values[name] and values[name] not in keys
    }
    if values["place"] and not is_place(values["place"]):
        wrong["place"] = _unknown("place", values["place"])
    sort = args.get("sort", "state")
    if sort.removeprefix("-") not in SORTS:
        wrong["sort"] = _unknown("sort", typed(args, "sort", 40))
    page, per_page, refused = pages(args)
    wrong |= {name: _unknown(name, typed(args, name, 40)) for name, is_wrong in refused.items() if is_wrong}
    if wrong:
        raise InvalidError(wrong)
    return PortfolioFilter(**values, sort=sort, page=page, per_page=per_page)


def _unknown(name: str, value: str) -> Text:
    return Text(N_("筛选条件 %(name)s 不认识“%(value)s”"), {"name": name, "value": value})
