"""What a list of projects may be narrowed and sorted by; read from a query string, unknown values refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from projects.core.errors import InvalidError
from projects.core.text import N_, Text
from projects.core.vocabulary import CATEGORIES, LIGHTS, SIGNALS, STATES
from projects.findings.rules import RULES

SORTS = ("slip", "state", "name", "place", "percent", "due", "forecast", "probability")
NAMED = ("q", "place", "programme", "plan", "category", "state", "light", "signal", "money")
PAGE_SIZES = (25, 50, 100, 500)


@dataclass(frozen=True)
class PortfolioFilter:
    """Each field narrows the list where it is set (`money` is a rule of money findings, or `any`); `sort` is a key of SORTS, with a leading minus for falling."""

    q: str = ""
    place: str = ""
    programme: str = ""
    plan: str = ""
    category: str = ""
    state: str = ""
    light: str = ""
    signal: str = ""
    money: str = ""
    sort: str = "state"
    page: int = 1
    per_page: int = 50

    @property
    def is_narrow(self) -> bool:
        """Whether anything narrows the list."""
        return any((self.q, self.place, self.programme, self.plan, self.category, self.state, self.light, self.signal, self.money))

    def query(self) -> dict[str, str]:
        """The query values that lead back to this list, without its page."""
        values = {name: str(getattr(self, name)) for name in NAMED}
        return {name: value for name, value in values.items() if value} | ({"sort": self.sort} if self.sort != "state" else {})

    def everything(self) -> PortfolioFilter:
        """The same rows without pages, for exports and charts."""
        return replace(self, page=1, per_page=0)


def read(args: Mapping[str, str]) -> PortfolioFilter:
    """The filter that a query string asks for; InvalidError names what is none."""
    wrong: dict[str, Text] = {}
    values = {name: "".join(filter(str.isprintable, args.get(name, ""))).strip()[:60] for name in NAMED}
    known = {"category": CATEGORIES, "state": STATES, "light": LIGHTS, "signal": SIGNALS, "money": {"any", *RULES}}
    wrong |= {name: _unknown(name, values[name]) for name, keys in known.items() if values[name] and values[name] not in keys}
    if values["place"] and not (values["place"].isascii() and values["place"].isdigit() and len(values["place"]) == 6):
        wrong["place"] = _unknown("place", values["place"])
    sort = args.get("sort", "state")
    if sort.removeprefix("-") not in SORTS:
        wrong["sort"] = _unknown("sort", sort[:40])
    page, per_page = args.get("page", "1"), args.get("per_page", "50")
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:6]) <= 100_000):
        wrong["page"] = _unknown("page", page[:40])
    if per_page not in {str(size) for size in PAGE_SIZES}:
        wrong["per_page"] = _unknown("per_page", per_page[:40])
    if wrong:
        raise InvalidError(wrong)
    return PortfolioFilter(**values, sort=sort, page=int(page), per_page=int(per_page))


def _unknown(name: str, value: str) -> Text:
    return Text(N_("筛选条件 %(name)s 不认识“%(value)s”"), {"name": name, "value": value})
