"""The template and the export are ledgers that the reader knows: rule LG-11."""

from __future__ import annotations

import datetime as dt

from builders import make_project, make_target, make_unit, make_user, sign_in
from sqlalchemy import select
from workbooks import dispatcher, kept, places, posted, seen

from projects.database import transaction
from projects.extensions import db
from projects.models import FundingComposition, Project, ProjectCard
from projects.portfolio.ledger import plan, queries, sheet
from projects.portfolio.ledger.workbook import sent, to_xlsx, written
from projects.portfolio.uploads import operations


def stored() -> None:
    """Two projects with all that a ledger holds, one with four promises and a long text."""
    unit = make_unit("泗水县人民医院", "370831")
    one = make_project(
        name="泗水县人民医院门诊楼",
        place_code="370831",
        unit_id=unit.id,
        national_code="2101-370831-84-01-900051",
        note="第一行\n第二行  有空格",
        category="hospital",
        plan={0: dt.date(2021, 3, 1), 100: dt.date(2022, 12, 31)},
    )
    two = make_project(name="微山县中医院病房楼", place_code="370826", plan={})
    with transaction():
        card = {
            "content": "长" * 1500,
            "nature": "new",
            "area_approved": 30000,
            "beds_approved": 120,
            "total_fen": 32_000_000_001,
            "building_fen": 1,
            "responsible": "张三",
            "responsible_phone": "0537-1234567",
        }
        db.session.add(ProjectCard(project_id=one.id, **card))
        db.session.add(FundingComposition(project_id=one.id, source="cbi", amount_fen=12_000_000_050))
    for number, measure in enumerate(("structure_pct", "start", "in_use", "unspecified")):
        threshold = 50 if measure == "structure_pct" else None
        make_target(
            one, measure=measure, threshold=threshold, due=dt.date(2021, 12, 31 - number), wording=f"承诺之{number}"
        )
    make_target(two, measure="complete", wording="完工", commitment="strive")


def test_what_is_exported_and_read_again_says_nothing_new(app):
    with app.app_context():
        places()
        stored()
        acting = dispatcher("d1")
        found = seen(acting, kept(acting, to_xlsx(queries.exported(acting.actor))))
        assert [str(one.why) for table in found.tables for one in table.columns if not one.key] == ["只是编号"]
        assert [(item.name, item.state, item.changes) for item in found.items] == [
            ("泗水县人民医院门诊楼", plan.SAME, []),
            ("微山县中医院病房楼", plan.SAME, []),
        ]
        assert [note for item in found.items for note in item.notes + item.faults if item.promises] == []


def test_two_cells_changed_are_two_differences(app):
    with app.app_context():
        places()
        stored()
        acting = dispatcher("d1")
        rows = queries.exported(acting.actor)
        keys = [cell.key for cell in sheet.COLUMNS]
        rows[-1][keys.index("name")] = "微山中医院病房楼工程"
        rows[-1][keys.index("total")] = 8000.5
        rows[0][keys.index("beds")] = 121
        rows[1][keys.index("beds")] = 121  # the project's second row
        upload = kept(acting, to_xlsx(rows))
        found = seen(acting, upload)
        told = {item.name: [(one.key, one.old, one.new) for one in item.changes] for item in found.items}
        assert told["泗水县人民医院门诊楼"] == [("beds", 120, 121)]
        two = next(item for item in found.items if item.name == "微山中医院病房楼工程")
        assert two.state == plan.ASK  # nothing is merged by itself
        with transaction():
            operations.choose(acting, queries.SHELF, upload, found.upload.version, {two.key: str(two.likely[0][0].id)})
        two = next(item for item in seen(acting, upload).items if item.name == "微山中医院病房楼工程")
        assert [(one.key, one.new) for one in two.changes] == [
            ("name", "微山中医院病房楼工程"),
            ("total", 8_000_500_000),
        ]
        posted(acting, upload)
        assert {*db.session.scalars(select(Project.name))} == {"泗水县人民医院门诊楼", "微山中医院病房楼工程"}


def test_a_workbook_written_by_another_process_is_the_same_ledger(app):
    with app.app_context():
        places()
        stored()
        acting = dispatcher("d1")
        rows = queries.exported(acting.actor)
        found = seen(acting, kept(acting, written(sent(rows))))
        assert {item.state for item in found.items} == {plan.SAME}


def test_the_template_is_read_and_its_example_left_out(app, client):
    with app.app_context():
        places()
        who = make_user("dispatcher")
        acting = dispatcher("d2")
    sign_in(client, who)
    content = client.get("/ledgers/template.xlsx").data
    with app.app_context():
        found = seen(acting, kept(acting, content))
        assert found.items == []
        (table,) = found.tables
        assert {one.key for one in table.columns} >= {"name", "code", "total", "source.cbi", "promise", "promise_due#3"}
        assert [str(why) for _, _, why in table.left_out] == ["示例行, 没有读入"]


def test_the_example_of_the_template_would_be_a_good_row(app):
    with app.app_context():
        places()
        acting = dispatcher("d1")
        row = [cell.example for cell in sheet.COLUMNS]
        row[0] = 1
        (item,) = seen(acting, kept(acting, to_xlsx([row]))).items
        assert (item.state, item.faults) == (plan.NEW, [])
        assert item.facts["place"] == "370831"
