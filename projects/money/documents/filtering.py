"""What the list of documents may be narrowed by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from projects.core.narrowing import Paged, is_year, pages, refuse, texts
from projects.core.vocabulary import DOCUMENT_KINDS, FUNDING_SOURCES


@dataclass(frozen=True)
class DocumentFilter(Paged):
    """Each field narrows the list where it is set; `q` is part of a number, a title or an issuer."""

    q: str = ""
    kind: str = ""
    source: str = ""
    year: str = ""
    NAMED: ClassVar[tuple[str, ...]] = ("q", "kind", "source", "year")


def read(args: Mapping[str, str]) -> DocumentFilter:
    """The filter that a query string asks for; InvalidError names what is none."""
    values = texts(args, DocumentFilter.NAMED)
    year = values["year"]
    refused = {
        "kind": values["kind"] and values["kind"] not in DOCUMENT_KINDS,
        "source": values["source"] and values["source"] not in FUNDING_SOURCES,
        "year": year and not is_year(year),
    }
    page, per_page, wrong = pages(args)
    refuse(args, {**refused, **wrong})
    return DocumentFilter(**values, page=page, per_page=per_page)
