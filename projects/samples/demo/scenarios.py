"""What the samples (示例) tell: one line of made-up facts for each project of the five plans, as of `STATUS_DATE`.

Nothing here is on record. The lines agree with what is: 中医医疗中心 has no main structure before its start in 2021-11,
健康护理学院 costs 16.33 亿元 of social capital, 重症医学中心 has 20 floors, 市儿童医院 has not started in 2020. The
rest is chosen so that every verdict can be seen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from projects.core.text import N_

STATUS_DATE = dt.date(2021, 11, 30)
DEMO_SETTING = "demo_status_date"
FIRST_MONTH, LAST_MONTH = 3, 11  # reports run from March to November of the plan's year


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass(frozen=True)
class Scenario:
    """A project with works reports. Days, percents and 万元.

    `begins` and `ends` frame the baseline plan; works run `late` days behind it at `pace` (1 is as planned). `prep`
    replaces that by percents of the first stage, month by month, where nothing else has moved. `rebased` is the day a
    new plan was made and the days it moved the rest by. `approvals` is the last approval passed where works have not
    started, and `hurry` the share of the usual time that approvals took; `begun`, `permitted` and `in_use` are days of
    those gates where they are not derived. `phased`: in use while works go on. `renovation`: an existing building, so
    no foundation, no structure and no start of its own.
    """

    slug: str
    year: int
    begins: dt.date
    ends: dt.date
    total: int
    funds: tuple[tuple[str, int], ...]
    pace: float = 1.0
    late: int = 0
    prep: tuple[int, ...] = ()
    floors: int | None = None
    rebased: tuple[dt.date, int] | None = None
    plan: str = "percents"  # or "stages": dated stages besides the percents, or "ends": only start and finish
    approvals: str = ""
    begun: dt.date | None = None
    permitted: dt.date | None = None
    in_use: dt.date | None = None
    hurry: float = 1.0
    phased: bool = False
    renovation: bool = False
    money: str = "sound"  # or "local_short", "ahead", "idle", "late"
    problem: str = ""


RENOVATION: dict[str, float] = {
    "preparation": 10,
    "foundation": 0,
    "structure": 0,
    "secondary": 10,
    "mep": 35,
    "fit_out": 35,
    "external": 5,
    "handover": 5,
}
CITY_BOND = (("cbi", 30), ("special_bond", 45), ("municipal", 25))
COUNTY = (("cbi", 28), ("provincial", 12), ("special_bond", 40), ("county", 20))
COUNTY_CITY = (("cbi", 15), ("special_bond", 55), ("municipal", 10), ("county", 20))
CENTRAL_REGION = (("cbi", 45), ("special_bond", 35), ("municipal", 20))
OWN = (("municipal", 60), ("special_bond", 40))


def _works(slug: str, baseline: str, total: int, funds: tuple[tuple[str, int], ...], **more: Any) -> Scenario:
    """A line of the list below: the plan's year stands in the slug, the baseline as its first and last day."""
    begins, ends = map(_day, baseline.split())
    return Scenario(slug, 2000 + int(slug.partition("-")[0][-2:]), begins, ends, total, funds, **more)


