"""The columns of a ledger of projects that are known, and what their cells hold: LG-2, LG-3 of docs/rules/ledger.md."""

from __future__ import annotations

from dataclasses import dataclass

from projects.core.text import N_
from projects.core.vocabulary import FUNDING_SOURCES

IGNORED = ""  # what a column is taken for that nobody reads


@dataclass(frozen=True)
class Field:
    """A column: what its cells hold (text, long, money, day, count, percent, or a word of a list), the group of columns
    it belongs to, and how many letters it takes.
    """

    key: str
    label: str
    kind: str
    group: str
    most: int = 200


GROUPS = {
    "project": N_("项目"),
    "people": N_("单位和人员"),
    "card": N_("建设内容"),
    "money": N_("投资"),
    "plan": N_("计划"),
    "promise": N_("承诺"),
    "progress": N_("进展"),
}
FIELDS: tuple[Field, ...] = (
    Field("name", N_("项目名称"), "text", "project"),
    Field("code", N_("国家项目代码"), "text", "project"),
    Field("major_code", N_("重大项目库编码"), "text", "project", 40),
    Field("statistics_code", N_("统计代码"), "text", "project", 40),
    Field("place", N_("所在地"), "place", "project"),
    Field("address", N_("详细地址"), "text", "project"),
    Field("category", N_("机构类别"), "category", "project"),
    Field("nature", N_("建设性质"), "nature", "project"),
    Field("industry", N_("所属行业"), "text", "project", 60),
    Field("unit", N_("项目单位"), "text", "people", 120),
    Field("legal_unit", N_("项目法人"), "text", "people", 120),
    Field("supervising_unit", N_("日常监管直接责任单位"), "text", "people", 120),
    Field("supervisor", N_("监管责任人"), "person", "people", 60),
    Field("responsible", N_("项目负责人"), "person", "people", 60),
    Field("responsible_phone", N_("负责人电话"), "phone", "people", 40),
    Field("contact", N_("联系人"), "person", "people", 60),
    Field("contact_phone", N_("联系电话"), "phone", "people", 40),
    Field("content", N_("建设内容和规模"), "long", "card", 2000),
    Field("area", N_("建筑面积 (平方米)"), "area", "card"),
    Field("beds", N_("床位数"), "count", "card"),
    Field("total", N_("总投资"), "money", "money"),
    Field("building", N_("其中: 建安"), "money", "money"),
    Field("equipment", N_("其中: 设备"), "money", "money"),
    Field("other", N_("其中: 其他费用"), "money", "money"),
    Field("plan_start", N_("计划开始"), "day", "plan"),
    Field("plan_finish", N_("计划完成"), "finish", "plan"),
    Field("promise", N_("承诺"), "words", "promise"),
    Field("promise_due", N_("承诺期限"), "finish", "promise"),
    Field("promise_measure", N_("承诺口径"), "measure", "promise"),
    Field("promise_threshold", N_("承诺比例 (%)"), "percent", "promise"),
    Field("promise_commitment", N_("承诺力度"), "commitment", "promise"),
    Field("percent", N_("形象进度 (%)"), "percent", "progress"),
    Field("invested", N_("累计完成投资"), "money", "progress"),
    Field("narrative", N_("进展情况"), "long", "progress", 4000),
    Field("note", N_("备注"), "long", "project", 1000),
)
BY_KEY = {one.key: one for one in FIELDS}
SOURCE = "source."  # and a source's key: what the source is approved to give
MONTH = "month."  # and 2021-03.percent, .invested (cumulative) or .added (of the month)
MONTHLY = {"percent": N_("形象进度 (%)"), "invested": N_("累计完成投资"), "added": N_("当月完成投资")}
YEAR = "year."  # and 2021.amount or .content: what is planned for a year
YEARLY = {"amount": N_("%(year)s 年计划投资"), "content": N_("%(year)s 年建设内容")}
LONGEST_YEAR = 500  # letters of what is to be built in a year, as on the project's card
PROMISED = ("promise", "promise_due", "promise_measure", "promise_threshold", "promise_commitment")
MOST_PROMISES = 5  # of one row
# Columns that are known and not read from a ledger, with where else they are entered.
ELSEWHERE = {
    "order": N_("只是编号"),
    "begun": N_("实际开工和完工在项目页的“审批与验收”里登记"),
    "money": N_("下达、到位和支付要一笔一笔有文号和日期, 才能与国库核对: 由财务从“资金”导入"),
    "statistics": N_("是否入统在月报里填写"),
    "status": N_("状态由系统按事实判断"),
}
SOURCE_LABELS = {f"{SOURCE}{key}": word for key, word in FUNDING_SOURCES.items()}
NATURE_WORDS = {
    "新建": "new",
    "扩建": "extension",
    "改扩建": "rebuilding",
    "改建": "renovation",
    "迁建": "relocation",
    "易地新建": "relocation",
    "异地新建": "relocation",
    "搬迁": "relocation",
    "改造": "renovation",
    "装修改造": "renovation",
    "维修改造": "renovation",
    "购置": "purchase",
    "设备购置": "purchase",
    "其他": "other",
    "续建": "other",
}

# The field of a project's card (`register/cards`) that a column fills, where it is called otherwise there.
CARD = {
    "area": "area_approved",
    "beds": "beds_approved",
    "total": "total_fen",
    "building": "building_fen",
    "equipment": "equipment_fen",
    "other": "other_fen",
} | {
    key: key
    for key in (
        "major_code", "statistics_code", "address", "nature", "industry", "legal_unit", "supervising_unit",
        "supervisor", "responsible", "responsible_phone", "contact", "contact_phone", "content",
    )
}  # fmt: skip
