"""The columns of the ledger as it is offered as a template and exported: one layout, which the reader knows (LG-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.core.text import N_
from projects.core.vocabulary import CATEGORIES, COMMITMENTS, FUNDING_SOURCES, MEASURES, NATURES
from projects.portfolio.ledger.fields import BY_KEY, SOURCE
from projects.portfolio.ledger.measures import Promise

EXAMPLE = "示例"
PROMISES = 3  # of a row; who has more gets a further row
TITLE = "项目台账"


@dataclass(frozen=True)
class Cell:
    """A column: its group, its heading, what it holds (a field's key), the words to choose from, a note on the heading,
    and what the example row says.
    """

    group: str
    heading: str
    key: str
    kind: str
    words: tuple[str, ...] = ()
    note: str = ""
    example: Any = None


def _plain(group: str, key: str, heading: str, example: Any = None, note: str = "") -> Cell:
    kind = BY_KEY[key].kind
    words = {"category": tuple(CATEGORIES.values()), "nature": tuple(NATURES.values())}.get(kind, ())
    return Cell(group, heading, key, kind, words, note, example)


def _promise(number: int) -> tuple[Cell, ...]:
    of = f"承诺{number}"
    first = number == 1
    return (
        Cell("承诺", of, f"promise#{number}", "words", (), "抄录原文; 先在系统里登记规划文件, 上传时选它",
             "年内主体工程完成50%以上" if first else None),
        Cell("承诺", f"{of}期限", f"promise_due#{number}", "finish", (), "", dt.date(2021, 12, 31) if first else None),
        Cell("承诺", f"{of}口径", f"promise_measure#{number}", "measure", tuple(MEASURES.values()), "不填就按原文判断",
             MEASURES["structure_pct"] if first else None),
        Cell("承诺", f"{of}比例(%)", f"promise_threshold#{number}", "percent", (), "", 50 if first else None),
        Cell("承诺", f"{of}力度", f"promise_commitment#{number}", "commitment", tuple(COMMITMENTS.values()), "",
             COMMITMENTS["must"] if first else None),
    )  # fmt: skip


COLUMNS: tuple[Cell, ...] = (
    Cell("项目", "序号", "", "count", (), "写“示例”的行不读入", EXAMPLE),
    _plain("项目", "name", "项目名称", "示例县人民医院门诊综合楼项目", "必填"),
    _plain("项目", "code", "国家项目代码", "2101-370831-84-01-900001", "审批监管平台代码"),
    _plain("项目", "major_code", "重大项目库编码"),
    _plain("项目", "statistics_code", "统计代码"),
    _plain("项目", "place", "所在地", "山东省济宁市泗水县", "县市区的名称或六位代码"),
    _plain("项目", "address", "详细地址", "示例路 1 号"),
    _plain("项目", "category", "机构类别", CATEGORIES["hospital"]),
    _plain("项目", "nature", "建设性质", NATURES["new"]),
    _plain("项目", "industry", "所属行业", "综合医院"),
    _plain("单位和人员", "unit", "项目单位", "示例县人民医院"),
    _plain("单位和人员", "legal_unit", "项目法人", "示例县人民医院"),
    _plain("单位和人员", "supervising_unit", "日常监管直接责任单位", "示例县卫生健康局"),
    _plain("单位和人员", "supervisor", "监管责任人"),
    _plain("单位和人员", "responsible", "项目负责人"),
    _plain("单位和人员", "responsible_phone", "负责人电话"),
    _plain("单位和人员", "contact", "联系人"),
    _plain("单位和人员", "contact_phone", "联系电话"),
    _plain("建设内容", "content", "建设内容和规模", "新建门诊综合楼 3 万平方米"),
    _plain("建设内容", "area", "建筑面积(平方米)", 30000),
    _plain("建设内容", "beds", "床位数", 300),
    _plain("投资", "total", "总投资(万元)", 32000),
    _plain("投资", "building", "建安工程(万元)", 25000),
    _plain("投资", "equipment", "设备购置(万元)", 4000),
    _plain("投资", "other", "其他费用(万元)", 3000),
    *(
        Cell("资金来源(万元)", word, f"{SOURCE}{key}", "money", (), "批复(概算)的金额",
             {"cbi": 12000, "county": 20000}.get(key))
        for key, word in FUNDING_SOURCES.items()
    ),
    _plain("计划", "plan_start", "计划开始", dt.date(2021, 3, 1), "两个日期都要有"),
    _plain("计划", "plan_finish", "计划完成", dt.date(2022, 12, 31)),
    *(cell for number in range(1, PROMISES + 1) for cell in _promise(number)),
    _plain("备注", "note", "备注"),
)  # fmt: skip
NOTES = (
    (N_("怎么填"), N_("一行一个项目。列可以少, 次序可以变; 空白的格子不改动已登记的内容。")),
    (N_("历史月份"), N_("在右边加列, 表头写明年月和内容, 如“2021年3月形象进度”“2021年3月累计完成投资(万元)”。")),
    (N_("多条承诺"), N_("超过三条时, 项目另写一行。")),
    (N_("金额"), N_("万元; 0 和空白一样, 表示没有说。")),
)


def values_of(facts: Mapping[str, Any], place: str) -> list[list[Any]]:
    """A project as rows of the sheet; more than one where it has more promises than a row holds."""
    promises: Sequence[Promise] = facts.get("promises", ())
    parts = [promises[start : start + PROMISES] for start in range(0, len(promises), PROMISES)] or [()]
    return [[_value(cell, facts, place, own) for cell in COLUMNS] for own in parts]


def _value(cell: Cell, facts: Mapping[str, Any], place: str, promises: Sequence[Promise]) -> Any:
    name, _, number = cell.key.partition("#")
    if number:
        own = promises[int(number) - 1] if int(number) <= len(promises) else None
        return own and _of_promise(name, own)
    if cell.key == "place":
        return place
    value = facts.get(cell.key)
    if value is None:
        return None
    if cell.kind == "money":
        return value / 1_000_000
    words = {"category": CATEGORIES, "nature": NATURES}.get(cell.kind)
    return words[value] if words else value


def _of_promise(name: str, one: Promise) -> Any:
    if name == "promise_threshold":
        return None if one.threshold is None or one.measure == "investment" else one.threshold / 100
    told = {"promise": one.wording, "promise_due": one.due, "promise_measure": MEASURES[one.measure]}
    return (told | {"promise_commitment": COMMITMENTS[one.commitment]})[name]
