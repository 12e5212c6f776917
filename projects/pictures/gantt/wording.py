"""The chart in words: what stands beside a bar, in its tooltip, in the table twin.

One `ChartWords` per page holds the translated sentences. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from projects.core.answers import data_text, works_text
from projects.core.text import N_, Text, render, told
from projects.core.vocabulary import SHAPES, STATES
from projects.pictures.gantt.facts import ChartGroup, ChartItem, ChartMilestone, ChartStage, Promise

Translate = Callable[[str], str]


class LegendEntry(NamedTuple):
    """A mark of the legend and its words."""

    key: str
    text: str


LEGEND = (
    LegendEntry("plan", N_("计划")),
    LegendEntry("baseline", N_("原计划")),
    LegendEntry("actual", N_("实际")),
    LegendEntry("forecast", N_("推算")),
    LegendEntry("slip", N_("晚于计划的部分")),
    LegendEntry("range", N_("完工的八成范围")),
    LegendEntry("planned", N_("节点: 计划")),
    LegendEntry("reached", N_("节点: 已达成")),
    LegendEntry("missed", N_("节点: 计划日已过, 未见达成")),
    LegendEntry("flag", N_("承诺期限")),
    LegendEntry("today", N_("状态日")),
)
_SENTENCES = {
    "plan": N_("计划 %(start)s 至 %(finish)s"),
    "baseline": N_("原计划 %(start)s 至 %(finish)s"),
    "actual": N_("实际 %(start)s 至 %(finish)s"),
    "running": N_("实际 %(start)s 开始, 尚未完成"),
    "finished": N_("实际 %(finish)s 完成"),
    "forecast": N_("推算 %(finish)s 完成"),
    "range": N_("八成可能在 %(start)s 至 %(finish)s 之间"),
    "percent": N_("完成 %(percent)s%%"),
    "days": N_("%(days)s 天"),
    "point": N_("计划 %(plan)s"),
    "reached": N_("实际 %(actual)s"),
    "missed": N_("计划日已过, 未见达成"),
    "promise": N_("承诺“%(label)s”"),
    "due": N_("期限 %(due)s"),
    "no_due": N_("未定期限"),
    "sometime": N_("已达到, 具体日期未记录"),
    "undated": N_("没有日期"),
    "unfold": N_("%(name)s: 展开各项承诺、阶段和节点"),
    "bars": N_("%(name)s 的承诺、阶段和节点图; 日期见表格视图"),
}


_START, _FINISH = "\1", "\2"  # stand in a sentence where its days go
_SPANS = ("baseline", "plan", "actual", "running", "finished", "forecast", "range")
_DATED = (*_SPANS, "percent", "sometime", "undated", "point", "reached", "missed")


def span_text(start: dt.date | None, finish: dt.date | None) -> dict[str, str]:
    """Both days as the sentences take them."""
    return {"start": start.isoformat() if start else "?", "finish": finish.isoformat() if finish else "?"}


def number(value: float) -> str:
    """A percentage without idle decimals: 48, 48.5."""
    return told(value)


class _Days(dict[dt.date | None, str]):
    """Days as they are written, each worked out once: a chart has a hundred thousand of some thousand
    different ones.
    """

    def __missing__(self, day: dt.date | None) -> str:
        found = self[day] = day.isoformat() if day else "?"
        return found


class ChartWords:
    """The sentences of one page in the reader's language."""

    def __init__(self, translate: Translate) -> None:
        self.translate = translate
        self.names = {"": ""}  # thousands of rows share few; the empty one is the catalogue's name for its own header
        self.sentence = {name: translate(msgid) for name, msgid in _SENTENCES.items()}
        self.is_plain = not any(
            sign in self.sentence[name] for name in _DATED for sign in "&<>\"'"
        )  # so are `dates` and `milestone`, of days and numbers
        self._spans = {name: self.sentence[name] % {"start": _START, "finish": _FINISH} for name in _SPANS}
        self._percents: dict[float, str] = {}  # a chart has few different ones
        self._days = _Days()
        self._answers: dict[tuple[str, ...], str] = {}
        self.sample = translate(N_("示例"))
        self.state = {state: translate(word) for state, word in STATES.items()}
        self.legend = {entry.key: translate(entry.text) for entry in LEGEND}

    def say(self, text: Text | str) -> str:
        """A rule's text, or the usual name of a stage or milestone, in the reader's language."""
        if isinstance(text, Text):
            return render(text, self.translate)
        if text not in self.names:
            self.names[text] = self.translate(text)
        return self.names[text]

    def title(self, group: ChartGroup) -> str:
        """A group's title: data stays as it is, our own words are translated."""
        return self.say(group.title) if isinstance(group.title, Text) else group.title

    def works(self, item: ChartItem) -> str:
        """The works against their plan: 落后 214 天; that there was no plan yet."""
        if item.unpublished:
            return self._said(Text(N_("当日尚无计划: 规划文件 %(on)s 才发布"), {"on": item.unpublished}))
        return self._said(works_text(item.works_state, item.works_days))

    def data(self, item: ChartItem, as_of: dt.date) -> str:
        """How fresh the data are: 及时, 6 天前."""
        return self._said(data_text(item.data_state, item.data_on, as_of))

    def _said(self, text: Text) -> str:
        """A text of which a chart has few different ones."""
        key = (text.msgid, *map(str, text.params.values()))
        if key not in self._answers:
            self._answers[key] = render(text, self.translate)
        return self._answers[key]

    def marked(self, title: str, item: ChartItem) -> str:
        """A project's name, with the mark of a sample where it rests on one."""
        return f"{title} [{self.sample}]" if item.is_sample else title

    def days(self, slip: int | None) -> str:
        """Slip with sign and unit: +17 天; empty where there is none."""
        if slip is None:
            return ""
        return self.sentence["days"] % {"days": f"{slip:+d}".replace("-", "−") if slip else "0"}

    def verdict(self, state: str, slip: int | None) -> str:
        """Shape, word and slip: ■ 将误期 +17 天."""
        return f"{SHAPES[state]} {self.state[state]} {self.days(slip)}".rstrip()

    def dates(self, one: ChartItem | ChartStage) -> list[str]:
        """What is known of a project's or stage's dates, a sentence each."""
        found = []
        if (one.baseline_start or one.baseline_finish) and (one.baseline_start, one.baseline_finish) != (
            one.plan_start,
            one.plan_finish,
        ):
            found.append(self._span("baseline", one.baseline_start, one.baseline_finish))
        if one.plan_start or one.plan_finish:
            found.append(self._span("plan", one.plan_start, one.plan_finish))
        if one.actual_start or one.actual_finish:
            kind = "running" if not one.actual_finish else "actual" if one.actual_start else "finished"
            found.append(self._span(kind, one.actual_start, one.actual_finish))
        if one.forecast_finish and not one.actual_finish:
            found.append(self._span("forecast", None, one.forecast_finish))
            if isinstance(one, ChartItem) and one.forecast_p10 and one.forecast_p90:
                found.append(self._span("range", one.forecast_p10, one.forecast_p90))
        if one.percent is not None:
            found.append(self._percents.get(one.percent) or self._done(one.percent))
            if one.percent >= 100 and not one.actual_finish:
                found.append(self.sentence["sometime"])
        return found or [self.sentence["undated"]]

    def _span(self, name: str, start: dt.date | None, finish: dt.date | None) -> str:
        """A sentence of both days; a chart has ten thousand."""
        return self._spans[name].replace(_START, self._days[start]).replace(_FINISH, self._days[finish])

    def _done(self, percent: float) -> str:
        found = self._percents[percent] = self.sentence["percent"] % {"percent": number(percent)}
        return found

    def milestone(self, one: ChartMilestone, as_of: dt.date) -> list[str]:
        """A milestone's days, a sentence each."""
        found = [self.sentence["point"] % {"plan": self._days[one.plan]}] if one.plan else []
        if one.actual:
            found.append(self.sentence["reached"] % {"actual": self._days[one.actual]})
        elif one.done:
            found.append(self.sentence["sometime"])
        elif one.plan and one.plan < as_of:
            found.append(self.sentence["missed"])
        return found or [self.sentence["undated"]]

    def promise(self, one: Promise) -> str:
        """A promise with its due day, verdict and clause."""
        due = self.sentence["due"] % {"due": one.due.isoformat()} if one.due else self.sentence["no_due"]
        parts = [
            self.sentence["promise"] % {"label": one.label},
            due,
            f"{self.state[one.state]} {self.days(one.slip_days)}".rstrip(),
            one.clause,
        ]
        return ", ".join(part for part in parts if part)
