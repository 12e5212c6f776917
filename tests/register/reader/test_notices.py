"""What notices say in ways of their own: forbidden, past, shared, counted, by turns. Rules RD-7 to RD-26."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects.register.reader import clauses, folding, segments
from projects.register.reader.measures import measure, percent
from projects.register.reader.reading import read
from tests.register.reader.scoring import FILES, Score, score

LEAST = {
    "paragraphs.txt": 1.0,
    "notices.txt": 0.95,
    "round2.txt": 0.95,
    "round3.txt": 0.95,
    "round4.txt": 0.95,
    "round5.txt": 0.9,
    "held_out.txt": 0.95,
}


def said(text: str, year: int = 2023) -> list[str]:
    """What a text promises: name, target, day; a group with how many."""
    return [
        " ".join(
            filter(
                None, (one.project, one.target, f"{one.threshold:g}" if one.threshold else "", str(one.due or "")[5:])
            )
        )
        for one in read(text, year).promises
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_notices_are_read_as_a_person_reads_them(file: Path):
    found = score(file)
    assert found.f1 >= LEAST[file.name], found.wrong
    assert score(file, groups=True).f1 >= 0.7
    for right in found.right.values():
        assert right >= 0.9 * found.hit, found.wrong


@pytest.mark.parametrize(
    ("module", "rule", "blind"),
    [
        (folding, "Grid", type("Blind", (), {"row": lambda *_: None})),
        (segments, "with_nouns", lambda found: found),
        (clauses, "_denied", lambda lead: False),
        (clauses, "groups", lambda *_: []),
    ],
)
def test_a_reader_blind_to_a_rule_scores_less(monkeypatch: pytest.MonkeyPatch, module, rule, blind):
    """Negative control."""

    def wrong() -> int:
        made: list[Score] = [score(file, groups) for file in FILES for groups in (False, True)]
        return sum(len(one.wrong) for one in made)

    before = wrong()
    monkeypatch.setattr(module, rule, blind)
    assert wrong() > before


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("不得新建市松鹤医院东院区。", []),
        ("暂缓市松鹤医院二期开工。", []),
        ("拆除市松鹤医院旧门诊楼。", []),
        ("拆除旧楼并新建市松鹤医院门诊楼。", ["市松鹤医院门诊楼 unspecified"]),
        ("主体完工不得低于市松鹤医院的标准。", []),
        ("市松鹤医院年底前竣工，不得拖延。", ["市松鹤医院 complete 12-31"]),
        ("去年，市松鹤医院开工，市望湖医院竣工。", []),
        ("去年市松鹤医院开工，今年市松鹤医院封顶。", ["市松鹤医院 topped_out 12-31"]),
        ("已封顶的市松鹤医院8月投用。", ["市松鹤医院 in_use 08-31"]),
        ("市松鹤医院已封顶，8月投用。", ["市松鹤医院 in_use 08-31"]),
        ("投资3亿元、由市城投代建的市松鹤医院年内竣工。", ["市松鹤医院 complete 12-31"]),
        ("年内建成由市城投代建的市松鹤医院。", ["市松鹤医院 complete 12-31"]),
    ],
)
def test_rd19_forbidden_undone_past(text: str, promises: list[str]):
    """RD-19."""
    assert said(text) == promises


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        (
            "开工建设青石镇、白沙镇、云水乡3所卫生院。",
            ["青石镇卫生院 start", "白沙镇卫生院 start", "云水乡卫生院 start"],
        ),
        ("启动青石、白沙卫生院改扩建。", ["青石卫生院改扩建 start", "白沙卫生院改扩建 start"]),
        ("开工建设南环路、望湖医院。", ["望湖医院 start"]),
        ("开工建设滨江公园、望湖医院。", ["望湖医院 start"]),
        ("建成市松鹤医院东、西院区。", ["市松鹤医院东院区 complete", "市松鹤医院西院区 complete"]),
        ("建成市松鹤医院东院区和三水院区。", ["市松鹤医院东院区 complete", "市松鹤医院三水院区 complete"]),
        ("市松鹤医院东院区、西院区竣工。", ["市松鹤医院东院区 complete", "市松鹤医院西院区 complete"]),
        (
            "市松鹤医院东院区综合楼、西院区感染楼开工。",
            ["市松鹤医院东院区综合楼 start", "市松鹤医院西院区感染楼 start"],
        ),
        ("市松鹤医院门诊、医技、住院综合楼封顶。", ["市松鹤医院门诊、医技、住院综合楼 topped_out"]),
    ],
)
def test_rd24_a_noun_that_stands_once(text: str, promises: list[str]):
    assert said(text) == promises


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        (
            "市松鹤医院住院楼6月竣工、外科楼9月封顶。",
            ["市松鹤医院住院楼 complete 06-30", "市松鹤医院外科楼 topped_out 09-30"],
        ),
        ("市松鹤医院外科楼封顶，科研楼开工。", ["市松鹤医院外科楼 topped_out", "市松鹤医院科研楼 start"]),
        ("云岭小学迁建，综合楼封顶。", []),
        ("综合楼封顶。", []),
    ],
)
def test_rd23_a_block_has_the_hospital_spoken_of(text: str, promises: list[str]):
    assert said(text) == promises


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("启动建设社区卫生服务中心不少于24家。", ["社区卫生服务中心 start 24"]),
        (
            "加快基层医疗卫生机构改造，年内启动建设单位不少于24家，完成10家以上。",
            ["基层医疗卫生机构 start 24 12-31", "基层医疗卫生机构 complete 10 12-31"],
        ),
        ("建成卫生院6所、村卫生室45所。", ["卫生院 complete 6", "村卫生室 complete 45"]),
        (
            "新建发热门诊8处、改造村卫生室30所，10月底前全部完工。",
            ["发热门诊 complete 8 10-31", "村卫生室 complete 30 10-31"],
        ),
        ("三分之二的县级疾控中心年内完成实验楼建设。", ["县级疾控中心 complete 66.7 12-31"]),
        ("年底前50%以上乡镇卫生院改造完成。", ["乡镇卫生院 complete 50 12-31"]),
        ("全市所有中央投资项目全部开工。", []),
        ("云岭市卫生健康委2023年工作要点\n全市所有中央投资项目全部开工。", ["中央投资项目 start"]),
        ("云岭市卫生健康委2023年工作要点\n年内所有医院完成章程制定工作。", []),
        ("支持县级医疗机构，开工建设体育、教育等公共服务设施120个。", []),
        ("市松鹤医院竣工。完成1398个村卫生室改造。", ["市松鹤医院 complete", "村卫生室 complete 1398"]),
    ],
)
def test_rd26_counts_in_other_words(text: str, promises: list[str]):
    assert said(text) == promises


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        (
            "市松鹤医院迁建、市望湖医院扩建分别于6月、10月开工。",
            ["市松鹤医院迁建 start 06-30", "市望湖医院扩建 start 10-31"],
        ),
        (
            "市松鹤医院年内完成投资2亿元，形象进度达到85%。",
            ["市松鹤医院 investment 20000 12-31", "市松鹤医院 progress_pct 85 12-31"],
        ),
    ],
)
def test_rd12_days_by_turns_and_of_numbers(text: str, promises: list[str]):
    assert said(text) == promises


def test_rd9_so_many_projects_are_those_before():
    two = "推进市松鹤医院和市望湖医院建设，"
    assert said(two + "两个项目年底前封顶。") == ["市松鹤医院 topped_out 12-31", "市望湖医院 topped_out 12-31"]
    assert said(two + "三个项目年底前封顶。") == ["市松鹤医院 accelerate", "市望湖医院 accelerate"]


def test_rd14_firmness_goes_on_through_a_series_of_stages():
    found = read("市松鹤医院确保6月封顶、12月竣工，市望湖医院9月开工。", 2023).promises
    assert [(one.target, one.commitment) for one in found] == [
        ("topped_out", "must"),
        ("complete", "must"),
        ("start", "none"),
    ]


def test_rd4_a_review_ends_where_a_sentence_turns_to_this_year():
    text = "过去一年，市松鹤医院开工。今年，要确保市松鹤医院封顶。"
    assert said(text) == ["市松鹤医院 topped_out 12-31"]
    assert [one.target for one in read(text, 2023).reported] == ["start"]


def test_rd28_a_line_heads_its_list():
    text = "一、计划竣工项目（2个）\n市松鹤医院\n市望湖医院\n二、续建项目\n1. 市博济医院\n"
    assert said(text) == ["市松鹤医院 complete", "市望湖医院 complete"]


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        (
            "市松鹤医院（年底前封顶）、市望湖医院（6月竣工）。",
            ["市松鹤医院 topped_out 12-31", "市望湖医院 complete 06-30"],
        ),
        ("建成市松鹤医院（牵头单位：区医院，配合单位：区卫健局）。", ["市松鹤医院 complete"]),
        ("市松鹤医院（一期）封顶。", ["市松鹤医院(一期) topped_out"]),
        ("市松鹤医院夜间门诊开诊。", []),
        ("打通医院路，建成市松鹤医院路校区。", []),
    ],
)
def test_rd20_brackets_services_and_streets(text: str, promises: list[str]):
    assert said(text) == promises


def test_rd9_a_milestone_of_something_else_ends_what_is_spoken_of():
    assert said("市松鹤医院开工，电力管廊竣工，年底前投用。") == ["市松鹤医院 start"]
    assert said("市松鹤医院开工，年底前完成外墙清洗作业，竣工验收。") == ["市松鹤医院 start", "市松鹤医院 accept"]


def test_rd16_money_that_is_spent_is_no_progress():
    assert measure("年度投资完成100%") is None
    assert measure("完成工程量的70%") is not None


def test_rd17_thirds_and_halves():
    assert percent("三分之二") == 66.7
    assert percent("半数") == 50


@pytest.mark.parametrize("name", ["市属医院普通病房改造", "各县医院", "县级疾控中心", "公共卫生“六大中心”"])
def test_rd22_a_level_is_a_sort(name: str):
    assert said(f"启动{name}建设。") == []
