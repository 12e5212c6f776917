"""Where a table lies in a sheet: its heading row by the names of its columns, the unit of its amounts, its totals and
notes. Rule IM-1 of docs/rules/imports.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from projects.core.text import N_, Text
from projects.money.imports.fields import FIELDS, OTHER_WAY, Field
from projects.sheets.reading.cells import Value, even, is_blank, text_of

SEARCHED = 30  # rows from the top in which the heading is looked for
DEEPEST = 3  # rows of a heading
TOTALS = re.compile(
    r"(本?页?合计|小计|总计|累计|共计|合计数|本月合计|本年累计|总合计|大写合计)[:(].*|(本?页?合计|小计|总计|累计|共计"
    r"|合计数|本月合计|本年累计|总合计)"
)
_NOTES = re.compile(
    r"(注|备注|说明|填表人|制表人|审核人|复核人|单位负责人|经办人|填报人|制表|审核|打印日期|附注)\s*[:].*"
)
_PART_TOTALS = re.compile(r".{1,20}(合计|小计|总计)|共\d+[笔项条个行].*")
_PART_OF = re.compile(r"其中([:、,].*)?")
_ORDINAL = re.compile(r"[(]?[一二三四五六七八九十]{1,3}[)、.]?")
_SECTION = re.compile(r"[(]?[一二三四五六七八九十]{1,3}([)、.].*)?")
_FIGURES = re.compile(r"[\d.,]+", re.ASCII)
_PAGES = re.compile(r"第\d+页.*|共\d+页.*|\(?以下空白\)?|\(?本页无正文\)?")
_ZERO = re.compile(r"[¥￥]?0+([.]0*)?")
_BRACKETS = ("()", "[]", "【】", "〔〕")
_UNIT_LINE = re.compile(r"(?:金额)?单位\s*+:?\s*+(?:人民币)?\s*+(亿元|万元|元)")
_UNIT_IN_NAME = re.compile(
    r"(?<![(\[【〔,、_/])[(\[【〔,、_/]*+(?:单位:?)?(?:人民币)?(亿元|万元|元|yuan)[)\]】〕]*+\Z", re.IGNORECASE
)


@dataclass(frozen=True)
class Layout:
    """A table in a sheet: rows from `first` on, each field's column, the amounts' unit where it is named, the column of
    money that went the other way.
    """

    heading: int
    first: int
    columns: Mapping[str, int]
    unit: str | None
    other_way: int | None = None


def tight(value: Value) -> str:
    """What a cell says, in one width and without spaces."""
    return _tight(text_of(value))


@lru_cache(maxsize=1024)
def _tight(text: str) -> str:
    return "".join(even(text).split())


def squeezed(value: Value) -> tuple[str, str | None]:
    """A heading as it is compared, and the unit that it names."""
    name = tight(value).lower().strip("*:").replace("帐", "账")
    found = _UNIT_IN_NAME.search(name)
    if found and not name.endswith("_yuan"):
        return name[: found.start()] or name, "元" if found[1].lower() == "yuan" else found[1]
    return name, "元" if name.endswith("_yuan") else None


def find(rows: Sequence[Sequence[Value]], kind: str) -> Layout | list[Text]:
    """The table of `kind` in a sheet, or why there is none."""
    best: tuple[int, Layout | None, list[Text]] = (
        0,
        None,
        [
            Text(
                N_("前 %(count)s 行里找不到表头: 表头至少要有%(names)s"),
                {"count": SEARCHED, "names": Text(_required_names(kind))},
            )
        ],
    )
    for place in range(min(SEARCHED, len(rows))):
        for depth in range(1, DEEPEST + 1):
            if place + depth > len(rows) or (depth < DEEPEST and _is_aside(rows[place + depth :])):
                continue
            columns, units, problems = _columns(rows[place : place + depth], FIELDS[kind])
            missing = [field for field in FIELDS[kind] if field.required and field.key not in columns]
            score = 10 * len(columns) - 15 * len(missing) - depth
            if len(columns) >= 2 and score > best[0]:
                unit = units or _unit_above(rows[:place])
                problems += [Text(N_("表头缺少“%(name)s”一列"), {"name": Text(field.label)}) for field in missing]
                best = (
                    score,
                    None
                    if problems
                    else Layout(place, place + depth, columns, unit, _other_way(rows[place : place + depth], kind)),
                    problems,
                )
    return best[1] or best[2]


def _other_way(heads: Sequence[Sequence[Value]], kind: str) -> int | None:
    wanted = OTHER_WAY.get(kind, frozenset())
    return next((place for place, own in _names(heads).items() if any(name in wanted for name, _ in own)), None)


def _required_names(kind: str) -> str:
    return {
        "projects": N_("项目名称"),
        "allocations": N_("文号、发文日期、资金来源、金额, 以及项目代码或项目名称"),
        "receipts": N_("到账日期、收款单位、金额"),
        "payments": N_("支付日期、资金来源、金额, 以及项目代码或项目名称"),
    }[kind]


def _columns(
    heads: Sequence[Sequence[Value]], fields: Sequence[Field]
) -> tuple[dict[str, int], str | None, list[Text]]:
    """Field → column of a heading of one or two rows; the unit of the amounts; what can't be told apart."""
    names = _names(heads)
    columns: dict[str, int] = {}
    problems: list[Text] = []
    unit: str | None = None
    for field in fields:
        ranked = sorted(
            (field.names.index(name), place) for place, own in names.items() for name, _ in own if name in field.names
        )
        ranked = [(rank, place) for rank, place in ranked if place not in columns.values()]
        if not ranked:
            continue
        same = [place for rank, place in ranked if rank == ranked[0][0]]
        if len(set(same)) > 1:
            problems.append(
                Text(N_("有两列都叫“%(name)s”, 分不清用哪一列: 请删去或改名"), {"name": field.names[ranked[0][0]]})
            )
        columns[field.key] = ranked[0][1]
        if field.kind == "amount":
            unit = names[ranked[0][1]][0][1]
    return columns, unit, problems


