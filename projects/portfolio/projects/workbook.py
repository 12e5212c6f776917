"""The catalogue's exports: exactly the rows that a page shows, in the reader's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask_babel import gettext as _

from projects.core import vocabulary as vocab
from projects.core.text import Text
from projects.portfolio.projects.purse import PARTS, Purses
from projects.portfolio.projects.rows import UNPUBLISHED, PortfolioRow, TargetRow
from projects.register.selection.filtering import PortfolioFilter
from projects.sheets.writing.table import Column, Table
from projects.web.filters import threshold
from projects.web.i18n import speak


def _notes(as_of: dt.date, chosen: PortfolioFilter) -> tuple[tuple[str, str], ...]:
    narrowed = ", ".join(
        f"{name}={value}" for name, value in chosen.query().items() if name not in {"sort", "per_page"}
    )
    return ((_("状态日"), as_of.isoformat()), (_("筛选"), narrowed or _("全部")), (_("来源"), _("项目承诺跟踪")))


def _sample(flag: bool) -> str:
    return _("示例") if flag else ""


def portfolio(
    rows: Sequence[PortfolioRow], as_of: dt.date, chosen: PortfolioFilter, money: Purses | None = None
) -> Table:
    """The portfolio as shown, with its money where that is asked for."""
    columns = (
        Column("slug", _("编号")),
        Column("name", _("项目")),
        Column("place", _("所在地")),
        Column("programme", _("项目群")),
        Column("unit", _("项目单位")),
        Column("category", _("类别")),
        Column("state", _("承诺判断")),
        Column("works_state", _("工程")),
        Column("works_days", _("工程偏差 (天)"), "integer"),
        Column("data_state", _("数据")),
        Column("data_age_days", _("数据天数"), "integer"),
        *(Column(f"light_{key}", _("%(light)s灯", light=_(word))) for key, word in vocab.PROJECT_LIGHTS.items()),
        Column("slip_days", _("偏差 (天)"), "integer"),
        Column("measure", _("承诺")),
        Column("threshold", _("数量")),
        Column("due", _("期限"), "date"),
        Column("commitment", _("承诺程度")),
        Column("percent", _("进度 (百分比)"), "percent"),
        Column("plan_percent", _("计划 (百分比)"), "percent"),
        Column("plan_finish", _("计划完工"), "date"),
        Column("forecast_finish", _("推算完工"), "date"),
        Column("forecast_p10", _("推算完工 (最早, P10)"), "date"),
        Column("forecast_p90", _("推算完工 (最晚, P90)"), "date"),
        Column("probability", _("按期可能性 (百分比)"), "percent"),
        Column("report_month", _("最近月报"), "month"),
        Column("investment_fen", _("完成投资 (元)"), "money"),
        Column("finding_count", _("问题数"), "integer"),
        Column("sample", _("示例")),
    )
    cells = [_cells(row, as_of, len(columns)) for row in rows]
    if money is None:
        return Table(_("项目清单"), columns, cells, _notes(as_of, chosen))
    wide = [(*cell, *_money(money, row)) for cell, row in zip(cells, rows, strict=True)]
    return Table(_("项目清单"), (*columns, *_money_columns()), wide, _notes(as_of, chosen))


def _cells(row: PortfolioRow, as_of: dt.date, width: int) -> tuple[object, ...]:
    """A project's cells; before its plan was published they say so, and nothing of what was planned later (S-20)."""
    about = (row.slug, row.name, row.place, row.programme, row.unit, _(vocab.CATEGORIES[row.category]))
    marks = (row.finding_count, _sample(row.rests_on_sample))
    if row.unpublished:
        said = speak(Text(UNPUBLISHED, {"on": row.unpublished}))
        return (*about, said, *[None] * (width - len(about) - 1 - len(marks)), *marks)
    return (
        *about, _(vocab.STATES[row.state]), _(vocab.WORKS_STATES[row.works_state]), row.works_days,
        _(vocab.DATA_STATES[row.data_state]), (as_of - row.data_on).days if row.data_on else None,
        *(_(vocab.SIGNALS[vocab.SIGNAL_OF[letter]]) for letter in row.lights), row.slip_days,
        _(vocab.MEASURES[row.measure]) if row.measure else None,
        threshold(row.threshold, row.measure, row.quantifier) if row.measure and row.quantifier else None,
        row.due, _(vocab.COMMITMENTS[row.commitment]) if row.commitment else None,
        row.percent, row.plan_percent, row.plan_finish, row.forecast_finish, row.forecast_p10, row.forecast_p90,
        row.probability, row.report_month, row.investment_fen, *marks,
    )  # fmt: skip


