"""The chart as markup: every mark, nothing unescaped."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from gantt_samples import DAY, item, many, portfolio, portfolios
from hypothesis import given

from projects.core.vocabulary import LIGHT_OF, SHAPES, STATES
from projects.pictures.gantt import twin
from projects.pictures.gantt.drawing import Drawing, draw
from projects.pictures.gantt.facts import ChartMilestone, ChartStage, Portfolio, Promise
from projects.pictures.gantt.layout import Chart, layout
from projects.pictures.gantt.table import table
from projects.pictures.gantt.wording import LEGEND, ChartWords
from projects.sheets.writing.table import Table

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"
WORDS = ChartWords(str)


def drawn(shown: Portfolio) -> tuple[Chart, Drawing]:
    chart = layout(shown)
    return chart, draw(chart, WORDS, lambda slug: f"/projects/{slug}?as_of=2021-11-30&x=1")


def markup(drawing: Drawing) -> str:
    return "".join(
        (
            drawing.axis,
            drawing.grid,
            *(part for band in drawing.bands for part in band[1:]),
            *(picture for picture, _ in drawing.legend),
        )
    )


def subpaths(text: str, kind: str) -> int:
    """How many outlines the paths of one class hold."""
    return sum(path.count("M") for path in re.findall(rf'class="g-{kind}"[^>]* d="([^"]*)"', text))


class Tags(HTMLParser):
    """Collects the tags and attributes that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_what_a_language_says_of_days_is_escaped_like_all_else():
    chart = layout(portfolio(item()))
    plain = markup(draw(chart, WORDS, str))
    signs = markup(draw(chart, ChartWords(lambda msgid: f"{msgid}<i>&\"'" if msgid else ""), str))
    assert "<i>" not in signs
    tips = re.compile(r'<li title="([^"]*)"')
    assert [tip.replace("&lt;i&gt;&amp;&quot;&#x27;", "") for tip in tips.findall(signs)] == tips.findall(plain)


def test_each_series_is_one_path_per_project_that_holds_every_bar():
    chart, drawing = drawn(portfolio(item()))
    text = drawing.bands[0][2]
    for series in ("plan", "actual", "forecast", "slip"):
        bars = sum(bar.series == series for row in chart.rows for bar in row.bars)
        assert bars > 0
        assert subpaths(text, series) == bars
        assert len(re.findall(rf'class="g-{series}"', text)) <= 2  # the project's own line, and all its parts


def test_every_diamond_and_flag_is_drawn():
    chart, drawing = drawn(portfolio(item()))
    text = drawing.bands[0][2]
    for series in ("planned", "reached", "missed"):
        assert subpaths(text, series) == sum(mark.series == series for row in chart.rows for mark in row.diamonds)
    assert text.count("g-flag") == 2


def test_slip_is_said_in_a_shape_a_word_and_days_and_hatched():
    text = drawn(portfolio(item()))[1].bands[0][2]
    assert "■ 将误期 +20 天" in text
    assert 'class="g-slip" fill="url(#g-hatch)"' in text


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_word_and_shape_beside_its_name(state):
    text = drawn(portfolio(item(state=state)))[1].bands[0][2]
    assert f">{SHAPES[state]}</span> {STATES[state]}" in text
    assert LIGHT_OF[state] in text


def test_names_lead_to_the_project_bars_to_its_stages_and_flags_to_their_promise():
    text = drawn(portfolio(item()))[1].bands[0][2]
    page = "/projects/zhongyi?as_of=2021-11-30&amp;x=1"
    for address in (page, f"{page}#stages", f"{page}#milestones", f"{page}#t-zhongyi-1"):
        assert f'href="{address}"' in text


def test_no_control_stands_inside_another():
    text = drawn(portfolio(item()))[1].bands[0][2]
    assert all("<a" not in part.split("</summary>")[0] for part in text.split("<summary>")[1:])


def test_what_people_typed_can_not_become_markup():
    hostile = item(
        label=HOSTILE,
        sublabel=HOSTILE,
        stages=(ChartStage(HOSTILE, DAY(2021, 1, 1), DAY(2021, 2, 1)),),
        milestones=(ChartMilestone(HOSTILE, DAY(2021, 1, 1)),),
        promises=(Promise(HOSTILE, HOSTILE, DAY(2021, 12, 31), "behind", 3, HOSTILE),),
    )
    shown = portfolio(hostile, group=HOSTILE)
    text = markup(drawn(shown)[1])
    made: Table = table(shown, str)
    for found in (Tags(text), Tags(twin.head_markup(made) + twin.body_markup(made, "项目"))):
        assert not found.tags & {"script", "img"}
        assert not {name for name in found.attributes if name.startswith("on") or name == "style"}
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


@given(portfolios)
def test_any_chart_is_well_formed_and_without_inline_style(shown):
    text = markup(drawn(shown)[1])
    printable = "".join(letter if letter.isprintable() else "·" for letter in text)
    ET.fromstring("<root>" + re.sub(r"<details([^>]*) open>", r"<details\1>", printable) + "</root>")
    assert "style=" not in text


def test_a_project_is_folded_unless_asked_and_its_parts_count_their_rows():
    chart = layout(portfolio(item()))
    folded, unfolded = (draw(chart, WORDS, str, unfolded=way).bands[0][2] for way in (False, True))
    assert '<details id="p-zhongyi">' in folded
    assert '<details id="p-zhongyi" open>' in unfolded
    assert folded.count("<li title=") == 7
    assert 'height="168"' in folded  # seven rows of 24


def test_the_legend_explains_every_kind_of_mark():
    assert len(drawn(portfolio(item()))[1].legend) == len(LEGEND)
    assert {entry.key for entry in LEGEND} >= {
        "plan",
        "actual",
        "forecast",
        "slip",
        "planned",
        "reached",
        "missed",
        "flag",
        "today",
    }


def test_eight_thousand_rows_stay_under_a_megabyte_on_the_wire():
    import zlib

    text = markup(drawn(many(1000))[1])
    assert text.count("<li title=") == 7000
    assert len(zlib.compress(text.encode(), 4)) < 1_000_000


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_every_line_of_the_chart():
    shown = many(7)
    chart = layout(shown)
    made = table(shown, str)
    assert len(made.rows) == sum(1 for row in chart.rows if row.level > 0)
    assert all(len(row) == len(made.columns) for row in made.rows)


def test_the_table_says_in_words_and_numbers_what_the_chart_draws():
    made = table(portfolio(item()), str)
    keys = [column.key for column in made.columns]
    rows = {row[keys.index("name")]: dict(zip(keys, row, strict=True)) for row in made.rows}
    own = rows["市公共卫生中医医疗中心"]
    assert (own["state"], own["slip_days"], own["percent"], own["forecast_finish"]) == (
        "将误期",
        20,
        48.5,
        DAY(2022, 7, 20),
    )
    assert rows["基础 ±0.00"]["slip_days"] == 31
    assert rows["主体结构"]["slip_days"] == 30  # overdue since 31 October
    assert rows["主体封顶"]["state"] == "计划日已过, 未见达成"
    assert rows["年内主体工程完成50%以上"]["clause"] == "济卫规划字〔2021〕1号 12"


def test_the_table_view_heads_each_group_and_leaves_out_only_empty_columns():
    made = table(many(4, groups=2), str)
    head, body = twin.head_markup(made), twin.body_markup(made, "项目")
    assert body.count('class="g-band"') == 2
    assert body.count('class="g-own"') == 4
    assert "基准开始" not in head
    assert "推算完成" in head
    for cell in ("2022-07-20", "+20", "48.5"):
        assert f">{cell}</td>" in body
