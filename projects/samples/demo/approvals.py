"""Sample gates (示例): approvals before the works, acceptance after them, in an order that breaks no rule but where a
scenario means it to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from projects.samples.demo.progress import stage_reached
from projects.samples.demo.samples import SampleReport, started_on
from projects.samples.demo.scenarios import GATES_ONLY, SCENARIOS, STATUS_DATE, Scenario

# Gate, days before the works begin, and the kind of document that passes it.
BEFORE = (
    ("pipeline", 450, ""), ("proposal", 420, "发改审"), ("site_opinion", 400, "选字"), ("eia", 330, "环审"),
    ("energy", 320, "节能审"),
    ("feasibility", 300, "发改审"), ("design_estimate", 220, "发改设审"), ("annual_plan", 200, "发改投资"),
    ("land_permit", 180, "地字"),
    ("planning_permit", 140, "建字"), ("drawing_review", 100, "审图"), ("procurement", 60, "招标"),
    ("construction_permit", 24, "施许"),
)  # fmt: skip
# Gate and days before the building is in use.
AFTER = (
    ("works_complete", 42, ""), ("planning_verification", 33, "规核"), ("fire_acceptance", 26, "消验"),
    ("environmental_acceptance", 21, "环验"),
    ("completion_acceptance", 16, "竣验"), ("filing", 6, "竣备"), ("in_use", 0, ""), ("final_account", -70, "财决"),
)  # fmt: skip
BODIES = {
    "发改审": "发展改革部门", "发改设审": "发展改革部门", "发改投资": "发展改革部门", "节能审": "发展改革部门",
    "选字": "自然资源部门", "地字": "自然资源部门",
    "建字": "自然资源部门", "规核": "自然资源部门", "环审": "生态环境部门", "环验": "项目单位",
    "审图": "施工图审查机构", "招标": "招标代理机构",
    "施许": "住房城乡建设部门", "消验": "住房城乡建设部门", "竣备": "住房城乡建设部门", "竣验": "项目单位",
    "财决": "财政部门",
}  # fmt: skip


@dataclass(frozen=True)
class SampleGate:
    """A gate passed, with the document that says so."""

    project: str
    key: str
    passed_on: dt.date
    document_number: str
    body: str
    note: str


def gates(reports: Sequence[SampleReport]) -> Iterator[SampleGate]:
    """The gates each sample project has passed by the status date; the building is topped out when its `reports` say
    so.
    """
    for position, one in enumerate(SCENARIOS, 1):
        own = [report for report in reports if report.project == one.slug and report.approved_on]
        for key, day, kind in (*_days(one), *_topped_out(one, own)):
            if day <= STATUS_DATE:
                yield _gate(one.slug, key, day, kind, position)
    for slug, passed in GATES_ONLY.items():
        for key, day in passed:
            yield _gate(slug, key, day, "", 0)


def _days(one: Scenario) -> Iterator[tuple[str, dt.date, str]]:
    begun = started_on(one)
    anchor = begun or one.begins + dt.timedelta(days=60)
    for key, days, kind in BEFORE:
        if not one.renovation or key in {"pipeline", "proposal", "feasibility"}:
            day = (
                one.permitted
                if key == "construction_permit" and one.permitted
                else _workday(anchor - dt.timedelta(days=round(days * one.hurry)))
            )
            yield key, day, kind
        if key == one.approvals and begun is None:
            return
    if begun and not one.renovation:
        yield "start", begun, ""
    if one.in_use:
        for key, days, kind in AFTER:
            if not (one.phased and key in {"works_complete", "final_account"}):
                yield key, _workday(one.in_use - dt.timedelta(days=days)), kind


def _topped_out(one: Scenario, reports: Sequence[SampleReport]) -> Iterator[tuple[str, dt.date, str]]:
    first = next((report.data_on for report in reports if report.percents["structure"] >= 100), None)
    if first:
        earlier = [report.data_on + dt.timedelta(days=3) for report in reports if report.percents["structure"] < 100]
        yield "topped_out", _workday(max([min(first, stage_reached(one, "structure", 100)), *earlier[-1:]])), ""


def _gate(slug: str, key: str, day: dt.date, kind: str, position: int) -> SampleGate:
    number = f"示例{kind}〔{day.year}〕{position:02d}号" if kind else ""
    return SampleGate(slug, key, day, number, f"示例{BODIES[kind]}" if kind else "", "示例")


def _workday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(0, day.weekday() - 4))