SCENARIOS = (
    _works(
        "jn21-01-jianyan",
        "2020-03-16 2021-11-30",
        18600,
        CITY_BOND,
        pace=1.02,
        floors=6,
        plan="stages",
        in_use=_day("2021-11-12"),
    ),
    _works("jn21-02-yiliao", "2020-11-23 2023-05-31", 96000, CITY_BOND, pace=0.97, late=12, floors=14, plan="stages"),
    _works(
        "jn21-03-zhongzheng",
        "2020-10-19 2023-06-30",
        152000,
        CITY_BOND,
        pace=0.88,
        late=22,
        floors=20,
        plan="stages",
        money="late",
        problem="示例: 地下室涌水处理占用工期18天, 请协调增加降水设备",
    ),
    _works(
        "jn21-04-zhongyi",
        "2020-12-01 2023-05-31",
        88000,
        CITY_BOND,
        prep=(20, 28, 35, 45, 52, 60, 70, 82, 95),
        floors=16,
        plan="stages",
        approvals="construction_permit",
        permitted=_day("2021-11-08"),
        money="idle",
        problem="示例: 用地手续办理较晚, 开工晚于计划, 请协调",
    ),
    _works("jn21-05-huli", "2020-11-05 2022-12-30", 163300, (("private", 100),), pace=1.04, floors=6, plan="stages"),
    _works("jn21-07-sishui-zhongyi", "2020-05-11 2022-03-31", 15800, COUNTY, pace=0.96, late=10, floors=11),
    _works(
        "jn21-08-sishui-eryuan",
        "2020-08-03 2022-01-28",
        6200,
        COUNTY,
        pace=0.8,
        late=25,
        floors=5,
        money="local_short",
        problem="示例: 县级配套资金未到位, 影响安装进度",
    ),
    _works(
        "jn21-09-weishan-zhongyi",
        "2020-06-15 2022-05-31",
        12400,
        COUNTY,
        pace=0.94,
        late=8,
        floors=9,
        permitted=_day("2020-09-21"),
    ),
    _works(
        "jn21-10-yutai-fuyou",
        "2020-04-20 2021-12-24",
        9800,
        COUNTY,
        pace=0.9,
        late=14,
        floors=8,
        rebased=(_day("2021-06-30"), 75),
    ),
    _works("jn21-11-yutai-eryuan", "2020-09-07 2022-06-30", 11200, COUNTY, late=5, floors=7),
    _works(
        "jn21-12-jinxiang-zhongyi",
        "2020-02-24 2021-09-30",
        7600,
        COUNTY,
        pace=1.04,
        floors=4,
        in_use=_day("2021-09-16"),
    ),
    _works("jn21-13-jiaxiang", "2020-07-20 2022-02-28", 13900, COUNTY, pace=0.88, late=20, floors=9),
    _works(
        "jn21-14-wenshang",
        "2020-03-09 2022-09-30",
        32500,
        COUNTY_CITY,
        pace=0.98,
        late=6,
        floors=12,
        rebased=(_day("2021-04-30"), 40),
    ),
    _works("yc21-01-beiyuan", "2020-07-06 2023-03-31", 74000, CENTRAL_REGION, late=2, floors=18, plan="stages"),
    _works(
        "yc21-02-zhongyi",
        "2020-08-10 2022-10-31",
        41000,
        CENTRAL_REGION,
        pace=1.02,
        floors=12,
        plan="stages",
        money="ahead",
    ),
    _works(
        "yc21-03-jikong",
        "2020-06-08 2022-10-31",
        16500,
        CENTRAL_REGION,
        pace=0.82,
        late=30,
        floors=8,
        plan="stages",
        rebased=(_day("2021-05-31"), 45),
        money="idle",
        problem="示例: 施工班组不足, 连续两月未完成月计划",
    ),
    _works(
        "yc21-04-fubao",
        "2021-01-11 2023-08-31",
        28000,
        CENTRAL_REGION,
        prep=(10, 15, 25, 30, 40, 45, 55, 60, 70),
        floors=13,
        approvals="planning_permit",
        money="idle",
        problem="示例: 施工图尚未通过审查, 年内难以开工",
    ),
    _works(
        "yc21-05-chuanran",
        "2021-02-22 2023-12-29",
        52000,
        CENTRAL_REGION,
        prep=(15, 18, 20, 24, 28, 32, 38, 45, 50),
        plan="ends",
        approvals="feasibility",
    ),
    _works("jdz21-01-neike", "2019-10-14 2021-12-31", 23800, CENTRAL_REGION, pace=0.99, late=4, floors=16),
    _works(
        "jdz21-02-chuanran",
        "2020-06-01 2022-03-31",
        9600,
        CENTRAL_REGION,
        pace=0.9,
        late=10,
        floors=5,
        money="local_short",
    ),
    _works(
        "jdz21-03-xinqu",
        "2021-06-01 2024-03-29",
        68000,
        CENTRAL_REGION,
        late=3,
        floors=17,
        begun=_day("2021-08-16"),
        permitted=_day("2021-09-27"),
    ),
    _works(
        "wx20-01-nanyuan",
        "2017-03-01 2020-09-18",
        298000,
        OWN,
        pace=1.01,
        floors=15,
        plan="stages",
        in_use=_day("2020-08-27"),
    ),
    _works("wx20-02-jingwei", "2018-10-29 2021-12-31", 36800, OWN, pace=0.99, late=20, floors=11),
    _works(
        "wx20-03-ertong",
        "2019-06-03 2023-06-30",
        186000,
        OWN,
        prep=(20, 22, 24, 26, 28, 30, 32, 34, 36),
        floors=16,
        approvals="proposal",
    ),
    _works("wx20-04-jijiu", "2020-02-10 2022-06-30", 14200, OWN, late=110, floors=9, plan="ends"),
    _works("wx20-05-fuyou", "2018-11-12 2020-12-18", 22600, OWN, pace=1.03, renovation=True),
    _works(
        "jx19-01-jiankangcheng",
        "2019-04-08 2023-12-29",
        460000,
        (("provincial", 40), ("special_bond", 60)),
        prep=(5, 8, 16, 28, 36, 45, 60, 78, 100),
        approvals="construction_permit",
        begun=_day("2019-12-18"),
        hurry=0.4,
    ),
    _works(
        "jx19-02-xinqu-yiyuan",
        "2016-05-03 2019-12-27",
        1080000,
        (("provincial", 35), ("special_bond", 65)),
        pace=0.96,
        plan="ends",
        in_use=_day("2019-07-18"),
        phased=True,
    ),
)

