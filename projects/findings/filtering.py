"""What the findings page may be narrowed by; read from a query string, unknown values refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from projects.catalogue.filtering import PAGE_SIZES, PortfolioFilter
from projects.core.errors import InvalidError
from projects.core.text import N_, Text
from projects.core.vocabulary import FINDING_STATES
from projects.findings.rules import RULES

NAMED = ("q", "place", "programme", "plan", "rule", "state")


@dataclass(frozen=True)
class FindingFilter:
    """Each field narrows the page where it is set."""

    q: str = ""
    place: str = ""
    programme: str = ""
    plan: str = ""
    rule: str = ""
    state: str = ""
    page: int = 1
    per_page: int = 50

    @property
    def is_narrow(self) -> bool:
        """Whether anything narrows the page."""
        return any(getattr(self, name) for name in NAMED)

    @property
    def projects(self) -> PortfolioFilter:
        """The part that chooses projects, as the portfolio takes it."""
        return PortfolioFilter(q=self.q, place=self.place, programme=self.programme, plan=self.plan)

    def query(self) -> dict[str, str]:
        """The query values that lead back to this page, without its number."""
        return {name: getattr(self, name) for name in NAMED if getattr(self, name)}

    def everything(self) -> FindingFilter:
        """The same rows on one page, for exports."""
        return replace(self, page=1, per_page=0)


def read(args: Mapping[str, str]) -> FindingFilter:
    """The filter that a query string asks for; InvalidError names what is none."""
    values = {name: "".join(filter(str.isprintable, args.get(name, ""))).strip()[:60] for name in NAMED}
    page, per_page, place = args.get("page", "1"), args.get("per_page", "50"), values["place"]
    refused = {
        "rule": values["rule"] and values["rule"] not in RULES,
        "state": values["state"] and values["state"] not in FINDING_STATES,
        "place": place and not (place.isascii() and place.isdigit() and len(place) == 6),
        "page": not (page.isascii() and page.isdigit() and 1 <= int(page[:6]) <= 100_000),
        "per_page": per_page not in {str(size) for size in PAGE_SIZES},
    }
    wrong = {
        name: Text(N_("筛选条件 %(name)s 不认识“%(value)s”"), {"name": name, "value": args.get(name, "").strip()[:40]})
        for name, is_wrong in refused.items()
        if is_wrong
    }
    if wrong:
        raise InvalidError(wrong)
    return FindingFilter(**values, page=int(page), per_page=int(per_page))
