"""Ledgers taken over: preview, choices, steps, history, undo. Rules LG-8, LG-9, LG-12."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import TODAY, make_project, make_report, make_unit
from sqlalchemy import func, select
from workbooks import dispatcher, kept, places, posted, seen, workbook

from projects.core.errors import ConflictError, InvalidError
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, LedgerUpload, Project, ProjectCard, Setting, Unit, YearPlan
from projects.portfolio.ledger import operations, plan, queries
from projects.portfolio.taken import operations as taken
from projects.portfolio.uploads import operations as kept_ones
from projects.register.cards.queries import years_of

HEAD = [
    "序号",
    "项目名称",
    "项目代码",
    "建设地点",
    "项目业主",
    "建设内容及规模",
    "总投资(万元)",
    "资金来源(万元)",
    None,
    "计划开工",
    "计划完工",
    "项目负责人及联系电话",
    "床位",
]
GROUPS = [None] * 7 + ["中央预算内投资", "县级财政"] + [None] * 4
ROWS = [
    [
        1,
        "泗水县人民医院门诊楼项目",
        "2101-370831-84-01-900051",
        "泗水县",
        "泗水县人民医院",
        "新建门诊楼3万㎡",
        32000,
        12000,
        20000,
        "2021-03",
        "2022-12",
        "张三 13800000000",
        120,
    ],
    [
        2,
        "微山县中医院病房楼",
        None,
        "微山县",
        "微山县中医院",
        "改扩建",
        8000,
        None,
        8000,
        "2021.06",
        "2023年6月",
        "李四",
        None,
    ],
]
MERGED = {"台账": ["H1:I1"]}


def ledger(*rows) -> bytes:
    return workbook({"台账": [HEAD, GROUPS, *(rows or ROWS)]}, MERGED)


def facts(name: str) -> dict:
    key = db.session.scalar(select(Project.id).where(Project.name == name))
    return queries.facts_of([key])[key]


def test_a_ledger_becomes_projects_with_card_sums_and_plan(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        upload = kept(acting, ledger())
        assert seen(acting, upload).counts | {} == dict.fromkeys(plan.STATES, 0) | {"new": 2}
        posted(acting, upload)
        own = facts("泗水县人民医院门诊楼项目")
        assert own == {
            "name": "泗水县人民医院门诊楼项目",
            "code": "2101-370831-84-01-900051",
            "category": "hospital",
            "place": "370831",
            "unit": "泗水县人民医院",
            "content": "新建门诊楼3万㎡",
            "total": 32_000_000_000,
            "source.cbi": 12_000_000_000,
            "source.county": 20_000_000_000,
            "plan_start": dt.date(2021, 3, 1),
            "plan_finish": dt.date(2022, 12, 31),
            "responsible": "张三",
            "responsible_phone": "13800000000",
            "beds": 120,
        }
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 2
        assert seen(acting, upload).upload.counts["posted"] == 2


def test_the_same_file_again_changes_nothing(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        posted(acting, kept(acting, ledger()))
        again = seen(acting, kept(acting, ledger()))
        assert again.counts["same"] == 2
        with pytest.raises(ConflictError):
            operations.Ready.of(again, leave=False)


def test_what_differs_is_told_field_by_field_and_stored(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        posted(acting, kept(acting, ledger()))
        changed = [*ROWS[0]]
        changed[6], changed[11], changed[12] = 33000, "王五 13900000000", None
        upload = kept(acting, ledger(changed, ROWS[1]))
        (item,) = [item for item in seen(acting, upload).items if item.state == plan.CHANGED]
        assert {(one.key, one.old, one.new) for one in item.changes} == {
            ("total", 32_000_000_000, 33_000_000_000),
            ("responsible", "张三", "王五"),
            ("responsible_phone", "13800000000", "13900000000"),
        }
        posted(acting, upload)
        own = facts("泗水县人民医院门诊楼项目")
        assert (own["total"], own["responsible"], own["beds"]) == (33_000_000_000, "王五", 120)


def test_what_two_people_change_is_told_and_left_to_its_page(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        posted(acting, kept(acting, ledger()))
        changed = [*ROWS[0]]
        changed[7], changed[9] = 11000, "2021-04"
        upload = kept(acting, ledger(changed, ROWS[1]))
        item = seen(acting, upload).items[0]
        assert (item.state, item.changes) == (plan.SAME, [])
        assert {(one.cell, "另一个人同意" in str(one.text)) for one in item.notes} == {("H3", True), ("J3", True)}
        with transaction():
            db.session.merge(Setting(key="two_person", value=""))
            alone = dict.fromkeys(("plan", "sums"), 0)
            db.session.merge(
                Setting(key="two_person", value=",".join(f"{key}:{steps}" for key, steps in alone.items()))
            )
        item = seen(acting, upload).items[0]
        assert {one.key for one in item.changes} == {"source.cbi", "plan_start"}
        posted(acting, upload)
        own = facts("泗水县人民医院门诊楼项目")
        assert (own["source.cbi"], own["plan_start"]) == (11_000_000_000, dt.date(2021, 4, 1))


def test_first_plan_and_sums_of_a_project_that_is_there_go_again_with_the_upload(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        unit = make_unit("泗水县人民医院", "370831")
        values = {"place_code": "370831", "unit_id": unit.id, "national_code": ROWS[0][2], "plan": {}}
        make_project(name="泗水县人民医院门诊楼项目", **values)
        before = facts("泗水县人民医院门诊楼项目")
        upload = kept(acting, ledger(ROWS[0]))
        posted(acting, upload)
        assert {"source.cbi", "plan_start", "total"} <= facts("泗水县人民医院门诊楼项目").keys()
        with transaction():
            taken.undo(acting, upload, seen(acting, upload).upload.version, "")
        assert facts("泗水县人民医院门诊楼项目") == before


@pytest.mark.parametrize("choice", ["new", "same", "skip"])
def test_a_similar_name_waits_for_a_choice(app, choice):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        unit = make_unit("泗水县人民医院", "370831")
        there = make_project(name="县人民医院门诊楼", place_code="370831", unit_id=unit.id, plan={}).id
        upload = kept(acting, ledger(ROWS[0]))
        found = seen(acting, upload)
        (item,) = found.items
        assert item.state == plan.ASK
        assert [one.id for one, _ in item.likely] == [there]
        assert "泗水县" in str(item.likely[0][1].reasons[0])
        with pytest.raises(ConflictError, match="待确认"):
            operations.Ready.of(found, leave=False)
        with transaction():
            said = str(there) if choice == "same" else choice
            kept_ones.choose(acting, queries.SHELF, upload, found.upload.version, {item.key: said})
        (item,) = seen(acting, upload).items
        assert item.state == {"new": plan.NEW, "same": plan.CHANGED, "skip": plan.SKIPPED}[choice]
        if choice == "skip":
            return
        posted(acting, upload)
        assert db.session.scalar(select(func.count()).select_from(Project)) == (2 if choice == "new" else 1)


def test_a_bad_cell_keeps_its_row_out_and_the_rest_posts_when_told(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        bad = [*ROWS[0]]
        bad[6] = "三亿多"
        upload = kept(acting, ledger(bad, ROWS[1]))
        found = seen(acting, upload)
        (item,) = [one for one in found.items if one.state == plan.BAD]
        assert [(one.sheet, one.cell) for one in item.faults] == [("台账", "G3")]
        with pytest.raises(ConflictError):
            operations.Ready.of(found, leave=False)
        posted(acting, upload, leave=True)
        assert [*db.session.scalars(select(Project.name))] == ["微山县中医院病房楼"]


def test_undo_takes_all_back_while_nothing_rests_on_it(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        posted(acting, kept(acting, ledger()))
        before = facts("泗水县人民医院门诊楼项目")
        changed = [*ROWS[0]]
        changed[4], changed[6], changed[12] = "泗水县医院", 33000, 130
        third = [
            3,
            "泗水县疾控中心迁建",
            None,
            "泗水县",
            "泗水县疾控中心",
            None,
            900,
            None,
            None,
            None,
            None,
            None,
            None,
        ]
        upload = kept(acting, ledger(changed, ROWS[1], third))
        posted(acting, upload)
        assert facts("泗水县人民医院门诊楼项目") != before
        with transaction():
            taken.undo(acting, upload, seen(acting, upload).upload.version, "弄错了")
        assert facts("泗水县人民医院门诊楼项目") == before
        assert db.session.scalar(select(func.count()).select_from(Project)) == 2
        first = db.session.scalar(select(queries.LedgerUpload.id).order_by(queries.LedgerUpload.id))
        with transaction():
            taken.undo(acting, first, seen(acting, first).upload.version, "")
        assert db.session.scalar(select(func.count()).select_from(Project)) == 0


def test_undo_refuses_where_a_report_rests_on_a_project(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        upload = kept(acting, ledger())
        posted(acting, upload)
        make_report(db.session.scalar(select(Project).where(Project.name == "微山县中医院病房楼")), "2021-10")
        with pytest.raises(ConflictError, match=r"微山县中医院病房楼.*月报"), transaction():
            taken.undo(acting, upload, seen(acting, upload).upload.version, "")


def test_undo_of_a_first_ledger_leaves_nothing(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        upload = kept(acting, ledger())
        posted(acting, upload)
        with transaction():
            taken.undo(acting, upload, seen(acting, upload).upload.version, "")
        assert db.session.scalar(select(func.count()).select_from(Project)) == 0
        posted(acting, kept(acting, ledger()))
        assert db.session.scalar(select(func.count()).select_from(Project)) == 2


def test_undo_refuses_where_a_project_was_changed_since(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        upload = kept(acting, ledger())
        posted(acting, upload)
        with transaction():
            db.session.scalar(select(Project).where(Project.name == "微山县中医院病房楼")).note = "改过"
        with pytest.raises(ConflictError, match="微山县中医院病房楼"), transaction():
            taken.undo(acting, upload, seen(acting, upload).upload.version, "")


def test_a_project_that_another_changed_meanwhile_is_not_overwritten(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        posted(acting, kept(acting, ledger()))
        changed = [*ROWS[0]]
        changed[12] = 130
        upload = kept(acting, ledger(changed, ROWS[1]))
        ready = operations.Ready.of(queries.ready(acting.actor, upload, TODAY), leave=False)
        db.session.rollback()
        with transaction():
            db.session.scalar(select(ProjectCard).where(ProjectCard.beds_approved == 120)).beds_approved = 140
        with pytest.raises(ConflictError, match="刚被他人改过"), transaction():
            operations.post(acting, ready)
        assert facts("泗水县人民医院门诊楼项目")["beds"] == 140


def test_too_many_rows_are_refused_before_anything_is_kept(app, monkeypatch):
    monkeypatch.setattr(queries, "MOST_ROWS", 1)
    with app.app_context():
        places()
        with pytest.raises(InvalidError):
            kept(dispatcher("d1"), ledger())


def test_each_project_has_its_entry_and_the_upload_one(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        posted(acting, kept(acting, ledger()))
        tags = [*db.session.scalars(select(AuditEntry.tag).order_by(AuditEntry.id))]
        assert tags.count("project:project:added") == 2
        assert tags.count("register:ledger:taken-over") == 1


def test_a_large_ledger_is_posted_in_steps_and_gone_on_with(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        rows = [[n, f"泗水县第{n}卫生室", None, "泗水县", "泗水县卫健局", None, 100 + n] for n in range(1, 31)]
        upload = kept(acting, ledger(*rows))
        ready = operations.Ready.of(queries.ready(acting.actor, upload, TODAY), leave=False)
        db.session.rollback()
        with transaction():
            operations.post(acting, ready)
        assert seen(acting, upload).upload.state == "previewed"
        assert len(seen(acting, upload).ready) == 15
        with pytest.raises(ConflictError), transaction():
            kept_ones.drop(acting, queries.SHELF, upload)
        posted(acting, upload)
        assert db.session.scalar(select(func.count()).select_from(Project)) == 30
        assert seen(acting, upload).upload.counts["posted"] == 30


YEARS = ["项目名称", "建设地点", "2021年计划投资(万元)", "2021年建设内容", "2022年计划投资(万元)"]


def years(name: str) -> dict[int, tuple[int | None, str]]:
    return years_of(db.session.scalars(select(Project.id).where(Project.name == name)).one())


def test_lg13_yearly_plans_are_taken_over_changed_and_taken_back(app):
    """LG-13: each year by itself; a blank cell leaves what is there."""
    with app.app_context():
        places()
        acting = dispatcher("d1")
        first = kept(acting, workbook({"台账": [YEARS, ["甲医院门诊楼", "泗水县", 3000, "主体封顶", None]]}))
        posted(acting, first)
        assert years("甲医院门诊楼") == {2021: (3000_0000_00, "主体封顶")}
        again = workbook({"台账": [YEARS, ["甲医院门诊楼", "泗水县", 3500, None, 900]]})
        second = kept(acting, again)
        (item,) = seen(acting, second).items
        assert [(one.key, one.old, one.new) for one in item.changes] == [
            ("year.2021.amount", 3000_0000_00, 3500_0000_00),
            ("year.2022.amount", None, 900_0000_00),
        ]
        posted(acting, second)
        assert years("甲医院门诊楼") == {2021: (3500_0000_00, "主体封顶"), 2022: (900_0000_00, "")}
        assert {one.state for one in seen(acting, kept(acting, again)).items} == {plan.SAME}
        with transaction():
            taken.undo(acting, second, db.session.get(LedgerUpload, second).version, "")
        assert years("甲医院门诊楼") == {2021: (3000_0000_00, "主体封顶")}
        with transaction():
            taken.undo(acting, first, db.session.get(LedgerUpload, first).version, "")
        assert db.session.scalar(select(func.count()).select_from(YearPlan)) == 0


def test_lg13_words_longer_than_the_card_takes_keep_the_project_out(app):
    """500 letters are taken, 501 are not."""
    with app.app_context():
        places()
        acting = dispatcher("d1")
        for count, state in ((500, plan.NEW), (501, plan.BAD)):
            rows = [YEARS, ["甲医院门诊楼", "泗水县", None, "字" * count, None]]
            assert {one.state for one in seen(acting, kept(acting, workbook({"台账": rows}))).items} == {state}
