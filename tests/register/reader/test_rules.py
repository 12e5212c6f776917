"""Days, firmness, measures, names, lists and groups, each at its limits. Rules RD-6 to RD-29."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.register.reader import sentences
from projects.register.reader.commitment import commitment, hedge
from projects.register.reader.dates import due
from projects.register.reader.folding import fold
from projects.register.reader.groups import Group, groups, listed, number
from projects.register.reader.lexicon import residue
from projects.register.reader.measures import Measure, amount, measure, percent
from projects.register.reader.names import find
from projects.register.reader.reading import read
from projects.register.reader.segments import MOST
from projects.register.reader.sentences import Stretch, parted
from projects.register.reader.specific import LONGEST, SHORTEST, specific
from projects.register.reader.spoken import LONGEST as LONGEST_INTRO


def promised(text: str, year: int = 2021) -> list[tuple[str, str]]:
    return [(one.project, one.target) for one in read(text, year).promises]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("甲,乙", ["甲", "乙"]),
        ("1,000万元", ["1,000万元"]),
        ("甲(乙,丙),丁", ["甲(乙,丙)", "丁"]),
        ("“开门,开灯”,丁", ["“开门,开灯”", "丁"]),
        ("甲(乙,丙", ["甲(乙", "丙"]),
        ("", []),
    ],
)
def test_rd6_brackets_and_quotes_are_not_parted(text: str, parts: list[str]):
    assert [one.text for one in parted(Stretch(text, 0), ",")] == parts


@pytest.mark.parametrize("letters", [sentences.LONGEST - 1, sentences.LONGEST, sentences.LONGEST + 1])
def test_rd6_a_sentence_without_end_is_cut(letters: int):
    made = list(sentences.sentences("云" * letters, 0, letters))
    assert [len(one.text) for one in made] == [min(letters, sentences.LONGEST)] + [1] * (letters > sentences.LONGEST)


@pytest.mark.parametrize("part", ["东" * (MOST - 1), "东" * MOST, "东" * (MOST + 1)])
def test_rd7_what_is_not_understood_is_not_read(part: str):
    reading = read(f"市松鹤医院完成{part}装修。", 2021)
    assert [one.target for one in reading.promises] == ["fit_out"] * (len(part) <= MOST)
    assert len(reading.unread) == (len(part) > MOST)


def test_rd7_a_sentence_that_is_not_understood_says_so():
    text = "启动市松鹤医院薪酬分配工作。"
    reading = read(text, 2021)
    assert reading.promises == ()
    assert [text[one.start : one.end] for one in reading.unread] == ["启动市松鹤医院薪酬分配工作"]


def test_rd8_each_list_has_its_own_verb():
    assert promised("建成市松鹤医院、启动市望湖医院建设、市博济医院封顶。") == [
        *(("市松鹤医院", "complete"), ("市望湖医院", "start"), ("市博济医院", "topped_out")),
    ]


def test_rd9_words_without_a_name_speak_of_those_before():
    assert promised("推进市松鹤医院建设，确保按期竣工。") == [("市松鹤医院", "complete")]
    assert promised("推进市松鹤医院建设，建成云岭小学，确保按期竣工。") == [("市松鹤医院", "accelerate")]
    assert promised("推进市松鹤医院建设，确保完成全年目标任务。") == [("市松鹤医院", "accelerate")]


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("2021年9月30日前", "2021-09-30"),
        ("9月", "2021-09-30"),
        ("9月份", "2021-09-30"),
        ("2月底前", "2021-02-28"),
        ("2024年2月底", "2024-02-29"),
        ("10月上旬", "2021-10-10"),
        ("10月中旬", "2021-10-20"),
        ("10月下旬", "2021-10-31"),
        ("十二月", "2021-12-31"),
        ("第一季度", "2021-03-31"),
        ("三季度末", "2021-09-30"),
        ("4季度", "2021-12-31"),
        ("上半年", "2021-06-30"),
        ("年中", "2021-06-30"),
        ("下半年", "2021-12-31"),
        ("年底前", "2021-12-31"),
        ("年内", "2021-12-31"),
        ("今年", "2021-12-31"),
        ("明年", "2022-12-31"),
        ("明年3月", "2022-03-31"),
        ("明年上半年", "2022-06-30"),
        ("2023年", "2023-12-31"),
        ("到2025年", "2025-12-31"),
        ("2019年6月底", "2019-06-30"),
        ("20196月底", "2019-06-30"),
        ("2022年底", "2022-12-31"),
        ("国庆节前", "2021-09-30"),
        ("元旦前", "2021-12-31"),
        ("2022年元旦前", "2021-12-31"),
        ("明年元旦前", "2021-12-31"),
        ("教师节前", "2021-09-09"),
        ("2021年03月", "2021-03-31"),
        ("“十四五”末", "2025-12-31"),
        ("", None),
        ("13月", None),
        ("2月30日", None),
        ("2021年工作", None),
        ("2020年以来", None),
        ("启用", None),
        ("预算内投资", None),
        ("“十四五”期间", None),
    ],
)
def test_rd10_a_phrase_becomes_its_last_day(phrase: str, day: str | None):
    assert due(f"{phrase}启用", 2021) == (dt.date.fromisoformat(day) if day else None)


def test_rd11_without_a_year_only_what_names_one_has_a_day():
    assert due("年底启用", None) is None
    assert due("2021年10月启用", None) == dt.date(2021, 10, 31)


def test_rd12_a_day_reaches_what_has_no_verb_before_it():
    days = {
        one.project: one.due
        for one in read("年内确保市松鹤医院启用，市望湖医院竣工，开工建设市博济医院。", 2021).promises
    }
    assert days == {"市松鹤医院": dt.date(2021, 12, 31), "市望湖医院": dt.date(2021, 12, 31), "市博济医院": None}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("确保", "must"),
        ("必须", "must"),
        ("力争", "strive"),
        ("争取", "strive"),
        ("尽快", "soon"),
        ("加快", "soon"),
        ("抓紧", "soon"),
        ("尽早", "soon"),
        ("推进", "none"),
        ("积极", "none"),
        ("力争尽快", "strive"),
        ("确保尽快", "must"),
        ("", "none"),
    ],
)
def test_rd13_firmness(text: str, key: str):
    assert commitment(text) == key


def test_rd14_how_far_firmness_reaches():
    firm = {
        one.project: one.commitment
        for one in read(
            "加快市松鹤医院建设，市望湖医院启用。确保市博济医院启用，市康复医院竣工，开工建设市骨科医院。", 2021
        ).promises
    }
    assert list(firm.values()) == ["soon", "none", "must", "must", "none"]


@pytest.mark.parametrize(
    ("text", "word"), [("基本建成", "基本"), ("部分投用", "部分"), ("分批试运行", "分批"), ("建成", "")]
)
def test_rd14_what_weakens(text: str, word: str):
    assert hedge(text) == word
    assert read(f"市松鹤医院{text}。", 2021).promises[0].hedge == word


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("谋划", "reserve"),
        ("储备", "reserve"),
        ("启动前期工作", "reserve"),
        ("规划建设", "reserve"),
        ("筹建", "reserve"),
        ("申报", "apply"),
        ("争取资金支持", "apply"),
        ("立项", "approve"),
        ("完成可研", "approve"),
        ("初步设计", "approve"),
        ("开工", "start"),
        ("动工", "start"),
        ("启动建设", "start"),
        ("推进开工建设", "start"),
        ("桩基", "foundation"),
        ("出正负零", "foundation"),
        ("主体封顶", "topped_out"),
        ("结构封顶", "topped_out"),
        ("主体完工", "structure_done"),
        ("完成主体工程", "structure_done"),
        ("完成土建", "structure_done"),
        ("完成装修", "fit_out"),
        ("竣工", "complete"),
        ("完工", "complete"),
        ("建成", "complete"),
        ("完成", "complete"),
        ("具备投用条件", "complete"),
        ("竣工验收", "accept"),
        ("建成投用", "in_use"),
        ("启用", "in_use"),
        ("开诊", "in_use"),
        ("试运行", "in_use"),
        ("建成使用", "in_use"),
        ("整体运营", "full_operation"),
        ("全面投入使用", "in_use"),
        ("加快推进", "accelerate"),
        ("建设", "unspecified"),
        ("实施", "unspecified"),
        ("巩固创建成果", None),
        ("建成率", None),
        ("启动装修", None),
        ("云岭", None),
    ],
)
def test_rd15_verbs_and_nouns(text: str, target: str | None):
    found = measure(text)
    assert (found and found.target) == target


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("主体工程完工50%以上", Measure("structure_pct", 50)),
        ("主体工程完成过半", Measure("structure_pct", 50)),
        ("主体工程完成百分之六十五", Measure("structure_pct", 65)),
        ("主体完成八成", Measure("structure_pct", 80)),
        ("形象进度达到99.5%", Measure("progress_pct", 99.5)),
        ("完成总工程量的60%", Measure("progress_pct", 60)),
        ("完成投资2.5亿元", Measure("investment", 25_000)),
        ("完成年度投资1,200万元", Measure("investment", 1_200)),
        ("总投资3亿元", None),
    ],
)
def test_rd16_numbers_that_belong_to_a_measure(text: str, said: Measure | None):
    assert measure(text) == said


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("0%", 0),
        ("50%", 50),
        ("100%", 100),
        ("百分之五", 5),
        ("百分之十", 10),
        ("百分之二十", 20),
        ("百分之百", 100),
        ("九成", 90),
        ("一半", 50),
        ("成立", None),
        ("五成立", None),
        ("", None),
    ],
)
def test_rd17_shares(text: str, share: float | None):
    assert percent(text) == share


def test_rd17_amounts():
    assert amount("0.01亿元") == pytest.approx(100)
    assert amount("300张") is None


def test_rd18_main_works_belong_to_their_own_name_after_built():
    assert promised("建成市松鹤医院、市望湖医院主体工程。") == [
        ("市松鹤医院", "complete"),
        ("市望湖医院", "structure_done"),
    ]
    assert promised("完成市松鹤医院、市望湖医院主体工程。") == [
        ("市松鹤医院", "structure_done"),
        ("市望湖医院", "structure_done"),
    ]


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("市松鹤医院", "市松鹤医院"),
        ("市松鹤医院二期工程", "市松鹤医院二期"),
        ("市松鹤医院（北区）病房楼项目", "市松鹤医院(北区)病房楼"),
        ("市松鹤医院防控救治能力提升工程", "市松鹤医院防控救治能力提升"),
        ("市松鹤医院易地建设项目", "市松鹤医院易地建设"),
        ("市疾控中心易地新建", "市疾控中心易地新建"),
        ("附二院门诊楼", "附二院门诊楼"),
        ("云岭卫生职业学院", "云岭卫生职业学院"),
        ("云岭学院", None),
        ("云岭大桥", None),
    ],
)
def test_rd20_where_a_name_ends(item: str, name: str | None):
    text = fold(item).text
    found = find(text, 0, len(text))
    assert (found and found.text) == name


@pytest.mark.parametrize(
    ("name", "soft", "hard"),
    [
        ("市松鹤医院", True, True),
        ("市儿童医院", True, True),
        ("第五医院", True, True),
        ("儿童医院", False, True),
        ("国家医学中心", False, True),
        ("创伤救治中心", False, True),
        ("社区卫生服务中心", False, False),
        ("县级医院", False, False),
        ("互联网医院", False, False),
        ("高水平医院", False, False),
        ("市人民医院医疗联盟中心", False, False),
    ],
)
def test_rd22_one_building_or_a_sort(name: str, soft: bool, hard: bool):
    found = find(name, 0, len(name))
    assert found is not None
    assert (specific(found, False), specific(found, True)) == (soft, hard)


@pytest.mark.parametrize("letters", [SHORTEST - 1, SHORTEST, SHORTEST + 1, LONGEST - 1, LONGEST, LONGEST + 1])
def test_rd22_names_have_a_length(letters: int):
    name = "松" * (letters - 2) + "医院"
    found = find(name, 0, letters)
    assert found is not None
    assert specific(found, True) == (SHORTEST <= letters <= LONGEST)


def test_rd21_a_place_is_no_project():
    assert promised("云岭影像中心设在市松鹤医院，与市望湖医院合作共建专科楼，依托市博济医院建设培训中心。") == []


def test_rd23_heads():
    assert [name for name, _ in promised("开工建设石桥区骨科医院、儿童医院、松鹤医院。")] == [
        "石桥区骨科医院",
        "石桥区儿童医院",
        "松鹤医院",
    ]
    assert [name for name, _ in promised("建成市松鹤医院门诊楼、病房楼。")] == ["市松鹤医院门诊楼", "市松鹤医院病房楼"]


def test_rd24_tails():
    assert [name for name, _ in promised("启动市松鹤医院、市望湖医院迁建。")] == ["市松鹤医院迁建", "市望湖医院迁建"]
    assert [name for name, _ in promised("启动市松鹤医院、市望湖医院二期。")] == ["市松鹤医院", "市望湖医院二期"]
    assert [name for name, _ in promised("启动市松鹤医院门诊楼、市望湖医院迁建。")] == [
        "市松鹤医院门诊楼",
        "市望湖医院迁建",
    ]


def test_rd25_and_parts_two_lists():
    names = [name for name, _ in promised("启动市松鹤医院和市望湖医院、市博济医院改扩建。")]
    assert names == ["市松鹤医院", "市望湖医院改扩建", "市博济医院改扩建"]
    assert [name for name, _ in promised("启动市中西医结合医院急救中心和感染科建设。")] == [
        "市中西医结合医院急救中心和感染科"
    ]


@pytest.mark.parametrize(
    ("text", "lead", "before", "said"),
    [
        ("12家乡镇卫生院改造", "完成", "", Group("count", 12, "乡镇卫生院", "complete")),
        (
            "年内启动建设单位不少于24家",
            "",
            "推进基层医疗卫生机构改造",
            Group("count", 24, "基层医疗卫生机构", "start"),
        ),
        ("完成80%的乡镇卫生院改造", "", "", Group("share", 80, "乡镇卫生院", "complete")),
        ("医疗卫生项目开工率达到90%", "", "", Group("share", 90, "医疗卫生项目", "start")),
        ("中央支持的医疗卫生项目全部开工", "", "", Group("all", None, "中央支持的医疗卫生项目", "start")),
        ("建成20家智能工厂", "", "", None),
        ("完成10家乡镇卫生院等级评审", "", "", None),
        ("第十四个卫生院", "建成", "", None),
    ],
)
def test_rd26_groups(text: str, lead: str, before: str, said: Group | None):
    assert groups(text, lead, before) == ([said] if said else [])


@pytest.mark.parametrize(("word", "value"), [("2", 2), ("两", 2), ("十", 10), ("十二", 12), ("二十", 20)])
def test_rd26_numbers_of_units(word: str, value: int):
    assert number(word) == value


@pytest.mark.parametrize(("many", "quantifier"), [(1, "count"), (2, "all"), (3, "count")])
def test_rd27_a_count_checks_its_list(many: int, quantifier: str):
    found = listed(f"等{many}个项目", ["甲医院", "乙医院"], "start")
    assert found == Group(quantifier, many, f"甲医院等{many}个项目", "start", ("甲医院", "乙医院"))
    assert listed("等项目", ["甲医院", "乙医院"], "start") is None
    assert listed("等2个项目", ["甲医院"], "start") is None


@pytest.mark.parametrize("letters", [LONGEST_INTRO - 1, LONGEST_INTRO, LONGEST_INTRO + 1])
def test_rd28_what_stands_before_a_colon_holds_for_what_follows(letters: int):
    intro = "年内开工项目"
    text = f"{'云' * (letters - len(intro))}{intro}：市松鹤医院、市望湖医院。"
    assert promised(text) == [("市松鹤医院", "start"), ("市望湖医院", "start")] * (letters <= LONGEST_INTRO)


def test_rd28_and_for_deeper_clauses_only():
    reading = read("一、今年办好两件大事：\n1.建成市松鹤医院。\n二、其他\n建成市望湖医院。", 2021)
    assert [one.due for one in reading.promises] == [dt.date(2021, 12, 31), None]


def test_rd29_what_is_pursued_gives_way_to_a_milestone_of_the_same_words():
    assert promised("推进市松鹤医院建设，确保年内竣工。") == [("市松鹤医院", "complete")]
    assert promised("1.推进市松鹤医院建设。市松鹤医院年内竣工。") == [("市松鹤医院", "complete")]
    assert promised("推进市松鹤医院建设。市松鹤医院年内竣工。") == [
        ("市松鹤医院", "accelerate"),
        ("市松鹤医院", "complete"),
    ]


def test_words_that_fill_are_known():
    assert residue("等一批重大项目建设进度,年底前全面完工50%") == ""
    assert residue("薪酬") == "薪酬"
