"""What the funding page may be narrowed by; read from a query string, unknown values refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from projects.catalogue.filtering import PAGE_SIZES, PortfolioFilter
from projects.core.errors import InvalidError
from projects.core.text import N_, Text
from projects.core.vocabulary import FUNDING_SOURCES
from projects.funding.findings import NAMES

NAMED = ("q", "place", "programme", "plan", "source", "finding")


@dataclass(frozen=True)
class FundingFilter:
    """Each field narrows the page where it is set; `finding` is a rule, or `any`."""

    q: str = ""
    place: str = ""
    programme: str = ""
    plan: str = ""
    source: str = ""
    finding: str = ""
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

    def everything(self) -> FundingFilter:
        """The same rows on one page, for exports."""
        return replace(self, page=1, per_page=0)


def read(args: Mapping[str, str]) -> FundingFilter:
    """The filter that a query string asks for; InvalidError names what is none."""
    values = {name: args.get(name, "").strip()[:60] for name in NAMED}
    page, per_page = args.get("page", "1"), args.get("per_page", "50")
    place = values["place"]
    refused = {
        "source": values["source"] and values["source"] not in FUNDING_SOURCES,
        "finding": values["finding"] and values["finding"] not in {*NAMES, "any"},
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
    return FundingFilter(**values, page=int(page), per_page=int(per_page))
