"""What lists that a query string narrows have in common: texts without letters nobody can see, pages, and refusals by
name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from projects.core.errors import InvalidError
from projects.core.text import N_, Text

LONGEST = 60
PAGE_SIZES = (25, 50, 100, 200, 500)
WORDS = {  # what filters are called on their pages
    "year": N_("预算年度"), "month": N_("月份"), "kind": N_("类型"), "source": N_("资金来源"), "place": N_("所在地"),
    "programme": N_("项目群"), "plan": N_("规划文件"),
    "state": N_("状态"), "rule": N_("规则"), "finding": N_("问题"), "page": N_("页码"), "per_page": N_("每页"),
}  # fmt: skip


def typed(args: Mapping[str, str], name: str, most: int = LONGEST) -> str:
    """A text of the query string.

    Letters nobody can see (NUL, other control characters, halves of characters) are dropped: no database searches for
    them alike.
    """
    return "".join(filter(str.isprintable, args.get(name, ""))).strip()[:most]


def texts(args: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Each of `names` as `typed`."""
    return {name: typed(args, name) for name in names}


def pages(args: Mapping[str, str], sizes: Collection[int] = PAGE_SIZES) -> tuple[int, int, dict[str, bool]]:
    """The page asked for, how many rows one has, and which of the two can't be taken."""
    page, size = args.get("page", "1"), args.get("per_page", "50")
    wrong = {
        "page": not (is_number(page, 6) and 1 <= int(page) <= 100_000),
        "per_page": size not in {str(one) for one in sizes},
    }
    return 1 if wrong["page"] else int(page), 50 if wrong["per_page"] else int(size), wrong


def is_number(text: str, most: int) -> bool:
    """Whether `text` is up to `most` plain digits."""
    return text.isascii() and text.isdigit() and len(text) <= most


def is_place(text: str) -> bool:
    """Whether `text` has the form of a place's code."""
    return is_number(text, 6) and len(text) == 6


def is_year(text: str) -> bool:
    """Whether `text` has the form of a year."""
    return is_number(text, 4) and len(text) == 4


def refuse(args: Mapping[str, str], wrong: Mapping[str, object]) -> None:
    """InvalidError that names what of `wrong` is true."""
    msgid = N_("筛选条件 %(name)s 不认识“%(value)s”")
    found = {
        name: Text(msgid, {"name": Text(WORDS[name]) if name in WORDS else name, "value": typed(args, name, 40)})
        for name, is_wrong in wrong.items()
        if is_wrong
    }
    if found:
        raise InvalidError(found)


@dataclass(frozen=True)
class Narrowed:
    """A list's filter: each field of NAMED narrows it where it is set."""

    NAMED: ClassVar[tuple[str, ...]] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether anything narrows the list."""
        return any(getattr(self, name) for name in self.NAMED)

    def query(self) -> dict[str, str]:
        """The query values that lead back to this list, without its page."""
        return {name: getattr(self, name) for name in self.NAMED if getattr(self, name)}


@dataclass(frozen=True)
class Paged(Narrowed):
    """A filter of a list in pages."""

    page: int = 1
    per_page: int = 50

    def everything(self) -> Self:
        """The same rows on one page, for exports."""
        return replace(self, page=1, per_page=0)
