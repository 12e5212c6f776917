"""Numbers in addresses: what no row can have as its id is no address of ours."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1  # of PostgreSQL's integer


class IdConverter(IntegerConverter):
    """`<int:…>`, up to what the database keeps."""

    def __init__(self, map: Map, **given: Any) -> None:  # noqa: A002 - the signature is werkzeug's
        super().__init__(map, **({"max": LARGEST_ID} | given))
