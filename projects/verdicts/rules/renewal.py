"""Which stored verdicts do not follow the rules in force yet, told from the rows themselves.

Rule L-10 of docs/rules/lights.md. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from projects.core.text import N_, Text
from projects.verdicts.facts.facts import RuleBook


@dataclass(frozen=True)
class Stands:
    """So many stored verdicts (`kind` project, or promise: of a programme itself) of one programme's stand by one
    version of a rule set.
    """

    kind: str
    programme_id: int | None
    version: str
    count: int


@dataclass(frozen=True)
class Waiting:
    """A version in force that some verdicts do not follow yet: how many projects do, of how many; which versions the
    others stand by; promises that wait.
    """

    version: Text
    done: int
    total: int
    former: tuple[Text, ...]
    promises: int
    versions: tuple[str, ...]  # the short names of the former ones

    @property
    def words(self) -> Text:
        """What waits, in a sentence."""
        params: dict[str, object] = {
            "version": self.version,
            "projects": self.total - self.done,
            "promises": self.promises,
            "former": listed(self.former),
        }
        if not self.promises:
            return Text(N_("规则已改为“%(version)s”, 还有 %(projects)s 个项目的判断仍按“%(former)s”。"), params)
        if self.total == self.done:
            return Text(N_("规则已改为“%(version)s”, 还有 %(promises)s 条项目群承诺的判断仍按“%(former)s”。"), params)
        return Text(
            N_("规则已改为“%(version)s”, 还有 %(projects)s 个项目和 %(promises)s 条项目群承诺的判断仍按“%(former)s”。"),
            params,
        )


@dataclass(frozen=True)
class Outstanding:
    """What waits to be renewed; nothing where there are no lines."""

    lines: tuple[Waiting, ...] = field(default_factory=tuple)

    @property
    def projects(self) -> int:
        """Projects whose verdicts wait."""
        return sum(one.total - one.done for one in self.lines)

    @property
    def promises(self) -> int:
        """Promises of programmes themselves that wait."""
        return sum(one.promises for one in self.lines)

    @property
    def versions(self) -> list[str]:
        """The short names of the former versions."""
        return sorted({version for one in self.lines for version in one.versions})

    @property
    def total(self) -> int:
        """Projects that follow the versions concerned."""
        return sum(one.total for one in self.lines)

    @property
    def done(self) -> int:
        """How many of them are judged by them already."""
        return sum(one.done for one in self.lines)


def outstanding(rows: Iterable[Stands], book: RuleBook, names: Mapping[str, str]) -> Outstanding:
    """What waits, version by version in force; `names` are those of the sets."""
    by_version: dict[str, list[Stands]] = {}
    for row in rows:
        by_version.setdefault(book.of(row.programme_id).name, []).append(row)
    return Outstanding(
        tuple(
            found for found in (_waiting(name, own, names) for name, own in sorted(by_version.items())) if found.former
        )
    )


def _waiting(name: str, rows: Sequence[Stands], names: Mapping[str, str]) -> Waiting:
    projects = [row for row in rows if row.kind == "project"]
    late = [row for row in rows if row.version != name]
    versions = tuple(sorted({row.version for row in late}))
    return Waiting(
        label(name, names),
        sum(row.count for row in projects if row.version == name),
        sum(row.count for row in projects),
        tuple(label(one, names) for one in versions),
        sum(row.count for row in late if row.kind == "promise"),
        versions,
    )


def listed(texts: Sequence[Text]) -> Text:
    """Texts one after the other."""
    return (
        texts[0] if len(texts) == 1 else Text(N_("%(first)s、%(rest)s"), {"first": texts[0], "rest": listed(texts[1:])})
    )


def label(version: str, names: Mapping[str, str]) -> Text:
    """A version as people know it, from its short name (`gap-2`)."""
    key, _, number = version.rpartition("-")
    if key not in names:
        return Text(N_("内置规则"))
    return Text(N_("%(name)s 第 %(number)s 版"), {"name": Text(names[key]), "number": int(number)})
