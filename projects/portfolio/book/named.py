"""What the rows of the register name: places, documents, clauses, programmes, projects, found by key or by name. RW-6
of docs/rules/register.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from projects.core.text import N_, Text
from projects.portfolio.book.items import Handle, Item
from projects.portfolio.book.things import Thing

NAMES = {"documents": "title", "programmes": "name", "projects": "name"}
FIXED = frozenset({"document", "programme", "project", "subject"})  # of what belongs to them, but programmes
OF = {"document": "documents", "programme": "programmes", "project": "projects", "clause": "clauses"}


class Pool:
    """The things that rows may name, by key and by name."""

    def __init__(self) -> None:
        self.by_key: dict[str, Handle] = {}
        self.by_name: dict[str, list[Handle]] = defaultdict(list)
        self.things: dict[Handle, Mapping[str, Any]] = {}

    def add(self, handle: Handle, key: str, name: str, values: Mapping[str, Any]) -> None:
        """Let it be named."""
        if key:
            self.by_key[key] = handle
        if handle not in self.by_name[name]:
            self.by_name[name].append(handle)
        self.things[handle] = values


class Named:
    """The things that rows may name: those of the register, the projects, and those that rows above would add."""

    def __init__(
        self, register: Mapping[str, list[Thing]], projects: Iterable[Thing], place_of: Callable[[str], str | None]
    ) -> None:
        self.place_of = place_of
        self.pools = {key: Pool() for key in NAMES}
        self.clauses: dict[tuple[Handle, str], Handle] = {}
        for of, things in (*register.items(), ("projects", projects)):
            for one in things:
                self._known(of, one)

    def _known(self, of: str, one: Thing) -> None:
        handle = Handle(of, one.id)
        if of in self.pools:
            self.pools[of].add(handle, one.key, str(one.values[NAMES[of]]), one.values)
        elif of == "clauses":
            self.clauses[Handle("documents", one.parts["document"] or 0), str(one.values["locator"])] = handle

    def told(self, item: Item) -> None:
        """Let rows below name what a row is, or would add, by the key that it says."""
        of, values, own = item.sheet.key, item.values, item.thing
        if of in self.pools:
            pool, key = self.pools[of], item.row.text("key")
            if own is None:
                pool.add(Handle(of, 0, item.key), key, str(values[NAMES[of]]), values)
            elif key:
                pool.by_key.setdefault(key, Handle(of, own.id))
        elif of == "clauses" and own is None and (document := item.parts["document"]):
            self.clauses[document, str(values["locator"])] = Handle(of, 0, item.key)

    def places(self, item: Item) -> None:
        """Find the place that a row names."""
        said = item.values.get("place_code")
        if said is None:
            return
        code = self.place_of(said)
        if code is None:
            item.refuse("place_code", N_("不认识这个地区: 请写全称, 如 山东省济宁市泗水县, 或六位代码"))
        item.values["place_code"] = code

    def parts_of(self, item: Item) -> None:
        """Find what a row belongs to."""
        own = item.thing
        match item.sheet.key:
            case "clauses":
                self._part(item, "document", ("documents",), "document")
            case "programmes":
                self._part(item, "document", ("documents",), "document", needed=False)
            case "members":
                self._part(item, "programme", ("programmes",), "programme")
                self._part(item, "project", ("projects",), "project")
            case "promises":
                self._part(item, "subject", ("projects", "programmes"), "subject")
                self._clause(item)
        for name, handle in item.parts.items():
            fixed = name in FIXED and item.sheet.key != "programmes"
            if own and fixed and handle and stored(own, name) not in (None, handle):
                said = name if item.row.text(name) else f"{name}_key"
                item.refuse(said, N_("与标识所指的不是同一个"))

    def _part(self, item: Item, name: str, of: tuple[str, ...], column: str, *, needed: bool = True) -> None:
        """Find what a row names by its key, else by its name."""
        key, said = item.row.text(f"{column}_key"), item.row.text(column)
        keyed = [self.pools[one].by_key[key] for one in of if key in self.pools[one].by_key]
        named = [handle for one in of for handle in self.pools[one].by_name.get(said, ())] if said else []
        if keyed and said and named and keyed[0] not in named:
            item.refuse(
                column, N_("与“%(column)s”里的不是同一个"), column=Text(item.sheet.column(f"{column}_key").heading)
            )
        elif keyed or len(named) == 1:
            item.parts[name] = (keyed or named)[0]
        elif len(named) > 1:
            item.refuse(column, N_("有 %(count)s 个叫这个名字的: 请填标识"), count=len(named))
        elif said or key:
            item.refuse(column if said else f"{column}_key", N_("没有找到: 请核对名称, 或先登记、先修好它的那一行"))
        elif item.thing:
            item.parts[name] = stored(item.thing, name)
        elif needed:
            item.refuse(column, N_("请填写“%(column)s”"), column=Text(item.sheet.column(column).heading))

    def _clause(self, item: Item) -> None:
        """The clause that a promise stands in."""
        locator = item.row.text("clause")
        if item.thing and not locator and not item.row.text("document_key") and not item.row.text("document"):
            item.parts["clause"] = stored(item.thing, "clause")
            return
        self._part(item, "document", ("documents",), "document")
        document = item.parts.pop("document", None)
        if document is None:
            return
        found = self.clauses.get((document, locator))
        if found is None:
            item.refuse("clause", N_("这份文件没有这一条: 请先登记条款"))
        item.parts["clause"] = found
        item.values["issued_on"] = self.pools["documents"].things[document].get("issued_on")


def stored(own: Thing, name: str) -> Handle | None:
    """What a stored thing belongs to."""
    if name == "subject":
        name = "project" if own.parts.get("project") else "programme"
    key = own.parts.get(name)
    return Handle(OF[name], key) if key else None