def _names(heads: Sequence[Sequence[Value]]) -> dict[int, list[tuple[str, str | None]]]:
    """Column → what it is called: the lowest heading row that says something, then that with what stands above it
    (carried over merged columns).
    """
    width = max(len(row) for row in heads)
    found: dict[int, list[tuple[str, str | None]]] = {}
    carried: list[Value] = [None] * (len(heads) - 1)
    for place in range(width):
        levels = [row[place] if place < len(row) else None for row in heads]
        for level, value in enumerate(levels[:-1]):
            if not is_blank(value):
                carried[level:] = [value, *[None] * (len(carried) - level - 1)]
        filled = [level for level, value in enumerate(levels) if not is_blank(value)]
        named = [
            level for level in filled if not _in_brackets(tight(levels[level]))
        ] or filled  # (万元) below 金额 says its unit
        if not named:
            found[place] = []
            continue
        own, above = levels[named[-1]], [value for value in carried[: named[-1]] if not is_blank(value)]
        said = [own, f"{text_of(above[-1])}{text_of(own)}"] if above else [own]
        unit = next(
            (unit for value in (*(levels[level] for level in filled), *above) if (unit := squeezed(value)[1])), None
        )
        found[place] = [(name, named_unit or unit) for name, named_unit in map(squeezed, said)]
    return found


def _is_aside(rows: Sequence[Sequence[Value]]) -> bool:
    """Whether the next row only says units and notations in brackets, so that it belongs to the heading."""
    said = [tight(value) for value in rows[0] if not is_blank(value)] if rows else []
    return bool(said) and all(map(_in_brackets, said))


def _in_brackets(text: str) -> bool:
    return len(text) > 1 and text[0] + text[-1] in _BRACKETS


def _unit_above(rows: Sequence[Sequence[Value]]) -> str | None:
    for row in rows:
        for value in row:
            found = _UNIT_LINE.search(even(text_of(value)))
            if found:
                return found[1]
    return None


