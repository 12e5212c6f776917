"""The facts under projects/data: complete against the hand-checked lists, sound in themselves, and refused where they
can't be true.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import pytest
from builders import NOW
from flask import Flask
from sqlalchemy import func, select

from projects.core.errors import ForbiddenError
from projects.core.permissions import SYSTEM, Actor
from projects.core.vocabulary import GATE_MEASURES
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, Event, Project, Target, Unit, WorkStage
from projects.samples.plans.extract import DATA, read_catalogue
from projects.samples.plans.operations import load_catalogue
from projects.works.schedule.extract import stage_template

PLANS_FOLDER = Path(__file__).resolve().parents[4] / "shared" / "plans"
CATALOGUE = read_catalogue()
PLANS = {plan.document.slug: plan for plan in CATALOGUE.plans}


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


# --- against the hand-checked lists -----------------------------------------------------------------------------------


@pytest.fixture(params=sorted(PLANS))
def slug(request: pytest.FixtureRequest) -> str:
    return request.param


def expected(slug: str) -> list[dict[str, object]]:
    file = PLANS_FOLDER / "expected" / f"{slug}.json"
    if not file.exists():
        pytest.skip("the hand-checked lists of the five plans are not on this machine")
    return json.loads(file.read_text(encoding="utf-8"))


def promised(slug: str) -> list[tuple[object, ...]]:
    plan = PLANS[slug]
    names = {project.slug: project.name for project in plan.projects}
    return [
        (
            names[one.project],
            one.measure,
            None if one.threshold is None else one.threshold / 100,
            one.due and one.due.isoformat(),
            one.commitment,
        )
        for one in plan.targets
        if one.project
    ]


@pytest.mark.shared
def test_every_promise_of_the_lists_is_in_the_data_and_no_other(slug: str) -> None:
    wanted = [
        (row["project"], row["target"], row["threshold"], row["due"], row["commitment"]) for row in expected(slug)
    ]
    assert sorted(promised(slug), key=str) == sorted(wanted, key=str)


@pytest.mark.shared
def test_wordings_are_quotes(slug: str) -> None:
    expected(slug)
    text = (
        squeezed((PLANS_FOLDER / f"{slug}.txt").read_text(encoding="utf-8"))
        .replace("，", ",")
        .replace("（", "(")
        .replace("）", ")")
    )
    for target in PLANS[slug].targets:
        assert squeezed(target.wording) in text, target.slug


@pytest.mark.shared
def test_every_page_of_later_progress_is_the_source_of_an_event() -> None:
    expected("jining-2021")
    pages = set(re.findall(r"https?://[^\s|);]+", (PLANS_FOLDER / "actuals.md").read_text(encoding="utf-8")))
    sources = " ".join(event.source for plan in CATALOGUE.plans for event in plan.events)
    assert {page for page in pages if page not in sources} == set()


# --- sound in themselves ----------------------------------------------------------------------------------------------


def test_the_plans_name_as_many_projects_and_promises_as_were_counted_by_hand() -> None:
    counted = {
        name: (
            len(plan.projects),
            sum(1 for one in plan.targets if one.project),
            sum(1 for one in plan.targets if one.programme),
        )
        for name, plan in PLANS.items()
    }
    assert counted == {
        "jining-2021": (15, 15, 1),
        "yichun-2021": (5, 7, 0),
        "wuxi-2020": (5, 6, 2),
        "jiangxi-2019": (2, 4, 1),
        "jingdezhen-2021": (10, 10, 0),
    }


def test_programme_promises_are_counts_and_shares() -> None:
    found = {
        (one.slug, one.measure, one.quantifier, one.threshold, one.due, one.commitment)
        for plan in CATALOGUE.plans
        for one in plan.targets
        if one.programme
    }
    year_end = {year: dt.date(year, 12, 31) for year in (2019, 2020)}
    assert found == {
        ("jn21-jiuge-xianji-in-use", "in_use", "share", 10000, None, "soon"),
        ("wx20-jiceng-start", "start", "count", 24, year_end[2020], "none"),
        ("wx20-jiceng-complete", "complete", "count", 10, year_end[2020], "none"),
        ("jx19-zhongyang-touzi-start", "start", "share", 10000, year_end[2019], "strive"),
    }


def test_the_nine_county_projects_are_nine_and_the_five_centres_five() -> None:
    members = [project.programme for project in PLANS["jining-2021"].projects]
    assert (members.count("jn21-jiuge-xianji"), members.count("jn21-wuda-zhongxin")) == (9, 5)


def test_yichun_has_no_programme_because_its_five_centres_are_clinical() -> None:
    assert PLANS["yichun-2021"].programmes == ()


def test_the_contradiction_of_yichun_stays_two_promises() -> None:
    found = {(one.measure, one.due) for one in PLANS["yichun-2021"].targets if one.project == "yc21-04-fubao"}
    assert found == {("structure_done", dt.date(2021, 12, 31)), ("start", None)}


def test_place_codes_make_a_tree_by_their_digits() -> None:
    for place in CATALOGUE.places:
        own = place.code.removesuffix("00").removesuffix("00")
        assert place.parent == (own[:-2].ljust(6, "0") if len(own) > 2 else None), place


def test_events_have_a_page_as_their_source_and_lie_in_the_past() -> None:
    for plan in CATALOGUE.plans:
        for event in plan.events:
            assert event.source.startswith(("http://", "https://")), event
            assert event.happened_on < NOW.date() + dt.timedelta(days=5 * 365)
            assert len(event.text) <= 300
            assert len(event.source) <= 300


def test_the_start_of_zhongyi_is_a_month_and_a_ground_breaking_passes_no_gate() -> None:
    events = [event for plan in CATALOGUE.plans for event in plan.events]
    (start,) = [event for event in events if event.gate == "start"]
    assert (start.project, start.happened_on, start.precision) == ("jn21-04-zhongyi", dt.date(2021, 11, 30), "month")
    assert sum(event.happened_on == dt.date(2018, 10, 29) and event.gate is None for event in events) == 5


def test_stage_weights_sum_to_a_hundred() -> None:
    assert sum(stage.weight for stage in stage_template()) == 100
    assert [stage.key for stage in stage_template()][:3] == ["preparation", "foundation", "structure"]


def test_promises_on_gates_say_so() -> None:
    for plan in CATALOGUE.plans:
        for target in plan.targets:
            assert (target.basis in {"gate", "tally"}) == (target.measure in GATE_MEASURES), target.slug


# --- refused where they can't be true ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "entry", "problem"),
    [
        (
            "plans/wuxi-2020.yaml",
            "measure: topped_out",
            "measure: topped_off",
            "wx20-02-jingwei-topped-out",
            "unknown measure 'topped_off'",
        ),
        (
            "plans/wuxi-2020.yaml",
            "due: 2020-08-31",
            "due: 2020-08-32",
            "wx20-01-nanyuan-in-use",
            "bad due '2020-08-32'",
        ),
        ("plans/wuxi-2020.yaml", "threshold: 24", "threshold: many", "wx20-jiceng-start", "bad threshold 'many'"),
        ("plans/wuxi-2020.yaml", "        threshold: 24\n", "", "wx20-jiceng-start", "threshold is missing"),
        ("plans/wuxi-2020.yaml", 'clause: "37"', 'clause: "38"', "wx20-jiceng-start", "unknown clause '38'"),
        ("plans/wuxi-2020.yaml", "unit: 无锡市急救中心", "unit: 无锡市急救站", "wx20-04-jijiu", "unknown unit"),
        ("plans/wuxi-2020.yaml", "category: mental", "category: metal", "wx20-02-jingwei", "unknown category"),
        ("plans/wuxi-2020.yaml", "commitment: none", "commitment: maybe", "wx20-jiceng-start", "unknown commitment"),
        (
            "plans/wuxi-2020.yaml",
            "wording: 完成10家以上",
            "words: 完成10家以上",
            "wx20-jiceng-complete",
            "wording is missing",
        ),
        ("plans/wuxi-2020.yaml", "  year: 2020", "  years: 2020", "document", "year is missing"),
        ("plans/jining-2021.yaml", "place: 370832", "place: 370833", "梁山县人民医院", "unknown place '370833'"),
        ("plans/jining-2021.yaml", "stage: foundation", "stage: cellar", "2022-05", "unknown stage 'cellar'"),
        ("plans/jining-2021.yaml", "        percent: 0\n", "", "2022-06", "go together"),
        ("plans/jining-2021.yaml", "gate: start", "gate: begin", "2021-11", "unknown gate 'begin'"),
        ("plans/jining-2021.yaml", "on: 2021-11", "on: 2021-13", "2021-13", "bad on '2021-13'"),
        (
            "plans/jining-2021.yaml",
            "slug: jn21-02-yiliao\n",
            "slug: jn21-01-jianyan\n",
            "projects",
            "named twice: jn21-01-jianyan",
        ),
        ("plans/jining-2021.yaml", "document:", "document: [", "jining-2021.yaml", "can't be read"),
        ("places.tsv", "370826\t", "37082\t", "line 1414", "expected six digits"),
        ("stages.yaml", "weight: 30", "weight: 31", "stages.yaml", "weights sum to 101"),
    ],
)
def test_a_corrupt_entry_is_named_with_its_file(
    tmp_path: Path, file: str, old: str, new: str, entry: str, problem: str
) -> None:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(problem)) as refusal:
        read_catalogue(tmp_path)
    assert entry in str(refusal.value)
    assert Path(file).name in str(refusal.value) or "named twice" in problem


# --- into the database ------------------------------------------------------------------------------------------------


def rows() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    }


def test_loading_twice_changes_nothing(app: Flask) -> None:
    with app.app_context():
        with transaction():
            first = load_catalogue(SYSTEM, NOW)
        before = rows()
        with transaction():
            second = load_catalogue(SYSTEM, NOW)
        assert (first.added["project"], first.added["target"], first.added["work_stage"]) == (37, 46, 37 * 8)
        assert not second.added
        assert not second.changed
        assert rows() == before
        assert before["audit_entry"] == 1


def test_a_promise_once_stored_is_never_edited_but_the_difference_is_told(app: Flask) -> None:
    with app.app_context():
        with transaction():
            load_catalogue(SYSTEM, NOW)
            target = db.session.scalars(select(Target).where(Target.slug == "jn21-02-yiliao-structure")).one()
            target.threshold = 6000
        with transaction():
            counts = load_catalogue(SYSTEM, NOW)
        assert counts.kept == ["jn21-02-yiliao-structure"]
        assert db.session.scalar(select(Target.threshold).where(Target.slug == "jn21-02-yiliao-structure")) == 6000


def test_what_people_added_stays_and_catalogue_facts_come_back(app: Flask) -> None:
    with app.app_context():
        with transaction():
            load_catalogue(SYSTEM, NOW)
            project = db.session.scalars(select(Project).where(Project.slug == "jn21-02-yiliao")).one()
            unit = db.session.scalars(select(Unit).where(Unit.name == "济宁市第一人民医院")).one()
            project.name, project.unit_id, project.note, project.national_code = (
                "打错的名字",
                unit.id,
                "调度员的备注",
                "2020-370800-84-01-000001",
            )
            db.session.add(
                Event(project_id=project.id, happened_on=dt.date(2021, 9, 1), text="现场记录", source="日志")
            )
            stage = db.session.scalars(
                select(WorkStage).where(WorkStage.project_id == project.id, WorkStage.key == "external")
            ).one()
            db.session.delete(stage)
        with transaction():
            counts = load_catalogue(SYSTEM, NOW)
        assert dict(counts.changed) == {"project": 1}
        assert not counts.added
        stored = db.session.scalars(select(Project).where(Project.slug == "jn21-02-yiliao")).one()
        assert (stored.name, stored.unit_id, stored.note, stored.national_code) == (
            "市公共卫生医疗中心",
            unit.id,
            "调度员的备注",
            "2020-370800-84-01-000001",
        )
        assert (
            db.session.scalar(select(func.count()).select_from(WorkStage).where(WorkStage.project_id == stored.id)) == 7
        )
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 2


def test_only_the_administrator_loads(app: Flask) -> None:
    with app.app_context(), pytest.raises(ForbiddenError), transaction():
        load_catalogue(Actor(None, "someone", "dispatcher"), NOW)
