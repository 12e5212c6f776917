"""The ladder in groups: by place, programme, year, document or project, each with its sources; and what such a page may
be narrowed by. Rates stay per source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from projects.core.narrowing import Paged, is_place, is_year, pages, refuse, texts
from projects.core.text import N_
from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.ladder.sums import Ladder, LadderLine, gather, ladder
from projects.register.selection.filtering import PortfolioFilter

BY = {
    "place": N_("所在地"),
    "programme": N_("项目群"),
    "year": N_("预算年度"),
    "source": N_("资金来源"),
    "document": N_("资金文件"),
    "project": N_("项目"),
}
NAMED = ("by", "place", "programme", "plan", "source", "year")


@dataclass(frozen=True)
class GroupFilter(Paged):
    """What the ladder is grouped by, and what narrows it."""

    by: str = "place"
    place: str = ""
    programme: str = ""
    plan: str = ""
    source: str = ""
    year: str = ""
    NAMED: ClassVar[tuple[str, ...]] = NAMED

    @property
    def is_narrow(self) -> bool:
        """Whether anything narrows the page."""
        return any(getattr(self, name) for name in NAMED[1:])

    @property
    def projects(self) -> PortfolioFilter:
        """The part that chooses projects, as the portfolio takes it."""
        return PortfolioFilter(place=self.place, programme=self.programme, plan=self.plan)

    def grouped(self, by: str) -> GroupFilter:
        """The same money in other groups."""
        return replace(self, by=by, page=1)


def read(args: Mapping[str, str]) -> GroupFilter:
    """The filter that a query string asks for; InvalidError names what is none."""
    values = texts(args, NAMED)
    values["by"] = values["by"] or "place"
    place, year = values["place"], values["year"]
    refused = {
        "by": values["by"] not in BY,
        "source": values["source"] and values["source"] not in FUNDING_SOURCES,
        "place": place and not is_place(place),
        "year": year and not is_year(year),
    }
    number, size, wrong = pages(args)
    refuse(args, {**refused, **wrong})
    return GroupFilter(page=number, per_page=size, **values)


@dataclass(frozen=True)
class GroupPart:
    """Some money of a group: its key and name, source, step (`approved` for the composition) and fen."""

    key: str
    name: str
    source: str
    step: str
    fen: int


@dataclass(frozen=True)
class LadderGroup:
    """A group with its ladder."""

    key: str
    name: str
    ladder: Ladder


@dataclass(frozen=True)
class GroupPage:
    """All groups, and the ladder over all of them; refuses to exist where they do not add up."""

    groups: Sequence[LadderGroup]
    ladder: Ladder

    def __post_init__(self) -> None:
        if gather(line for group in self.groups for line in group.ladder.lines) != self.ladder:
            raise ValueError("the groups do not add up to the whole")

    def shown(self, chosen: GroupFilter) -> Sequence[LadderGroup]:
        """The groups of the page that `chosen` asks for."""
        return self.groups[(chosen.page - 1) * chosen.per_page : chosen.page * chosen.per_page]

    @property
    def rows(self) -> list[tuple[LadderGroup, LadderLine]]:
        """A row for each group and source, of all pages."""
        return [(group, line) for group in self.groups for line in group.ladder.lines]


def page(parts: Iterable[GroupPart], chosen: GroupFilter) -> GroupPage:
    """The groups by their size, largest allocated sum first; years by themselves, newest first."""
    names: dict[str, str] = {}
    given: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    posted: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    whole_given: dict[str, int] = defaultdict(int)
    whole: dict[tuple[str, str], int] = defaultdict(int)
    for one in parts:
        if chosen.source and one.source != chosen.source:
            continue
        names[one.key] = one.name
        if one.step == "approved":
            given[one.key][one.source] += one.fen
            whole_given[one.source] += one.fen
        else:
            posted[one.key][one.source, one.step] += one.fen
            whole[one.source, one.step] += one.fen
    groups = [LadderGroup(key, name, ladder(given[key], posted[key])) for key, name in names.items()]
    if chosen.by == "year":
        groups.sort(key=lambda group: group.key, reverse=True)
    else:
        groups.sort(
            key=lambda group: (
                -group.ladder.total.allocated,
                -(group.ladder.total.approved or 0),
                group.name,
                group.key,
            )
        )
    return GroupPage(groups, ladder(whole_given, whole))
