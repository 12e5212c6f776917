"""Rule sets, exemptions and renewal at the limit itself: rules L-5, L-8 and L-10 of docs/rules/lights.md."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.verdicts.facts.facts import RuleBook, RuleSet
from projects.verdicts.rules.checks import check_exemption
from projects.verdicts.rules.figures import FIGURES, figures_of, other_words, progress_words, read, to_entry
from projects.verdicts.rules.renewal import Outstanding, Stands, label, listed, outstanding

MAY = dt.date(2021, 5, 31)
# as L-8 and the form say: the least, the most, and whether only whole numbers
RANGES = {
    "progress_yellow": (0, 100, False),
    "progress_red": (0, 100, False),
    "progress_running": (0, 12, True),
    "start_yellow": (1, 24, True),
    "start_red": (1, 24, True),
    "money_ahead": (0, 100, False),
    "entry_yellow": (0, 24, True),
    "entry_red": (0, 24, True),
    "behind_days": (1, 365, True),
    "stale_days": (15, 365, True),
    "early_days": (1, 365, True),
    "kept_from": (50, 97, False),
    "risk_from": (3, 97, False),
    "fresh_days": (31, 365, True),
    "silent_days": (31, 365, True),
    "silent_months": (1, 12, True),
    "report_day": (1, 28, True),
    "works_days": (1, 365, True),
    "stop_days": (1, 1095, True),
    "leap_points": (1, 100, False),
    "tally_yellow": (0, 100, False),
    "tally_red": (0, 100, False),
}
LOWER = {"progress_yellow": "progress_red", "start_yellow": "start_red", "entry_yellow": "entry_red"}


def entry(**changes: str) -> dict[str, str]:
    return to_entry(figures_of(RuleSet())) | changes


def wrong(**changes: str) -> set[str]:
    return set(read(entry(**changes))[1])


def test_l8_the_figures_of_a_set_and_their_ranges():
    assert {name: (one.low, one.high, one.whole) for name, one in FIGURES.items()} == RANGES
    assert wrong() == set()


@pytest.mark.parametrize("name", RANGES)
def test_l8_a_figure_is_taken_at_both_ends_of_its_range_and_not_beyond(name: str):
    low, high, whole = RANGES[name]
    partner = {LOWER.get(name, "tally_yellow" if name == "tally_red" else name): str(high)}
    assert read(entry(**partner | {name: str(low)}))[0][name] == low
    assert name not in wrong(**partner | {name: str(high)})
    assert name in wrong(**{name: str(high + 1)})
    assert low == 0 or name in wrong(**{name: str(low - 1)})
    assert (name in wrong(**partner | {name: f"{high - 1}.5"})) == whole
    assert f"请填 {low} 到 {high} 之间的数" in str(read(entry(**{name: "x"}))[1][name])


def test_l8_whole_figures_are_kept_whole_and_others_with_their_decimals():
    found = read(entry(start_red="3.0", money_ahead="12.25"))[0]
    assert (found["start_red"], type(found["start_red"]), found["money_ahead"]) == (3, int, 12.25)
    assert "money_ahead" in wrong(money_ahead="12.255")
    assert "money_ahead" in wrong(money_ahead="00012")
    assert wrong(progress_kind="x") == {"progress_kind"}


@pytest.mark.parametrize(
    ("low", "high", "named"),
    [("start_yellow", "start_red", "start_red"), ("entry_yellow", "entry_red", "entry_red")],
)
def test_l8_red_is_not_earlier_than_yellow(low: str, high: str, named: str):
    assert wrong(**{low: "5", high: "5"}) == set()
    assert wrong(**{low: "6", high: "5"}) == {named}
    assert wrong(**{low: "4", high: "5"}) == set()
    assert wrong(**{low: "x", high: "1"}) == {low}
    assert wrong(**{low: "9", high: "x"}) == {high}


def test_l8_red_is_not_milder_than_yellow():
    assert wrong(tally_red="70", tally_yellow="70") == set()
    assert wrong(tally_red="70.01", tally_yellow="70") == {"tally_yellow"}
    assert wrong(progress_kind="gap", progress_yellow="20", progress_red="20") == set()
    assert wrong(progress_kind="gap", progress_yellow="20", progress_red="19.99") == {"progress_red"}
    assert wrong(progress_kind="gap", progress_yellow="20", progress_red="21") == set()
    assert wrong(progress_kind="ratio", progress_yellow="80", progress_red="80") == set()
    assert wrong(progress_kind="ratio", progress_yellow="80", progress_red="80.01") == {"progress_red"}
    assert wrong(progress_kind="ratio", progress_yellow="80", progress_red="79") == set()
    assert wrong(progress_yellow="x", progress_red="0") == {"progress_yellow"}
    assert wrong(progress_yellow="1", progress_red="x") == {"progress_red"}
    assert wrong(progress_kind="x", progress_yellow="20", progress_red="1") == {"progress_kind"}


def test_l8_a_set_tells_what_it_asks():
    gap = RuleSet(progress_yellow=10.0, progress_red=30.0)
    assert str(progress_words(gap)) == "落后计划 10 个百分点起黄灯, 超过 30 个百分点红灯"
    ratio = RuleSet(progress_kind="ratio", progress_yellow=100.0, progress_red=50.0, progress_running=1)
    assert str(progress_words(ratio)) == "低于序时进度的 100% 黄灯, 低于 50% 红灯; 连续 1 个月未达到升为红灯"
    assert {key: str(words) for key, words in other_words(RuleSet()).items()} == {
        "start": "计划开工当月起, 错过 1 个月黄灯, 3 个月红灯",
        "payment": "支付比例超前形象进度 15 个百分点以上红灯",
        "entry": "开工超过 1 个月未入统黄灯, 超过 2 个月红灯",
    }
    assert to_entry({"progress_kind": "gap", "progress_red": 30.0, "money_ahead": 12.5, "start_red": 3}) == {
        "progress_kind": "gap",
        "progress_red": "30",
        "money_ahead": "12.5",
        "start_red": "3",
    }


@pytest.mark.parametrize(("days", "taken"), [(-1, False), (0, True), (365, True), (366, True), (367, False)])
def test_l5_an_exemption_ends_from_today_to_366_days_on(days: int, taken: bool):
    until = (MAY + dt.timedelta(days=days)).isoformat()
    given = {"light": "entry", "reason": "汛期", "requested_by": "单位", "until": f" {until} "}
    columns, refused = check_exemption(given, MAY)
    assert ("until" not in refused) == taken
    assert columns == {
        "light": "entry",
        "reason": "汛期",
        "requested_by": "单位",
        "until": dt.date.fromisoformat(until),
    }


def test_l5_what_is_missing_from_an_exemption_is_named():
    columns, refused = check_exemption({}, MAY)
    assert columns["until"] is None
    assert {key: str(words) for key, words in refused.items()} == {
        "light": "请选择豁免哪个灯",
        "reason": "请写明理由",
        "requested_by": "请写明由谁申请, 例如项目单位及其来文",
        "until": "请填截止日期, 从今天起最长一年",
    }


# --- L-10 -------------------------------------------------------------------------------------------------------------

BOOK = RuleBook({"gap": RuleSet("gap-3"), "ratio": RuleSet("ratio-1")}, {None: "gap", 7: "ratio"})
NAMES = {"gap": "通用", "ratio": "比例"}


def test_l10_every_former_version_is_named_and_counted_by_the_version_in_force():
    made = outstanding(
        [
            Stands("project", None, "gap-1", 5),
            Stands("project", None, "gap-2", 3),
            Stands("project", None, "gap-3", 2),
            Stands("promise", None, "gap-2", 1),
            Stands("promise", None, "gap-3", 4),
            Stands("project", 7, "gap-3", 6),
        ],
        BOOK,
        NAMES,
    )
    first, second = made.lines
    assert (first.done, first.total, first.promises, first.versions) == (2, 10, 1, ("gap-1", "gap-2"))
    assert (second.done, second.total, second.promises, second.versions) == (0, 6, 0, ("gap-3",))
    assert str(first.words) == (
        "规则已改为“通用 第 3 版”, 还有 8 个项目和 1 条项目群承诺的判断仍按“通用 第 1 版、通用 第 2 版”。"
    )
    assert str(second.words) == "规则已改为“比例 第 1 版”, 还有 6 个项目的判断仍按“通用 第 3 版”。"
    assert (made.projects, made.promises, made.total, made.done) == (14, 1, 16, 2)
    assert made.versions == ["gap-1", "gap-2", "gap-3"]


def test_l10_promises_alone_may_wait():
    made = outstanding([Stands("project", None, "gap-3", 2), Stands("promise", None, "gap-2", 3)], BOOK, NAMES)
    assert str(made.lines[0].words) == "规则已改为“通用 第 3 版”, 还有 3 条项目群承诺的判断仍按“通用 第 2 版”。"
    assert (made.projects, made.promises, made.done) == (0, 3, 2)


def test_l10_nothing_waits_where_every_row_goes_by_the_version_in_force():
    assert (
        outstanding([Stands("project", None, "gap-3", 2), Stands("promise", 7, "ratio-1", 2)], BOOK, NAMES).lines == ()
    )
    assert (Outstanding().projects, Outstanding().versions, Outstanding().total) == (0, [], 0)


def test_l10_a_version_is_told_by_its_set_s_name_and_number():
    assert str(label("gap-12", NAMES)) == "通用 第 12 版"
    assert str(label("own-set-2", {"own-set": "本地"})) == "本地 第 2 版"
    assert str(label("x-1", NAMES)) == "内置规则"
    three = [label(f"gap-{number}", NAMES) for number in (1, 2, 3)]
    assert [str(listed(three[:count])) for count in (1, 2, 3)] == [
        "通用 第 1 版",
        "通用 第 1 版、通用 第 2 版",
        "通用 第 1 版、通用 第 2 版、通用 第 3 版",
    ]
