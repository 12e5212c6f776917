"""Width, lines, numbers, parts, heads and tables of documents. Rules RD-1 to RD-5, RD-34."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.register.reader import numbering, parts
from projects.register.reader.folding import WRAPPED, fold
from projects.register.reader.reading import read


def test_rd1_one_width_no_blanks_and_every_letter_knows_its_place():
    raw = "（一） 市 松鹤医院，\t完工５０％\n\n**第二行**"
    folded = fold(raw)
    assert folded.text == "(一)市松鹤医院,,完工50%\n第二行"
    start = folded.text.index("松鹤")
    assert raw[slice(*folded.span(start, start + 2))] == "松鹤"
    assert fold("").span(0, 0) == (0, 0)
    assert fold("<br>甲<b>乙</b>").text == "甲乙"


@pytest.mark.parametrize(("letters", "joined"), [(WRAPPED - 1, False), (WRAPPED, True), (WRAPPED + 1, True)])
def test_rd1_a_line_as_wide_as_a_page_is_joined(letters: int, joined: bool):
    assert fold("云" * letters + "\n二").text == "云" * letters + ("二" if joined else "\n二")


@pytest.mark.parametrize(
    "text",
    [
        "云" * 30 + "。\n二",  # a sentence ended
        "云" * 30 + "\n二、重点",  # a number begins
        "一、" + "云" * 30 + "\n二",  # a heading
        "云" * 30 + "\t甲\n二\t乙",  # rows of a table
    ],
)
def test_rd1_other_lines_are_not_joined(text: str):
    assert "\n" in fold(text).text


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1", 1),
        ("12", 12),
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十三", 23),
        ("一百", 100),
        ("①", 1),
        ("⑳", 20),
        ("", 0),
        ("云", 0),
    ],
)
def test_rd2_numbers(word: str, value: int):
    assert numbering.number(word) == value


def locators(text: str) -> list[str]:
    return [one.locator for one in read(text, 2021).clauses]


def test_rd2_every_usual_numbering_leads_to_a_clause():
    text = "第一章 总则\n一、项目\n（一）市级\n1.甲。\n2、乙。\n（1）丙。\n①丁。②戊。\n（二）县级\n1.己。"
    assert locators(text) == [
        *("第一章", "第一章一", "第一章一（一）", "第一章一（一）1", "第一章一（一）2", "第一章一（一）2（1）"),
        *("第一章一（一）2（1）①", "第一章一（一）2（1）②", "第一章一（二）", "第一章一（二）1"),
    ]


def test_rd3_numbers_that_go_on_through_the_text_stand_alone():
    assert locators("一、甲\n1.子。\n2.丑。\n二、乙\n3.寅。\n三、丙\n4.卯。") == ["一", "1", "2", "二", "3", "三", "4"]
    assert locators("一、甲\n1.子。\n2.丑。\n二、乙\n1.寅。") == ["一", "一1", "一2", "二", "二1"]


def test_rd3_a_locator_that_comes_again_says_so():
    assert locators("一、甲。\n一、乙。") == ["一", "一·2"]


def test_rd2_numbers_inside_sentences_begin_nothing():
    assert locators("投资5.9亿元，2021.3建成，一、二期完工") == [""]


def test_a_clause_has_its_heading_and_its_place():
    text = "前言。\n（一）抓项目。市松鹤医院启用。\n"
    first, second = read(text, 2021).clauses
    assert (first.heading, first.locator) == ("", "")
    assert (second.heading, text[second.start : second.end].strip()) == ("抓项目", "（一）抓项目。市松鹤医院启用。")


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("一、2020年工作回顾", parts.REVIEW),
        ("过去五年和2020年工作回顾", parts.REVIEW),
        ("“十三五”及2020年工作回顾", parts.REVIEW),
        ("今年以来工作情况", parts.REVIEW),
        ("2020年工作总结", parts.REVIEW),
        ("2021年重点工作", parts.PLAN),
        ("2021年政府工作", parts.PLAN),
        ("主要任务", parts.PLAN),
        ("新一届政府工作思路", parts.PLAN),
        ("“十四五”时期主要目标和2021年重点工作", parts.PLAN),
        ("今后五年的目标任务", parts.MIDDLE),
        ("“十四五”时期总体安排", parts.MIDDLE),
        ("名词解释", parts.CLOSING),
        ("有关词语解释", parts.CLOSING),
        ("2021年主要目标任务", parts.PLAN),
        ("2021年总体要求", parts.PLAN),
        ("2020年目标任务", None),
        ("奋力拼搏,经济社会发展成效显著", parts.REVIEW),
        ("奋力拼搏,推动发展取得新突破", None),
        ("加快项目建设", None),
    ],
)
def test_rd4_a_heading_begins_a_part(heading: str, part: str | None):
    assert parts.part_of(heading, 2021) == part


def test_rd4_a_review_is_kept_apart_as_events():
    reading = read(
        "一、2020年工作回顾\n市松鹤医院年底前竣工，推进市望湖医院建设。\n二、2021年工作安排\n市松鹤医院启用。", 2021
    )
    assert [(one.project, one.target) for one in reading.reported] == [("市松鹤医院", "complete")]
    assert [(one.project, one.target) for one in reading.promises] == [("市松鹤医院", "in_use")]
    assert [one.part for one in reading.clauses] == ["review", "plan"]


@pytest.mark.parametrize(
    "text",
    [
        "2020年工作回顾\n一、项目\n市松鹤医院竣工。\n2021年工作安排\n一、项目\n市松鹤医院启用。",
        "**2020年工作回顾** 市松鹤医院竣工。\n**2021年工作任务** 市松鹤医院启用。",
        "2020年，市松鹤医院竣工。\n2021年工作的总体要求是：求真务实。市松鹤医院启用。",
        "一、疫情防控\n市松鹤医院竣工。\n二、2020年工作回顾\n很好。\n三、2021年工作安排\n市松鹤医院启用。\n名词解释\n市松鹤医院竣工。",
    ],
)
def test_rd4_parts_without_numbers(text: str):
    reading = read(text, 2021)
    assert [one.target for one in reading.reported] == ["complete"]
    assert [one.target for one in reading.promises] == ["in_use"]


def test_rd5_the_head():
    text = (
        "云卫规划字〔2021〕3号\n关于印发《2021年云岭市卫生健康工作要点》的通知\n各单位：\n"
        "云岭市卫生健康委员会\n2021年4月23日\n一、项目"
    )
    head = read(text).head
    assert head.title == "2021年云岭市卫生健康工作要点"
    assert head.number == "云卫规划字〔2021〕3号"
    assert head.issuer == "云岭市卫生健康委员会"
    assert head.issued_on == dt.date(2021, 4, 23)
    assert head.year == 2021
    assert read(text, 2022).head.year == 2022


def test_rd5_what_is_not_said_is_empty():
    head = read("市松鹤医院启用。").head
    assert (head.title, head.number, head.issuer, head.issued_on, head.year) == ("", "", "", None, None)
    assert read("市松鹤医院年底启用。").promises[0].due is None


@pytest.mark.parametrize(
    "text",
    [
        "2020年，市松鹤医院竣工。\n一、项目\n市松鹤医院启用。",
        "2020年，市松鹤医院竣工。\n2021年，市松鹤医院启用。",
        "过去一年，市松鹤医院竣工。\n一、项目\n（一）市级\n市松鹤医院启用。",
    ],
)
def test_rd4_a_look_back_before_work_points_ends_where_they_begin(text: str):
    reading = read(text, 2021)
    assert [one.target for one in reading.reported] == ["complete"]
    assert [one.target for one in reading.promises] == ["in_use"]


def told(text: str) -> list[tuple[str, str, float | None, str]]:
    return [(one.project, one.target, one.threshold, str(one.due or "")) for one in read(text, 2023).promises]


def test_rd4_what_follows_a_plan_is_plan():
    text = "一、2022年工作回顾\n市松鹤医院投用。\n二、2023年重点工作\n市望湖医院开工。\n三、兜牢底线\n市博济医院竣工。"
    assert [one[0] for one in told(text)] == ["市望湖医院", "市博济医院"]
    assert [one.project for one in read(text, 2023).reported] == ["市松鹤医院"]


TABLE = "序号\t项目名称\t建设内容\t2023年投资（亿元）\t年度目标\t责任单位\n"


def test_rd34_columns_say_what_their_cells_are():
    row = "1\t市松鹤医院项目\t新建门诊楼，竣工后床位800张\t1.5\t主体封顶\t市中心医院、市医院管理中心\n"
    assert told(TABLE + row) == [
        ("市松鹤医院", "investment", 15_000, ""),
        ("市松鹤医院", "topped_out", None, ""),
    ]


def test_rd34_a_row_speaks_of_its_own_name_only():
    rows = "1\t市松鹤医院\t\t\t封顶\t\n二\t新建项目\n2\t城区供水管网\t\t\t年内竣工\t\n3\t市望湖医院\t\t\t开工\t\n"
    assert told(TABLE + rows) == [("市松鹤医院", "topped_out", None, ""), ("市望湖医院", "start", None, "")]


def test_rd34_days_and_periods_over_columns():
    text = (
        "工程名称\t一季度\t6月底前目标\t竣工时间\t完成时限\n市松鹤医院\t开工\t封顶\t2024.5\t\n市望湖医院\t\t\t待定\t\n"
    )
    assert told(text) == [
        ("市松鹤医院", "start", None, "2023-03-31"),
        ("市松鹤医院", "topped_out", None, "2023-06-30"),
        ("市松鹤医院", "complete", None, "2024-05-31"),
    ]
    assert told("工作任务\t完成时限\t责任单位\n推动市松鹤医院竣工\t2023/10/15\t规划科") == [
        ("市松鹤医院", "complete", None, "2023-10-15")
    ]


def test_rd34_a_table_without_titles_is_read_as_sentences():
    assert told("市松鹤医院\t主体封顶\t10月") == [("市松鹤医院", "topped_out", None, "2023-10-31")]


def test_rd34_every_letter_keeps_its_place():
    text = "| 项目 | 一季度 |\n|---|---|\n| 市松鹤医院 | 开工 |"
    one = read(text, 2023).promises[0]
    assert text[one.start : one.end].replace(" ", "") == one.quote
    assert (one.project, str(one.due)) == ("市松鹤医院", "2023-03-31")
