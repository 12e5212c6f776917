"""The gate template is complete, in order, and says only what the catalogue of words knows."""

import re
from dataclasses import replace

import pytest
import yaml

from projects.core.vocabulary import GATE_MEASURES
from projects.works.gates.extract import FILE, read, template
from projects.works.gates.template import Clock, Edge, GateSpec, Law, Template

KEYS = [
    "pipeline",
    "proposal",
    "application",
    "site_opinion",
    "feasibility",
    "land_permit",
    "eia",
    "energy",
    "design_estimate",
    "annual_plan",
    "planning_permit",
    "drawing_review",
    "procurement",
    "construction_permit",
    "start",
    "topped_out",
    "works_complete",
    "planning_verification",
    "fire_acceptance",
    "environmental_acceptance",
    "completion_acceptance",
    "in_use",
    "filing",
    "final_account",
    "full_operation",
]


def test_the_gates_stand_in_their_order():
    assert [gate.key for gate in template().gates] == KEYS


def test_every_gate_that_a_promise_is_measured_by_exists():
    assert set(GATE_MEASURES.values()) <= set(KEYS)


def test_every_rule_of_the_prose_exists_and_the_other_way_round():
    prose = (FILE.parents[2] / "docs" / "rules" / "gates.md").read_text(encoding="utf-8")
    rules = {one.rule for one in (*template().edges, *template().clocks)}
    assert set(re.findall(r"^#+ (G-\d+)\b", prose, re.MULTILINE)) == rules
    assert rules == {f"G-{number}" for number in range(1, 15)}


def test_the_prose_cites_the_law_of_every_edge_and_clock():
    prose = (FILE.parents[2] / "docs" / "rules" / "gates.md").read_text(encoding="utf-8")
    for one in (*template().edges, *template().clocks):
        if one.law:
            section = re.split(r"^#+ ", prose[prose.index(f"## {one.rule} ") + 3 :], flags=re.MULTILINE)[0]
            for law in (one.law, *([one.law.then[1]] if one.law.then else [])):
                assert str(law.text).removesuffix(", 据转载") in section, one.rule


def test_every_word_has_its_english():
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for entry in (*content["gates"], *content["laws"].values(), *content["edges"], *content["clocks"]):
        assert entry["en"].isascii()


def test_only_proposal_and_feasibility_may_stand_in_for_each_other():
    assert {gate.key: gate.merged_into for gate in template().gates if gate.merged_into} == {
        "proposal": "feasibility",
        "feasibility": "proposal",
    }


def test_limits_without_a_nation_wide_figure_are_marked_configurable():
    assert {clock.rule for clock in template().clocks if clock.configurable} == {"G-12", "G-13", "G-14"}
    assert {clock.rule for clock in template().clocks if clock.reminder} == {"G-13", "G-14"}


LAW = Law("建筑法", 7)
ONE, TWO = GateSpec("one", "一", "One"), GateSpec("two", "二", "Two", ("one",))


@pytest.mark.parametrize(
    ("gates", "edges", "clocks", "problem"),
    [
        ((ONE, ONE), (), (), "named twice: one"),
        ((TWO,), (), (), "used but not a gate: one"),
        ((TWO, ONE), (), (), "listed before what it follows: two"),
        ((ONE, TWO), (Edge("G-1", "未批先建", "two", (), LAW),), (), "an edge without needs: G-1"),
        ((ONE, TWO), (Edge("G-1", "未批先建", "two", ("three",), LAW),), (), "used but not a gate: three"),
        ((ONE, TWO), (), (Clock("G-1", "期限", "one", "two"),), "a clock without a length: G-1"),
        (
            (ONE, TWO),
            (Edge("G-1", "未批先建", "two", ("one",), LAW),),
            (Clock("G-1", "期限", "one", "two", days=3),),
            "used twice: G-1",
        ),
    ],
)
def test_a_template_that_does_not_fit_together_is_refused_by_name(gates, edges, clocks, problem):
    with pytest.raises(ValueError, match=problem):
        Template(gates, edges, clocks)


def test_a_circle_is_refused_even_where_order_would_hide_it():
    with pytest.raises(ValueError, match="follows: one"):
        Template((replace(ONE, follows=("two",)), TWO))


def test_an_entry_without_its_fields_is_refused(tmp_path):
    file = tmp_path / "gates.yaml"
    file.write_text("laws: {}\ngates: [{key: one, zh: 一}]\nedges: []\nclocks: []\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks or misspells a field"):
        read(file)
