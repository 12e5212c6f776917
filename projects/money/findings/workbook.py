"""The export of findings: exactly the rows that the page shows, amounts in exact yuan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from projects.core import vocabulary as vocab
from projects.money.findings import names
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.limits import Limit
from projects.money.findings.sheet import FindingPage
from projects.sheets.writing.table import Column, Table
from projects.web.i18n import speak


def findings(page: FindingPage, as_of: dt.date, chosen: FindingFilter) -> Table:
    """A row for each finding."""
    columns = (
        Column("rule", _("规则")),
        Column("name", _("问题")),
        Column("subject", _("项目或文件")),
        Column("place", _("所在地")),
        Column("source", _("资金来源")),
        Column("amount", _("金额 (元)"), "money"),
        Column("evidence", _("证据")),
        Column("law", _("依据")),
        Column("state", _("状态")),
        Column("owner", _("责任人或单位")),
        Column("note", _("理由或办理结果")),
        Column("until", _("豁免到"), "date"),
        Column("sample", _("示例")),
    )
    cells = [
        (
            row.finding.rule,
            speak(row.rule.name),
            row.subject.name,
            row.subject.place,
            _(vocab.FUNDING_SOURCES[row.finding.money]) if row.finding.money else "",
            row.finding.amount_fen,
            speak(row.finding.text),
            speak(row.finding.law),
            _(vocab.FINDING_STATES[row.state]),
            row.owner,
            row.last.note if row.last else "",
            row.last.until if row.last else None,
            _("示例") if row.subject.is_sample else "",
        )
        for row in page.rows
    ]
    narrowed = ", ".join(f"{name}={value}" for name, value in chosen.query().items())
    notes = ((_("状态日"), as_of.isoformat()), (_("筛选"), narrowed or _("全部")), (_("来源"), _("项目承诺跟踪")))
    return Table(_("资金问题"), columns, cells, notes)


def limits(rows: Sequence[Limit], as_of: dt.date, known: Mapping[str, str]) -> Table:
    """A row for each cap, deadline and threshold in force; programmes by their `known` names."""
    columns = (
        Column("rule", _("规则")),
        Column("name", _("名称")),
        Column("scope", _("地区或类别")),
        Column("figure", _("数")),
        Column("unit", _("单位")),
        Column("valid_from", _("有效期自"), "date"),
        Column("valid_to", _("有效期到"), "date"),
        Column("basis", _("依据")),
        Column("source", _("来源页面")),
        Column("own", _("本单位的数")),
    )
    cells = [
        (
            row.rule,
            ": ".join(speak(word) for word in (names.name(row), names.part(row)) if word),
            ", ".join(map(speak, names.scope(row, known))) or _("全部"),
            names.figure(row),
            speak(names.unit(row)),
            row.valid_from,
            row.valid_to,
            row.law if row.is_own else speak(row.basis),
            row.source,
            _("是") if row.is_own else "",
        )
        for row in rows
    ]
    return Table(_("限额"), columns, cells, ((_("状态日"), as_of.isoformat()), (_("来源"), _("项目承诺跟踪"))))
