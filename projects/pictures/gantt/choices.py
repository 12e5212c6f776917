"""What a chart is asked to show, read from a query string; unknown values are refused by name. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from projects.core.errors import InvalidError
from projects.core.text import N_, Text
from projects.pictures.gantt.axis import ZOOMS
from projects.register.selection import filtering
from projects.register.selection.filtering import PortfolioFilter

GROUPS = {"programme": N_("按项目群"), "place": N_("按地区"), "plan": N_("按规划文件"), "none": N_("不分组")}
VIEWS = {"chart": N_("图"), "table": N_("表格")}
ROWS = 200  # projects on a page, where nobody asks for another number
PAPERS = {"a3": "A3", "a1": "A1", "a4": "A4"}


@dataclass(frozen=True)
class ChartChoices:
    """`chosen` narrows the projects; `group`, `zoom`, `view` and `paper` are keys of GROUPS, ZOOMS (or auto), VIEWS and
    PAPERS (empty: what suits).
    """

    chosen: PortfolioFilter
    group: str = "programme"
    zoom: str = "auto"
    view: str = "chart"
    paper: str = ""
    detail: bool = False
    unfolded: bool = False

    @property
    def look(self) -> dict[str, str]:
        """The part of the query string that says how rows are shown, without what is usual: a new filter keeps it."""
        usual = {"group": "programme", "zoom": "auto", "view": "chart"}
        return {name: getattr(self, name) for name, value in usual.items() if getattr(self, name) != value}

    @property
    def query(self) -> dict[str, str]:
        """The query string that asks for the same rows, for links to files; without what is usual."""
        return self.chosen.query() | ({"group": self.group} if self.group != "programme" else {})


def read(args: Mapping[str, str]) -> ChartChoices:
    """The choices of a query string; InvalidError names each that is unknown."""
    known: dict[str, Mapping[str, str]] = {
        "group": GROUPS,
        "zoom": {"auto": "", **ZOOMS},
        "view": VIEWS,
        "paper": {"": "", **PAPERS},
    }
    usual = ChartChoices(PortfolioFilter())
    values = {name: args.get(name) or getattr(usual, name) for name in known}
    wrong = {
        name: Text(N_("图的选项 %(name)s 不认识“%(value)s”"), {"name": name, "value": value[:40]})
        for name, value in values.items()
        if value not in known[name]
    }
    if wrong:
        raise InvalidError(wrong)
    chosen = filtering.read(args)
    if not args.get("per_page"):
        chosen = replace(chosen, per_page=ROWS)
    return ChartChoices(chosen, **values, detail=args.get("detail") == "1", unfolded=args.get("unfold") == "1")
