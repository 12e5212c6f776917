"""A plan's file or text read whole in the bounded process: its text, and what it promises."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

from projects.core.errors import InvalidError
from projects.core.text import N_, Text
from projects.portfolio.readings.drafts import Draft, draft_of
from projects.register.reader.extract import MOST_LETTERS, REFUSALS, text_of
from projects.register.reader.reading import read
from projects.sheets.bounded.extract import BoundError, Bounds, answer

JOB = "projects.portfolio.readings.extract:job"
BOUNDS = Bounds(memory=500_000_000, seconds=20)


def read_file(content: bytes, name: str, year: int | None) -> dict[str, Any]:
    """What stands in a file: `text`, `head`, `clauses`, `unread`, `notes`, `drafts`; InvalidError says why nothing."""
    found = text_of(content, name)
    return read_text(found.text, year) | {"notes": [note.to_json() for note in found.notes]}


def read_text(text: str, year: int | None) -> dict[str, Any]:
    """The same of a text that was typed or pasted."""
    if not text.strip():
        raise InvalidError({"file": Text(N_("请选择文件, 或粘贴文字"))})
    if len(text) > MOST_LETTERS:
        raise InvalidError({"file": Text(N_("文字超过 %(most)s 字: 请只留规划正文"), {"most": MOST_LETTERS})})
    try:
        said: dict[str, Any] = json.loads(answer(JOB, json.dumps([text, year]).encode(), (), BOUNDS))
    except BoundError as problem:
        raise InvalidError({"file": Text(REFUSALS[problem.why])}) from None
    drafts = [Draft(**one | {"due": _day(one["due"]), "members": tuple(one["members"])}) for one in said["drafts"]]
    return said | {"text": text, "drafts": drafts, "notes": []}


def job(content: bytes) -> bytes:
    """In the bounded process: what a text promises, as JSON."""
    text, year = json.loads(content)
    reading = read(text, year)
    drafts = [draft_of(one, "plan") for one in reading.promises]
    drafts += [draft_of(one, "review") for one in reading.reported]
    said = {
        "head": asdict(reading.head) | {"issued_on": str(reading.head.issued_on or "")},
        "clauses": [asdict(one) for one in reading.clauses],
        "unread": [{"start": one.start, "end": one.end, "why": one.why.to_json()} for one in reading.unread],
        "drafts": [asdict(one) | {"due": str(one.due or "")} for one in drafts],
    }
    return json.dumps(said).encode()


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
