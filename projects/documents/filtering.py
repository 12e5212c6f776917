"""What the list of documents may be narrowed by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from projects.core.errors import InvalidError
from projects.core.text import N_, Text
from projects.core.vocabulary import DOCUMENT_KINDS, FUNDING_SOURCES

NAMED = ("q", "kind", "source", "year")


@dataclass(frozen=True)
class DocumentFilter:
    """Each field narrows the list where it is set; `q` is part of a number, a title or an issuer."""

    q: str = ""
    kind: str = ""
    source: str = ""
    year: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything narrows the list."""
        return any(getattr(self, name) for name in NAMED)

    def query(self) -> dict[str, str]:
        """The query values that lead back to this list."""
        return {name: getattr(self, name) for name in NAMED if getattr(self, name)}


def read(args: Mapping[str, str]) -> DocumentFilter:
    """The filter that a query string asks for; InvalidError names what is none."""
    values = {name: "".join(filter(str.isprintable, args.get(name, ""))).strip()[:60] for name in NAMED}
    year = values["year"]
    refused = {
        "kind": values["kind"] and values["kind"] not in DOCUMENT_KINDS,
        "source": values["source"] and values["source"] not in FUNDING_SOURCES,
        "year": year and not (year.isascii() and year.isdigit() and len(year) == 4),
    }
    wrong = {
        name: Text(N_("筛选条件 %(name)s 不认识“%(value)s”"), {"name": name, "value": values[name][:40]}) for name, is_wrong in refused.items() if is_wrong
    }
    if wrong:
        raise InvalidError(wrong)
    return DocumentFilter(**values)