# Reports of the status month that are not approved yet (state, and the comment where it was returned), or not written
# at all (None).
UNAPPROVED: dict[str, tuple[str, str] | None] = {
    "jn21-02-yiliao": ("submitted", ""),
    "jn21-11-yutai-eryuan": ("submitted", ""),
    "yc21-03-jikong": ("returned", "示例: 主体结构的层数与监理月报不一致, 请核对后重报"),
    "jn21-05-huli": ("draft", ""),
    "jn21-03-zhongzheng": None,
    "yc21-01-beiyuan": None,
}
# Reports that were returned once before they were approved: (project, month).
SECOND_ROUND = {
    ("jn21-13-jiaxiang", dt.date(2021, 8, 1)): "示例: 缺少累计完成投资的依据, 请补充",
    ("wx20-02-jingwei", dt.date(2020, 6, 1)): "示例: 请补充下月计划",
}
MANAGED = (
    "jn21-02-yiliao",
    "jn21-03-zhongzheng",
    "jn21-04-zhongyi",
    "jn21-05-huli",
    "yc21-01-beiyuan",
    "yc21-03-jikong",
)

# Projects without works: the gates they have passed.
GATES_ONLY: dict[str, tuple[tuple[str, dt.date], ...]] = {
    "jdz21-04-chanke": (("pipeline", _day("2021-01-18")), ("application", _day("2021-03-22"))),
    "jdz21-05-p2": (
        ("pipeline", _day("2021-01-18")),
        ("application", _day("2021-03-22")),
        ("proposal", _day("2021-08-09")),
    ),
    "jdz21-06-zhongyi": (("pipeline", _day("2021-02-03")), ("application", _day("2021-04-12"))),
    "jdz21-07-weixiao": (("pipeline", _day("2021-02-03")),),
    "jdz21-09-zhiyuan": (("pipeline", _day("2021-06-21")),),
}

# How many primary-care units had started and been completed: (programme, measure, day, number).
TALLIES = (
    *(
        ("wx20-jiceng", "start", _day(day), reached)
        for day, reached in (
            ("2020-03-27", 4),
            ("2020-05-28", 11),
            ("2020-07-28", 17),
            ("2020-09-28", 22),
            ("2020-10-28", 25),
            ("2020-11-27", 26),
        )
    ),
    *(
        ("wx20-jiceng", "complete", _day(day), reached)
        for day, reached in (
            ("2020-05-28", 1),
            ("2020-07-28", 3),
            ("2020-09-28", 6),
            ("2020-11-27", 8),
            ("2020-12-28", 9),
            ("2021-01-28", 11),
        )
    ),
)

# Sample people: username, display name, role.
PEOPLE = (
    ("manager", N_("示例项目管理员"), "manager"),
    ("finance", N_("示例财务人员"), "finance"),
    ("dispatcher", N_("示例调度员"), "dispatcher"),
    ("leader", N_("示例领导"), "leader"),
    ("reviewer", N_("示例单位审核员"), "reviewer"),
    ("admin", N_("示例系统管理员"), "admin"),
    ("security", N_("示例安全管理员"), "security"),
    ("auditor", N_("示例审计员"), "auditor"),
)
REVIEWING_UNIT = "鱼台县第二人民医院"  # whose report of the status month waits for approval
LEFT = ("former", N_("示例离任领导"), "leader", 120)  # and the days since the last sign-in
