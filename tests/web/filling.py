"""What a person might type into each form of the application."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from works.files.pictures import jpeg

from projects.portfolio.book.workbook import to_xlsx
from projects.samples.demo.scenarios import STATUS_DATE
from projects.web.once import FIELD

sys.path.append(str(Path(__file__).parents[1] / "portfolio" / "ledger"))

from workbooks import workbook

TABLE = "拨付日期,付款单位,收款单位,金额(元),摘要\n2021-11-02,示例县财政局,示例医院,{fen}.00,示例\n"
PLAN = """{name}市卫生健康委员会文件
关于印发《2021年医疗卫生建设工作要点》的通知
{name}市卫生健康委员会
2021年3月15日
2021年医疗卫生建设工作要点
一、2020年工作回顾
1. 过去一年, {name}市急救指挥中心项目已开工建设。
二、2021年重点任务
2. 年底前确保{name}市医学检验中心建成并投入使用。
3. 年底前{name}市儿童诊疗中心、{name}市康复医疗中心、{name}市护理实训中心项目主体工程完成50%以上。
"""
HEADINGS = ["项目名称", "建设地点", "计划开工", "计划完工", "2021年8月形象进度", "2021年9月形象进度"]


def ledger(name: str) -> bytes:
    """A ledger of one project that has two past months."""
    return workbook({"台账": [HEADINGS, [name, "济宁市", "2021-01", "2022-12", 20, 30]]})


UNITS = ("全称", "text", ()), ("类别", "words", ()), ("所在地", "place", ())


def register(unit: str) -> tuple[bytes, str]:
    """A register of one new unit."""
    return to_xlsx("登记簿", [("单位", UNITS, [[unit, "医院", "370800"]])], ("说明", [])), "register.xlsx"


def plan(name: str) -> dict[str, Any]:
    """A plan as it is pasted."""
    return {"text": PLAN.format(name=name), "year": "2021", "place_code": "370800", "file": (b"", "")}


PLACED = {"place_code": "370800"}
NEW = {"unit_id": "", "national_code": "", "document_id": "", "programme_id": ""}
GIVEN: dict[str, dict[str, Any]] = {  # what the form itself does not tell
    "cards.correct": {"name": "示例新名"} | NEW,
    "cards.give": {"to": "manager"},
    "cards.save_card": dict.fromkeys(("responsible_phone", "contact_phone"), "0537-1234567")
    | {"longitude": "116.5", "latitude": "35.4", "total_fen": "3", "major_code": "", "statistics_code": ""}
    | {f"years-{number}-{name}": "" for number in range(9) for name in ("year", "amount", "content")}
    | {f"needs-{number}-{name}": "" for number in range(9) for name in ("source", "year", "amount")},
    "charts.note": {"expected": "", "emergency": ""},
    "contracts.add": {"c-source_1": "cbi", "c-part_1": "1", "c-retention": ""},
    "contracts.correct": dict.fromkeys(("a-amount", "a-part_1"), "22000000") | {"a-unit": "元"},
    "contracts.pay": {"p-source_1": "special_bond", "p-part_1": "1"},
    "documents.add": {"number": "示例发改〔2021〕7号", "budget_year": "2021", "parent_number": "", "place_code": ""},
    "findings.handle": {"until": ""},
    "findings.handle_document": {"until": ""},
    "funding.compose": {"c-source": "donation", "c-emergency": ""},
    "funding.post": {"budget_year": "2021"},
    "merging.merge": {"into": "市公共卫生医疗中心"},
    "people.change_role": {"places": ""},
    "people.stop_resting": {"confirmed": "1"},
    "places.add": {"code": "370899", "name": "示例区"},
    "places.home": {"home": "370800"},
    "programmes.add": {"name": "示例项目群", "document_id": ""} | PLACED,
    "promises.add": {"threshold": ""},
    "promises.add_of_programme": {"threshold": "3"},
    "promises.ask_to_revise": {"threshold": "", "wording": "示例"},
    "readings.accept": {"as_project": ""},
    "readings.accept_several": {"ids": [str(number) for number in range(1, 99)]},
    "readings.add_by_hand": {"wording": "市康复医疗中心", "project": "示例补录楼", "threshold": ""},
    "readings.note_event": {"as_project": "市公共卫生医疗中心"},
    "register.add": {"title": "示例文件"} | PLACED,
    "reports.file": {"action": "save"},
    "rules.adopt": {"action": "adopt", "early_days": "16"},
    "rules.choose": {"action": "adopt", "key": "ratio"},
    "rules.exempt": {"until": "2022-03-01"},
    "schedule.baseline": {"emergency": ""},
    "schedule.save": {"finish": "2024-12-31", "p25": "", "p50": "", "p75": "", "emergency": ""},
    "schedule.weights": {"emergency": ""},
    "treasury.add": {"place_code": ""},
    "units.add": {"name": "示例单位", "place_code": "370800"},
    "units.change": {"short_name": "示例"},
}
IMPORT = {"kind": "receipts", "place": ""}
LEDGER = {"place": "370800", "month": "2021-10", "document": ""}
SEVERAL: dict[str, list[dict[str, Any]]] = {  # all of which are sent: one to be undone, one to be dropped
    "book.create": [{"file": register(f"示例医院{name}")} for name in "甲乙"],
    "cards.add": [{"name": f"示例{name}楼"} | PLACED | NEW for name in "甲乙"],
    "imports.create": [
        IMPORT | {"file": (TABLE.format(fen=fen).encode(), f"receipts-{fen}.csv")} for fen in (4711, 815)
    ],
    "ledgers.create": [LEDGER | {"file": (ledger(f"{name}院楼"), f"{name}.xlsx")} for name in "甲乙丙丁"],
    "ledgers.post": [{}],
    "readings.name_document": [{}],
    "readings.send": [plan("甲"), plan("乙")],
}
CHOSEN = {"clause_id"}  # of these lists something is chosen
FIRST = (  # which need what others settle
    "matching.split",
    "matching.confirm",
    "matching.reject",
    "ledgers.assign",
    "ledgers.choose",
    "ledgers.drop",
)


def turn(one: tuple[str, Any]) -> int:
    """When the forms of an endpoint are sent."""
    return FIRST.index(one[0]) if one[0] in FIRST else len(FIRST)


def filled(endpoint: str, fields: dict[str, tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """What a person might type into the fields of a form, once for each of its buttons."""
    values: dict[str, Any] = {}
    buttons: list[dict[str, str]] = []
    for name, (kind, value) in fields.items():
        match kind:
            case _ if name in {FIELD, "csrf_token"}:
                continue
            case "button":
                buttons.append({name.partition("=")[0]: value} if name else {})
            case "file":
                values[name] = (jpeg(), "photo.jpg")
            case "date":
                values[name] = value or STATUS_DATE.isoformat()
            case "hidden" | "select" | "radio":
                values[name] = value
            case _ if "part_" in name or (name.startswith("fen-") and any(one.startswith("fen-") for one in values)):
                values[name] = value
            case _:
                values[name] = value or "1"
    for button in buttons or [{}]:
        for more in SEVERAL.get(endpoint, [GIVEN.get(endpoint, {})]):
            yield values | button | more
