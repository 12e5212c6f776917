"""The history as a table to be handed over: one row an entry, its changes in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from projects.core.text import N_
from projects.history.record.filtering import RESULTS, AuditFilter
from projects.history.record.tags import tag_word
from projects.history.record.words import Said, Words, technical
from projects.sheets.writing.table import Column, Table


def line(said: Sequence[Said], speak: Callable[[Any], str]) -> str:
    """Changes in one line: `状态: 草稿 → 待审核; …`."""

    def told(one: Said) -> str:
        new = spoken(one.new, speak)
        return new if one.old is None else f"{spoken(one.old, speak)} → {new}"

    return "; ".join(f"{spoken(one.title, speak)}: {told(one)}" for one in said)


def spoken(words: Words, speak: Callable[[Any], str]) -> str:
    """A text in the reader's language; what a person typed is not translated."""
    return words if isinstance(words, str) else speak(words)


def table(
    rows: Iterable[Any],
    told: Callable[[Mapping[str, Any]], list[Said]],
    names: Mapping[int, Words],
    chosen: AuditFilter,
    now: dt.datetime,
    speak: Callable[[Any], str],
) -> Table:
    """The entries as `queries.HistoryRow`, instants in UTC; `names` says by their ids what they are about. The last
    column has what only a technician can use.
    """
    headings = {
        "id": N_("编号"), "at": N_("时间 (UTC)"), "actor": N_("何人"), "address": N_("来自"), "tag": N_("操作"),
        "result": N_("结果"),
        "project": N_("项目"), "object": N_("对象"), "changes": N_("改动"), "technical": N_("技术细节"),
    }  # fmt: skip
    columns = tuple(
        Column(key, speak(heading), "integer" if key == "id" else "text") for key, heading in headings.items()
    )
    lines = [
        (
            one.id, one.at.isoformat(), one.actor or speak(N_("系统")), one.address, speak(tag_word(one.tag)),
            speak(RESULTS[one.result]),
            one.project_name or "", spoken(names[one.id], speak),
            line(told(one.changes), speak),
            "; ".join(filter(None, (one.tag, f"{one.object_type} {one.object_id}", technical(one.changes)))),
        )
        for one in rows
    ]  # fmt: skip
    narrowed = ", ".join(f"{name}={value}" for name, value in chosen.query().items())
    notes = (
        (speak(N_("导出时间")), now.isoformat(timespec="seconds")),
        (speak(N_("筛选")), narrowed or speak(N_("全部"))),
    )
    return Table(speak(N_("审计记录")), columns, lines, notes)
