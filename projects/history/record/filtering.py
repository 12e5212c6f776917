"""What the history may be searched by; read from a query string, unknown values refused by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from projects.core.errors import InvalidError
from projects.core.month import BEIJING, parse_day
from projects.core.narrowing import typed
from projects.core.text import N_, Text
from projects.history.record.tags import Tag

PER_PAGE = 50
MOST_EXPORTED = 20_000
RESULTS = {"done": N_("完成"), "refused": N_("被拒")}

SEARCHED = {
    "person": N_("何人"), "concerning": N_("涉及何人"), "since": N_("从"), "until": N_("到"), "tag": N_("操作"),
    "project": N_("项目"), "about": N_("对象"), "object": N_("对象编号"), "result": N_("结果"),
}  # fmt: skip


@dataclass(frozen=True)
class AuditFilter:
    """Each field narrows the history where it is set: `person` did it, `concerning` is the one it was done to; days are
    Beijing days, `until` included; `before` is the id that the page goes on from.
    """

    person: str = ""
    concerning: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    tag: str = ""
    project: str = ""
    about: str = ""
    object: str = ""
    result: str = ""
    before: int | None = None

    @property
    def since_instant(self) -> dt.datetime | None:
        """The first instant asked for."""
        return dt.datetime.combine(self.since, dt.time(), BEIJING) if self.since else None

    @property
    def until_instant(self) -> dt.datetime | None:
        """The first instant no longer asked for."""
        return dt.datetime.combine(self.until + dt.timedelta(days=1), dt.time(), BEIJING) if self.until else None

    def query(self) -> dict[str, str]:
        """The query values that lead back to this search, without its page."""
        values = {name: getattr(self, name) for name in SEARCHED}
        return {name: str(value) for name, value in values.items() if value}


def read(args: Mapping[str, str]) -> AuditFilter:
    """The search in a query string; InvalidError names what can't be taken."""
    wrong: dict[str, Text] = {}
    texts = {name: typed(args, name, 80) for name in SEARCHED if name not in {"since", "until"}}
    if texts["tag"] and texts["tag"] not in set(Tag):
        wrong["tag"] = Text(N_("没有“%(text)s”这种操作"), {"text": texts["tag"]})
    if texts["result"] and texts["result"] not in RESULTS:
        wrong["result"] = Text(N_("没有“%(text)s”这种结果"), {"text": texts["result"]})
    since, until = (_day(args, name, wrong) for name in ("since", "until"))
    before = before_of(args, wrong)
    if wrong:
        raise InvalidError(wrong)
    return AuditFilter(**texts, since=since, until=until, before=before)


def before_of(args: Mapping[str, str], wrong: dict[str, Text]) -> int | None:
    """The id that a page goes on from."""
    text = typed(args, "before", 40)
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        wrong["before"] = Text(N_("“%(text)s”不是记录编号"), {"text": text[:40]})
        return None
    return int(text) if text else None


def _day(args: Mapping[str, str], name: str, wrong: dict[str, Text]) -> dt.date | None:
    text = typed(args, name, 40)
    try:
        day = parse_day(text) if text else None
    except ValueError:
        day = dt.date.min
    if day and not 2000 <= day.year <= 2100:
        wrong[name] = Text(N_("“%(text)s”不是日期, 请写成 2021-11-30 的样子"), {"text": text[:40]})
        return None
    return day
