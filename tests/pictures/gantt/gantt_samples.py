"""Charts to draw: hand-made ones with every state, and hypothesis strategies for odd ones."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from projects.core.text import Text
from projects.core.vocabulary import DATA_STATES, STATES, WORKS_STATES
from projects.pictures.gantt.facts import ChartGroup, ChartItem, ChartMilestone, ChartStage, Portfolio, Promise

DAY = dt.date
TODAY = DAY(2021, 11, 30)
TITLE = Text("各项目的计划与实际")


def item(slug: str = "zhongyi", **values: object) -> ChartItem:
    """A project under construction, 20 days behind its plan."""
    usual = {
        "label": "市公共卫生中医医疗中心",
        "sublabel": "济宁市",
        "state": "behind",
        "slip_days": 20,
        "percent": 48.5,
        "works_state": "behind",
        "works_days": 16,
        "data_state": "fresh",
        "data_on": DAY(2021, 11, 30),
        "plan_start": DAY(2021, 1, 1),
        "plan_finish": DAY(2022, 6, 30),
        "actual_start": DAY(2021, 2, 1),
        "forecast_finish": DAY(2022, 7, 20),
        "stages": (
            ChartStage(
                "基础 ±0.00",
                DAY(2021, 1, 1),
                DAY(2021, 4, 30),
                actual_start=DAY(2021, 2, 1),
                actual_finish=DAY(2021, 5, 31),
                percent=100.0,
            ),
            ChartStage("主体结构", DAY(2021, 4, 1), DAY(2021, 10, 31), actual_start=DAY(2021, 5, 1), percent=40.0),
            ChartStage("装饰装修", DAY(2021, 12, 1), DAY(2022, 4, 30), percent=0.0),
        ),
        "milestones": (
            ChartMilestone("施工许可", DAY(2021, 1, 20), DAY(2021, 1, 28), gate=True, done=True),
            ChartMilestone("主体封顶", DAY(2021, 10, 31)),
            ChartMilestone("竣工验收", DAY(2022, 6, 30)),
        ),
        "promises": (
            Promise(
                f"{slug}-1", "年内主体工程完成50%以上", DAY(2021, 12, 31), "behind", 20, "济卫规划字〔2021〕1号 12"
            ),
        ),
    }
    return ChartItem(slug, **(usual | values))  # type: ignore[arg-type]


def portfolio(*items: ChartItem, as_of: dt.date = TODAY, group: str = "五大中心") -> Portfolio:
    """The projects as one group."""
    return Portfolio(as_of, (ChartGroup("1", group, items),) if items else (), TITLE, len(items))


def many(count: int, groups: int = 3) -> Portfolio:
    """`count` projects in some groups, each state in turn, some with rare characters or long names."""
    names = (
        "漷县中心卫生院迁建",
        "瀍河区人民医院",
        "第九人民医院医疗卫生综合服务能力提升及公共卫生应急处置中心建设项目(二期)配套工程",
        "妇幼保健院新院区",
    )
    states = list(STATES)
    rows = [
        item(
            f"p{number}",
            label=f"{names[number % 4]}{number}",
            state=states[number % len(states)],
            is_sample=number == 1,
        )
        for number in range(count)
    ]
    size = -(-count // groups)
    cut = [tuple(rows[start : start + size]) for start in range(0, count, size)]
    return Portfolio(
        TODAY, tuple(ChartGroup(str(key), f"第{key}项目群", part) for key, part in enumerate(cut)), TITLE, count
    )


# --- strategies -------------------------------------------------------------------------------------------------------

dates = st.none() | st.dates(DAY(2000, 1, 1), DAY(2100, 12, 31))
names = st.text(max_size=30)
stages = st.builds(ChartStage, names, *[dates] * 7, st.none() | st.floats(0, 100))
milestones = st.builds(ChartMilestone, names, dates, dates, dates, st.booleans(), st.booleans())
states = st.sampled_from(list(STATES))
promises = st.builds(Promise, st.just("t"), names, dates, states, st.none() | st.integers(-9999, 9999), names)
items = st.builds(
    ChartItem,
    st.text("abc-123", min_size=1, max_size=8),
    names,
    names,
    states,
    st.none() | st.integers(-9999, 9999),
    st.none() | st.floats(0, 100),
    *[dates] * 7,
    st.lists(stages, max_size=3).map(tuple),
    st.lists(milestones, max_size=3).map(tuple),
    st.lists(promises, max_size=2).map(tuple),
    st.booleans(),
    works_state=st.sampled_from(list(WORKS_STATES)),
    works_days=st.none() | st.integers(-9999, 9999),
    data_state=st.sampled_from(list(DATA_STATES)),
    data_on=dates,
)
groups = st.builds(
    ChartGroup,
    st.text("abc", min_size=1, max_size=3),
    names,
    st.lists(items, max_size=4).map(tuple),
    st.lists(promises, max_size=1).map(tuple),
)
portfolios = st.builds(
    Portfolio, st.dates(DAY(2000, 1, 1), DAY(2100, 12, 31)), st.lists(groups, max_size=3).map(tuple), st.just(TITLE)
)
