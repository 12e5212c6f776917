"""Where a table lies in a sheet: its heading row by the names of its columns, the unit of its amounts, its totals and
notes. Rule IM-1 of docs/rules/imports.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
_ASIDE = re.compile(r"\(.*\)|\[.*\]|【.*】|〔.*〕")
_UNIT_LINE = re.compile(r"(?:金额)?单位\s*[:]?\s*(?:人民币)?\s*(亿元|万元|元)")
_UNIT_IN_NAME = re.compile(
    r"[(\[【〔,、_/\s]*(?:单位\s*[:]?\s*)?(?:人民币)?(亿元|万元|元|yuan)[)\]】〕]*$", re.IGNORECASE
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
    return re.sub(r"\s+", "", even(text_of(value)))


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
            level for level in filled if not _ASIDE.fullmatch(tight(levels[level]))
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
    return bool(said) and all(_ASIDE.fullmatch(text) for text in said)


def _unit_above(rows: Sequence[Sequence[Value]]) -> str | None:
    for row in rows:
        for value in row:
            found = _UNIT_LINE.search(even(text_of(value)))
            if found:
                return found[1]
    return None


def row_kind(row: Sequence[Value], layout: Layout, fields: Sequence[Field], heading: Sequence[Value]) -> str:
    """`data`, `blank`, `total`, `note`, `section` (of a group, or a part of the row above), `other_way`, or `heading`
    where it is repeated on the next page.
    """
    used = {key: row[place] if place < len(row) else None for key, place in layout.columns.items()}
    said = [tight(value) for value in row if not is_blank(value)]
    if not said:
        return "blank"
    texts = [tight(value) for value in row if isinstance(value, str) and not is_blank(value)][:2]
    if any(TOTALS.fullmatch(text) for text in texts):
        return "total"
    if _is_remark(used, said, fields):
        return "note"
    if [squeezed(value) for value in row if not is_blank(value)] == [
        squeezed(value) for value in heading if not is_blank(value)
    ]:
        return "heading"
    return _kind_of_group(used, row, layout, fields) or (
        "data" if any(not is_blank(value) for value in used.values()) else "note"
    )


def _is_remark(used: Mapping[str, Value], said: Sequence[str], fields: Sequence[Field]) -> bool:
    """Whether a row is a note, a page's foot, or numbers the columns."""
    is_plain = all(is_blank(used.get(field.key)) for field in fields if field.kind != "text")
    return _is_numbering(said) or (is_plain and bool(_NOTES.fullmatch(said[0]) or _PAGES.fullmatch(said[0])))


def _kind_of_group(used: Mapping[str, Value], row: Sequence[Value], layout: Layout, fields: Sequence[Field]) -> str:
    """`total` or `section` of a group of rows, `other_way` for money that went out where it should have come in, else
    nothing.
    """
    if _says_no_day(used, row, fields):
        said = [tight(value) for value in row if not is_blank(value)]
        texts = [tight(value) for value in row if isinstance(value, str) and not is_blank(value)][:2]
        if any(_PART_TOTALS.fullmatch(text) for text in texts):
            return "total"
        if any(_PART_OF.fullmatch(text) for text in texts) or _SECTION.fullmatch(said[0]):
            return "section"
    other = row[layout.other_way] if layout.other_way is not None and layout.other_way < len(row) else None
    return "other_way" if _is_nothing(used.get("amount")) and not _is_nothing(other) else ""


def _is_numbering(said: Sequence[str]) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3 … below the heading, or 栏次 and these."""
    own = [text.strip("()") for text in said if text not in ("栏次", "列次", "序号", "甲", "乙", "丙")]
    return len(own) >= 3 and own == [str(number) for number in range(1, len(own) + 1)]


def _says_no_day(used: Mapping[str, Value], row: Sequence[Value], fields: Sequence[Field]) -> bool:
    """Whether a row lacks what every row has: its day, or in a list of projects anything but one name and figures."""
    days = [used.get(field.key) for field in fields if field.kind == "day"]
    if days:
        return all(is_blank(value) for value in days)
    words = [
        text
        for text in (tight(value) for value in row if not is_blank(value))
        if not _FIGURES.fullmatch(text) and not _ORDINAL.fullmatch(text)
    ]
    return len(words) <= 1


def _is_nothing(value: Value) -> bool:
    """Whether an amount is blank or 0."""
    return is_blank(value) or re.fullmatch(r"[¥￥]?0+([.]0*)?", tight(value)) is not None
