"""The sheets of the register and their columns: RW-1, RW-2 and RW-9 of docs/rules/register.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from projects.core.text import N_
from projects.core.vocabulary import BASES, COMMITMENTS, MEASURES, QUANTIFIERS, UNIT_KINDS

TITLE = N_("登记簿")


@dataclass(frozen=True)
class Column:
    """A column: its key, its heading, what its cells hold (text, long, day, finish, year, place, amount, or one of
    `words`), how many letters they take; whether a new thing `needs` it, and whether it is `taken` in again or only
    told.
    """

    key: str
    heading: str
    kind: str = "text"
    most: int = 200
    needs: bool = False
    taken: bool = True
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """A sheet: its key, its title, its columns; the first is the key of each row."""

    key: str
    title: str
    columns: tuple[Column, ...]

    def column(self, key: str) -> Column:
        """One of its columns."""
        return next(one for one in self.columns if one.key == key)


def _key() -> Column:
    return Column("key", N_("标识"))


SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "documents",
        N_("规划文件"),
        (
            _key(),
            Column("title", N_("标题"), needs=True),
            Column("number", N_("文号"), most=60),
            Column("issuer", N_("印发单位"), most=120, needs=True),
            Column("place_code", N_("所在地"), "place", needs=True),
            Column("issued_on", N_("印发日期"), "day"),
            Column("year", N_("规划年度"), "year", needs=True),
        ),
    ),
    Sheet(
        "clauses",
        N_("条款"),
        (
            _key(),
            Column("document_key", N_("规划文件标识")),
            Column("document", N_("规划文件")),
            Column("locator", N_("条款号"), most=40, needs=True),
            Column("heading", N_("条款标题"), needs=True),
        ),
    ),
    Sheet(
        "promises",
        N_("承诺"),
        (
            _key(),
            Column("subject_key", N_("项目或项目群标识")),
            Column("subject", N_("项目或项目群")),
            Column("document_key", N_("规划文件标识")),
            Column("document", N_("规划文件")),
            Column("clause", N_("条款号"), most=40),
            Column("wording", N_("原文"), needs=True),
            Column("measure", N_("承诺内容"), "words", needs=True, words=MEASURES),
            Column("quantifier", N_("对象"), "words", words=QUANTIFIERS),
            Column("threshold", N_("要达到"), "amount", most=30),
            Column("due", N_("期限"), "finish"),
            Column("commitment", N_("语气"), "words", words=COMMITMENTS),
            Column("basis", N_("口径"), "words", words=BASES),
            Column("note", N_("备注"), most=1000),
            Column("since", N_("自何日起"), "day", taken=False),
        ),
    ),
    Sheet(
        "programmes",
        N_("项目群"),
        (
            _key(),
            Column("name", N_("名称"), most=120, needs=True),
            Column("place_code", N_("所在地"), "place", needs=True),
            Column("document_key", N_("规划文件标识")),
            Column("document", N_("规划文件")),
            Column("note", N_("备注"), "long", most=1000),
        ),
    ),
    Sheet(
        "members",
        N_("项目群成员"),
        (
            _key(),
            Column("programme_key", N_("项目群标识")),
            Column("programme", N_("项目群")),
            Column("project_key", N_("项目标识")),
            Column("project", N_("项目")),
            Column("since", N_("自何日起"), "day", taken=False),
            Column("until", N_("至何日止"), "day"),
        ),
    ),
    Sheet(
        "units",
        N_("单位"),
        (
            _key(),
            Column("name", N_("全称"), most=120, needs=True),
            Column("short_name", N_("简称"), most=60),
            Column("kind", N_("类别"), "words", needs=True, words=UNIT_KINDS),
            Column("place_code", N_("所在地"), "place", needs=True),
            Column("former", N_("曾用名"), "long", most=1000, taken=False),
        ),
    ),
)
BY_KEY = {one.key: one for one in SHEETS}
# What a row is and belongs to, beside what it says.
NAMING = frozenset({
    "key", "document_key", "document", "subject_key", "subject", "clause", "programme_key", "programme", "project_key",
    "project",
})  # fmt: skip
NOTES = (
    (N_("标识"), N_("系统给的, 请不要改; 新增的行留空。按它认出已登记的是哪一个。")),
    (N_("空白"), N_("空白的格子不改动已登记的内容; 表里少了的行也不会被删除。")),
    (N_("承诺"), N_("新增的承诺当场登记; 改动已登记的承诺要由另一个人同意。")),
    (N_("项目群成员"), N_("加入和离开都从办理的当天算起; 填了“至何日止”的行表示已经离开。")),
    (N_("曾用名"), N_("更名和合并前的名称, 只供查看, 不读入; 更名请改“全称”。")),
    (N_("项目"), N_("项目本身用项目台账接收。")),
)