def _money_columns() -> list[Column]:
    words = {
        "allocated": _("下达 (元)"),
        "received": _("到位 (元)"),
        "paid": _("支付 (元)"),
        "receipt_rate": _("到位率 (百分比)"),
        "payment_rate": _("支付率 (百分比)"),
    }
    kinds = {"receipt_rate": "percent", "payment_rate": "percent"}
    parts = [
        Column(f"{part}_{name}", f"{_(title)}: {word}", kinds.get(name, "money"))
        for part, title in PARTS.items()
        for name, word in words.items()
    ]
    return [
        Column("approved", _("批复 (元)"), "money"),
        *parts,
        Column("money_findings", _("待处理的资金问题"), "integer"),
    ]


def _money(money: Purses, row: PortfolioRow) -> tuple[object, ...]:
    own = money.of(row)
    parts = [
        getattr(line, name)
        for line in (own.central, own.local)
        for name in ("allocated", "received", "paid", "receipt_rate", "payment_rate")
    ]
    return (own.total.approved, *parts, money.findings.get(row.id, 0))


def targets(rows: Sequence[TargetRow], as_of: dt.date, chosen: PortfolioFilter) -> Table:
    """The promises as shown, with their clauses and reasons."""
    columns = (
        Column("slug", _("编号")),
        Column("subject", _("项目或项目群")),
        Column("measure", _("承诺")),
        Column("threshold", _("数量")),
        Column("due", _("期限"), "date"),
        Column("commitment", _("承诺程度")),
        Column("state", _("判断")),
        Column("slip_days", _("偏差 (天)"), "integer"),
        Column("forecast", _("推算日期"), "date"),
        Column("forecast_p10", _("推算日期 (最早, P10)"), "date"),
        Column("forecast_p90", _("推算日期 (最晚, P90)"), "date"),
        Column("probability", _("按期可能性 (百分比)"), "percent"),
        Column("met", _("达到日期"), "date"),
        Column("met_by", _("不晚于"), "date"),
        Column("document", _("规划文件")),
        Column("number", _("文号")),
        Column("locator", _("条款")),
        Column("wording", _("原文")),
        Column("reasons", _("理由")),
        Column("basis", _("口径")),
        Column("former", _("原承诺期限")),
        Column("rule_set", _("规则")),
        Column("sample", _("示例")),
    )
    cells = [
        (
            row.slug, row.subject, _(vocab.MEASURES[row.measure]),
            threshold(row.threshold, row.measure, row.quantifier), row.due,
            _(vocab.COMMITMENTS[row.commitment]), _(vocab.STATES[row.state]), row.slip_days, row.forecast_on,
            row.forecast_p10, row.forecast_p90, row.probability, row.met_on, row.met_by,
            row.document, row.number, row.locator, row.wording, "; ".join(speak(text) for text in row.words),
            _(vocab.BASES[row.basis]),
            "; ".join(one.due.isoformat() if one.due else _("未定") for one in row.former), row.rule_set,
            _sample(row.rests_on_sample),
        )
        for row in rows
    ]  # fmt: skip
    return Table(_("承诺清单"), columns, cells, _notes(as_of, chosen))