def heading_of(row: Sequence[Value]) -> list[tuple[str, str | None]]:
    """A heading's row as those below are compared with it."""
    return [squeezed(value) for value in row if not is_blank(value)]


@dataclass(frozen=True)
class _Row:
    """A row with what each of its cells says, nothing where it is blank."""

    values: Sequence[Value]
    said: Sequence[str]

    def at(self, place: int | None) -> str:
        """What the cell in a column says."""
        return self.said[place] if place is not None and place < len(self.said) else ""

    @property
    def words(self) -> list[str]:
        """What all cells say that say anything."""
        return [text for text in self.said if text]

    @property
    def first_texts(self) -> list[str]:
        """The first two cells of text."""
        found = (text for value, text in zip(self.values, self.said, strict=True) if text and isinstance(value, str))
        return list(islice(found, 2))


def row_kind(
    values: Sequence[Value], layout: Layout, fields: Sequence[Field], heading: Sequence[tuple[str, str | None]]
) -> str:
    """`data`, `blank`, `total`, `note`, `section` (of a group, or a part of the row above), `other_way`, or `heading`
    where it is repeated on the next page.
    """
    row = _Row(values, ["" if is_blank(value) else tight(value) for value in values])
    words = row.words
    if not words:
        return "blank"
    if any(TOTALS.fullmatch(text) for text in row.first_texts):
        return "total"
    if _is_remark(row, words, layout, fields):
        return "note"
    if len(words) == len(heading) and all(map(_is_headed, words, heading)):
        return "heading"
    return _kind_of_group(row, words, layout, fields) or (
        "data" if any(row.at(place) for place in layout.columns.values()) else "note"
    )


def _is_headed(text: str, head: tuple[str, str | None]) -> bool:
    return squeezed(text) == head


def _is_remark(row: _Row, words: Sequence[str], layout: Layout, fields: Sequence[Field]) -> bool:
    """Whether a row is a note, a page's foot, or numbers the columns."""
    if _is_numbering(words):
        return True
    is_plain = not any(row.at(layout.columns.get(field.key)) for field in fields if field.kind != "text")
    return is_plain and bool(_NOTES.fullmatch(words[0]) or _PAGES.fullmatch(words[0]))


def _kind_of_group(row: _Row, words: Sequence[str], layout: Layout, fields: Sequence[Field]) -> str:
    """`total` or `section` of a group of rows, `other_way` for money that went out where it should have come in, else
    nothing.
    """
    if _says_no_day(row, words, layout, fields):
        texts = row.first_texts
        if any(_PART_TOTALS.fullmatch(text) for text in texts):
            return "total"
        if any(_PART_OF.fullmatch(text) for text in texts) or _SECTION.fullmatch(words[0]):
            return "section"
    is_out = layout.other_way is not None and not _is_nothing(row.at(layout.other_way))
    return "other_way" if is_out and _is_nothing(row.at(layout.columns.get("amount"))) else ""


def _is_numbering(words: Sequence[str]) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3 … below the heading, or 栏次 and these."""
    own = [text.strip("()") for text in words if text not in ("栏次", "列次", "序号", "甲", "乙", "丙")]
    return len(own) >= 3 and own == [str(number) for number in range(1, len(own) + 1)]


def _says_no_day(row: _Row, words: Sequence[str], layout: Layout, fields: Sequence[Field]) -> bool:
    """Whether a row lacks what every row has: its day, or in a list of projects anything but one name and figures."""
    days = [layout.columns.get(field.key) for field in fields if field.kind == "day"]
    if days:
        return not any(row.at(place) for place in days)
    return sum(not _FIGURES.fullmatch(text) and not _ORDINAL.fullmatch(text) for text in words) <= 1


def _is_nothing(text: str) -> bool:
    """Whether an amount is blank or 0."""
    return not text or _ZERO.fullmatch(text) is not None
