"""What the pages of money may be narrowed by; read from a query string, unknown values refused by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from projects.core.narrowing import Paged, is_place, pages, refuse, texts
from projects.core.vocabulary import FUNDING_SOURCES, LADDER_RULES
from projects.register.selection.filtering import PortfolioFilter


@dataclass(frozen=True)
class MoneyFilter(Paged):
    """The part that chooses projects; the pages add their own fields, whose values must be known."""

    q: str = ""
    place: str = ""
    programme: str = ""
    plan: str = ""
    NAMED: ClassVar[tuple[str, ...]] = ("q", "place", "programme", "plan")
    KNOWN: ClassVar[Mapping[str, Collection[str]]] = {}

    @property
    def projects(self) -> PortfolioFilter:
        """That part, as the portfolio takes it."""
        return PortfolioFilter(q=self.q, place=self.place, programme=self.programme, plan=self.plan)

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """The filter that a query string asks for; InvalidError names what is none."""
        values = texts(args, cls.NAMED)
        page, per_page, wrong = pages(args)
        unknown = {name: values[name] and values[name] not in keys for name, keys in cls.KNOWN.items()}
        refuse(args, {**unknown, "place": values["place"] and not is_place(values["place"]), **wrong})
        return cls(page=page, per_page=per_page, **values)


@dataclass(frozen=True)
class FundingFilter(MoneyFilter):
    """The ladder's page; `finding` is a rule, or `any`."""

    source: str = ""
    finding: str = ""
    NAMED: ClassVar[tuple[str, ...]] = (*MoneyFilter.NAMED, "source", "finding")
    KNOWN: ClassVar[Mapping[str, Collection[str]]] = {"source": FUNDING_SOURCES, "finding": {*LADDER_RULES, "any"}}


read = FundingFilter.read
