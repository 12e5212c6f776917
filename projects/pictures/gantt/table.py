"""The chart as a table: the same rows with all their dates, for the page's table view, CSV and Excel. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from projects.core.text import N_, render
from projects.pictures.gantt.facts import ChartGroup, ChartItem, ChartMilestone, ChartStage, Portfolio, Promise
from projects.pictures.gantt.wording import ChartWords, Translate
from projects.sheets.writing.table import Column, Table

COLUMNS = (
    ("group", N_("分组"), "text"),
    ("project", N_("项目"), "text"),
    ("kind", N_("类型"), "text"),
    ("name", N_("名称"), "text"),
    ("state", N_("承诺判断"), "text"),
    ("slip_days", N_("偏差 (天)"), "integer"),
    ("percent", N_("进度 (%)"), "percent"),
    ("plan_start", N_("计划开始"), "date"),
    ("plan_finish", N_("计划完成"), "date"),
    ("baseline_start", N_("基准开始"), "date"),
    ("baseline_finish", N_("基准完成"), "date"),
    ("actual_start", N_("实际开始"), "date"),
    ("actual_finish", N_("实际完成"), "date"),
    ("forecast_finish", N_("推算完成"), "date"),
    ("forecast_p10", N_("推算完成 (最早, P10)"), "date"),
    ("forecast_p90", N_("推算完成 (最晚, P90)"), "date"),
    ("probability", N_("按期可能性 (%)"), "percent"),
    ("due", N_("承诺期限"), "date"),
    ("clause", N_("条款"), "text"),
    ("works", N_("工程"), "text"),
    ("data", N_("数据"), "text"),
    ("sample", N_("示例"), "text"),
)
KINDS = {"project": N_("项目"), "stage": N_("阶段"), "milestone": N_("节点"), "promise": N_("承诺")}
Cells = tuple[object, ...]


def table(portfolio: Portfolio, translate: Translate) -> Table:
    """`portfolio` as a table: a row for each project, promise, stage and milestone, in the chart's order."""
    words = ChartWords(translate)
    kinds = {kind: translate(word) for kind, word in KINDS.items()}
    rows = [row for group in portfolio.groups for row in _group(group, words, kinds, portfolio.as_of)]
    columns = tuple(Column(key, translate(heading), kind) for key, heading, kind in COLUMNS)
    notes = ((translate(N_("状态日")), portfolio.as_of.isoformat()),)
    return Table(render(portfolio.title, translate), columns, rows, notes)


def _group(group: ChartGroup, words: ChartWords, kinds: dict[str, str], as_of: dt.date) -> Iterator[Cells]:
    title = words.title(group)
    for promise in group.promises:
        yield (title, "", kinds["promise"], *_promise(promise, words), "", "", "")
    for item in group.items:
        about = ("", "", words.sample if item.is_sample else "")
        answers = (words.works(item), words.data(item, as_of), about[-1])
        head = (item.label, words.state[item.state], item.slip_days, item.percent, *_dates(item), None, "")
        yield (title, item.label, kinds["project"], *head, *answers)
        for promise in item.promises:
            yield (title, item.label, kinds["promise"], *_promise(promise, words), *about)
        for stage in item.stages:
            counting = stage.percent is not None and stage.percent < 100
            slip = _late(stage.baseline_finish or stage.plan_finish, stage.actual_finish, as_of if counting else None)
            own = (words.say(stage.name), "", slip, stage.percent, *_dates(stage), None, "")
            yield (title, item.label, kinds["stage"], *own, *about)
        for milestone in item.milestones:
            yield (title, item.label, kinds["milestone"], *_milestone(milestone, words, as_of), *about)


def _dates(one: ChartItem | ChartStage) -> Cells:
    planned = (one.plan_start, one.plan_finish, one.baseline_start, one.baseline_finish)
    if one.actual_finish:
        return (*planned, one.actual_start, one.actual_finish, None, None, None, None)
    likely = (one.forecast_p10, one.forecast_p90, one.probability) if isinstance(one, ChartItem) else (None, None, None)
    return (*planned, one.actual_start, None, one.forecast_finish, *likely)


def _promise(one: Promise, words: ChartWords) -> Cells:
    likely = (one.forecast_p10, one.forecast_p90, one.probability)
    return (
        one.label,
        words.state[one.state],
        one.slip_days,
        None,
        None,
        None,
        None,
        None,
        None,
        one.met_on,
        one.forecast_on,
        *likely,
        one.due,
        one.clause,
    )


def _milestone(one: ChartMilestone, words: ChartWords, as_of: dt.date) -> Cells:
    missed = one.plan is not None and not one.done and one.plan < as_of
    verdict = words.sentence["missed"] if missed else words.sentence["sometime"] if one.done and not one.actual else ""
    return (
        words.say(one.name),
        verdict,
        _late(one.baseline or one.plan, one.actual, as_of if missed else None),
        None,
        None,
        one.plan,
        None,
        one.baseline,
        None,
        one.actual,
        None,
        None,
        None,
        None,
        None,
        "",
    )


def _late(plan: dt.date | None, actual: dt.date | None, as_of: dt.date | None) -> int | None:
    """Days after the plan: of what is done, early ones too; of what is open, only once the planned day is past."""
    if plan is None:
        return None
    if actual is not None:
        return (actual - plan).days
    return (as_of - plan).days if as_of is not None and as_of > plan else None
