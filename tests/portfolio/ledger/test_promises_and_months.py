"""Promises and past months of a ledger: rules LG-4, LG-9, LG-10."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import NOW, TODAY, actor_of, make_project, make_report, make_user
from sqlalchemy import func, select
from workbooks import acting_as, dispatcher, kept, places, posted, seen, workbook

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, NotFoundError
from projects.core.permissions import Actor
from projects.database import transaction
from projects.extensions import db
from projects.models import LedgerUpload, MonthlyReport, PlanDocument, Project, ProjectStatus, Target, Unit
from projects.portfolio.ledger import plan
from projects.portfolio.taken import operations as taken
from projects.portfolio.taken import queries as brought
from projects.verdicts.status.queries import facts_of_one


def document() -> int:
    with transaction():
        row = PlanDocument(
            slug="plan", title="2021年工作要点", issuer="某委", place_code="370800", year=2021, version=1
        )
        db.session.add(row)
        db.session.flush()
        return row.id


def promises(*rows, head=("项目名称", "建设地点", "年度目标", "完成时限", "目标2", "目标2期限")) -> bytes:
    return workbook({"2021年台账": [head, *rows]})


def test_promises_in_columns_and_rows_stand_in_the_document_that_was_chosen(app):
    with app.app_context():
        places()
        key = document()
        acting = dispatcher("d1")
        content = promises(
            ["甲医院门诊楼", "泗水县", "年内主体工程完成50%以上", None, "12月底前装修完成", "2022-12"],
            ["甲医院门诊楼", "泗水县", "6月开工", None, None, None],
            ["乙医院病房楼", "泗水县", "尽快推进前期工作", None, None, None],
        )
        upload = kept(acting, content, document=str(key))
        first, _second = seen(acting, upload).items
        assert [one.measure for one in first.promises] == ["structure_pct", "fit_out", "start"]
        posted(acting, upload)
        told = [(one.measure, one.threshold, one.due, one.commitment) for one in db.session.scalars(select(Target))]
        assert sorted(told, key=str) == sorted(
            [
                ("structure_pct", 5000, dt.date(2021, 12, 31), "none"),
                ("fit_out", None, dt.date(2022, 12, 31), "none"),
                ("start", None, dt.date(2021, 6, 30), "none"),
                ("approve", None, None, "soon"),
            ],
            key=str,
        )
        assert {item.state for item in seen(acting, kept(acting, content, document=str(key))).items} == {plan.SAME}
        with transaction():
            taken.undo(acting, upload, db.session.get(LedgerUpload, upload).version, "")
        assert db.session.scalar(select(func.count()).select_from(Target)) == 0


def test_promises_without_a_document_are_said_not_to_be_read(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        (item,) = seen(acting, kept(acting, promises(["甲医院门诊楼", "泗水县", "6月开工", None, None, None]))).items
        assert item.promises == []
        assert "没有选承诺出自哪份规划文件" in str(item.notes[0].text)


COLUMNS = [
    "项目名称",
    "建设地点",
    "计划开工",
    "计划完工",
    "2021年8月形象进度",
    "2021年9月形象进度",
    "2021年10月形象进度",
    "2021年8月累计完成投资(万元)",
    "2021年9月完成投资(万元)",
    "2021年10月累计完成投资(万元)",
]


def months() -> bytes:
    return workbook(
        {
            "台账": [
                COLUMNS,
                ["甲医院门诊楼", "泗水县", "2021-01", "2022-12", 20, 30, 35, 100, 50, 300],
                ["乙医院病房楼", "泗水县", "2021-01", "2022-12", 40, 35, None, None, 20, None],
            ]
        }
    )


def test_past_months_count_nowhere_until_another_person_approves_them_once(app):
    with app.app_context():
        places()
        mine, other = dispatcher("d1"), dispatcher("d2")
        upload = kept(mine, months())
        found = {item.name: item for item in seen(mine, upload).items}
        assert [(one.percent, one.invested) for one in found["甲医院门诊楼"].months] == [
            (2000, 100_000_000),
            (3000, 150_000_000),
            (3500, 300_000_000),
        ]
        fall = next(one for one in found["乙医院病房楼"].notes if "降为" in str(one.text))
        assert (fall.cell, str(fall.text)) == ("F3", "形象进度由 2021-08 的 40% 降为 35%: 是更正, 还是填错?")
        posted(mine, upload)
        assert db.session.scalar(select(func.count()).select_from(MonthlyReport)) == 0
        version = db.session.get(LedgerUpload, upload).version
        with pytest.raises(ForbiddenError), transaction():
            taken.approve_months(mine, upload, version)
        assert [row.id for row in brought.waiting(other.actor)] == [upload]
        with transaction():
            assert taken.approve_months(other, upload, version) is None
        rows = db.session.scalars(select(MonthlyReport).order_by(MonthlyReport.project_id, MonthlyReport.month)).all()
        assert [(row.month.month, row.overall_percent, row.investment_fen, row.state, row.taken_from) for row in rows][
            :3
        ] == [
            (8, 20.0, 100_000_000, "approved", "台账.xlsx"),
            (9, 30.0, 150_000_000, "approved", "台账.xlsx"),
            (10, 35.0, 300_000_000, "approved", "台账.xlsx"),
        ]
        assert {row.data_on for row in rows} == {dt.date(2021, 8, 31), dt.date(2021, 9, 30), dt.date(2021, 10, 31)}
        with pytest.raises(ConflictError), transaction():
            taken.approve_months(other, upload, db.session.get(LedgerUpload, upload).version)
        with pytest.raises(ConflictError, match="历史月报已经通过"), transaction():
            taken.undo(mine, upload, db.session.get(LedgerUpload, upload).version, "")


def test_forecasts_start_from_months_that_were_taken_over(app):
    with app.app_context():
        places()
        mine, other = dispatcher("d1"), dispatcher("d2")
        upload = kept(mine, months())
        posted(mine, upload)
        key = db.session.scalar(select(Project.id).where(Project.name == "甲医院门诊楼"))
        assert facts_of_one(key, TODAY).observations == ()
        with transaction():
            taken.approve_months(other, upload, db.session.get(LedgerUpload, upload).version)
        assert [one.overall for one in facts_of_one(key, TODAY).observations] == [20.0, 30.0, 35.0]
        status = db.session.scalar(select(ProjectStatus).where(ProjectStatus.project_id == key))
        assert status is None or status.data_state != "none"


def test_a_month_that_has_a_report_keeps_it(app):
    with app.app_context():
        places()
        mine, other = dispatcher("d1"), dispatcher("d2")
        project = make_project(name="甲医院门诊楼", place_code="370831", plan={})
        make_report(project, "2021-09", structure=50)
        key = project.id
        upload = kept(mine, months())
        item = next(one for one in seen(mine, upload).items if one.project == key)
        assert [one.month.month for one in item.months] == [8, 10]
        posted(mine, upload)
        with transaction():
            taken.approve_months(other, upload, db.session.get(LedgerUpload, upload).version)
        own = [*db.session.scalars(select(MonthlyReport.taken_from).where(MonthlyReport.project_id == key))]
        assert sorted(own) == ["", "台账.xlsx", "台账.xlsx"]


def test_sheets_named_by_months_come_in_as_months_and_the_last_says_what_is(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        head = ["项目名称", "建设地点", "总投资(万元)", "形象进度", "累计完成投资(万元)"]
        content = workbook(
            {
                "2021年9月": [head, ["甲医院门诊楼", "泗水县", 900, "30%", 100]],
                "2021年10月": [head, ["甲医院门诊楼", "泗水县", 950, "45%", 300]],
            }
        )
        (item,) = seen(acting, kept(acting, content)).items
        assert item.facts["total"] == 950_000_000
        assert [(one.month.month, one.percent) for one in item.months] == [(9, 3000), (10, 4500)]


def test_figures_without_a_month_are_not_taken_unless_somebody_says_of_which(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        rows = [["项目名称", "建设地点", "形象进度", "累计完成投资(万元)"], ["甲医院门诊楼", "泗水县", 45, 300]]
        (item,) = seen(acting, kept(acting, workbook({"台账": rows}))).items
        assert item.months == []
        assert "不知道这是哪个月的数" in str(item.notes[0].text)
        (item,) = seen(acting, kept(acting, workbook({"台账": [*rows, []]}), month="2021-10")).items
        assert [(one.month, one.percent) for one in item.months] == [(dt.date(2021, 10, 1), 4500)]


def test_months_to_come_are_not_taken(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        rows = [["项目名称", "建设地点", "2021年12月形象进度"], ["甲医院门诊楼", "泗水县", 45]]
        (item,) = seen(acting, kept(acting, workbook({"台账": rows}))).items
        assert (item.months, "还没有到" in str(item.notes[0].text)) == ([], True)


def test_refused_months_count_nowhere(app):
    with app.app_context():
        places()
        mine, other = dispatcher("d1"), dispatcher("d2")
        upload = kept(mine, months())
        posted(mine, upload)
        with transaction():
            taken.refuse_months(other, upload, db.session.get(LedgerUpload, upload).version, "数不对")
        assert db.session.scalar(select(func.count()).select_from(MonthlyReport)) == 0
        assert brought.waiting(other.actor) == []


def test_a_stranger_finds_no_months(app):
    with app.app_context():
        places()
        upload = kept(dispatcher("d1"), months())
        reviewer = acting_as(actor_of(make_user("reviewer")))
        with pytest.raises(NotFoundError):
            brought.waiting_upload(reviewer.actor, upload)


UNITS = [
    ["项目名称", "建设地点", "项目单位", "2021年9月形象进度", "2021年10月形象进度"],
    ["甲医院门诊楼", "泗水县", "甲医院", 30, 35],
    ["乙医院病房楼", "泗水县", "乙医院", 40, 45],
]


def reviewer(unit: str, name: str) -> Acting:
    key = db.session.scalars(select(Unit.id).where(Unit.name == unit)).one()
    ids = frozenset(db.session.scalars(select(Project.id).where(Project.unit_id == key)))
    who = make_user("reviewer", name=name, unit_id=key)
    return Acting(Actor(who.id, who.display_name, "reviewer", unit_projects=ids), NOW, TODAY)


def approved_of() -> list[str]:
    own = select(Project.name).join(MonthlyReport, MonthlyReport.project_id == Project.id)
    return list(db.session.scalars(own.distinct().order_by(Project.name)))


def test_lg10_the_reviewer_of_a_unit_approves_the_months_of_its_projects_alone(app):
    """The others wait on, and are approved by a dispatcher; whoever brought them approves none."""
    with app.app_context():
        places()
        mine, other = dispatcher("d1"), dispatcher("d2")
        upload = kept(mine, workbook({"台账": UNITS}))
        posted(mine, upload)
        own, stranger = reviewer("甲医院", "r1"), replace(mine.actor, id=99, role="reviewer", unit_projects=frozenset())
        assert [row.name for row in brought.months_of(own.actor, upload)] == ["甲医院门诊楼"]
        assert [row.id for row in brought.waiting(own.actor)] == [upload]
        assert brought.waiting(stranger) == []
        with pytest.raises(NotFoundError):
            brought.waiting_upload(stranger, upload)
        version = db.session.get(LedgerUpload, upload).version
        with transaction():
            assert taken.approve_months(own, upload, version) is None
        row = db.session.get(LedgerUpload, upload)
        assert (row.months, row.counts["months"], row.counts["taken"]) == ("waiting", 2, 2)
        assert approved_of() == ["甲医院门诊楼"]
        assert brought.waiting(own.actor) == []
        with pytest.raises(ConflictError, match="已经通过"), transaction():
            taken.undo(mine, upload, row.version, "")
        with pytest.raises(ForbiddenError), transaction():
            taken.approve_months(mine, upload, row.version)
        with transaction():
            taken.approve_months(other, upload, db.session.get(LedgerUpload, upload).version)
        row = db.session.get(LedgerUpload, upload)
        assert (row.months, row.counts["months"]) == ("approved", 4)
        assert approved_of() == ["乙医院病房楼", "甲医院门诊楼"]


def test_lg10_a_unit_refuses_its_own_months_and_no_others(app):
    with app.app_context():
        places()
        mine, other = dispatcher("d1"), dispatcher("d2")
        upload = kept(mine, workbook({"台账": UNITS}))
        posted(mine, upload)
        with transaction():
            taken.refuse_months(reviewer("乙医院", "r2"), upload, db.session.get(LedgerUpload, upload).version, "不实")
        assert db.session.get(LedgerUpload, upload).months == "waiting"
        with transaction():
            taken.approve_months(other, upload, db.session.get(LedgerUpload, upload).version)
        row = db.session.get(LedgerUpload, upload)
        assert (row.months, row.counts["months"], approved_of()) == ("approved", 2, ["甲医院门诊楼"])
