"""The chart as files: what a reader, a printer and a search would find in them."""

from __future__ import annotations

import io
import re
import threading
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from gantt_samples import DAY, item, many, portfolio
from PIL import Image
from pypdf import PdfReader

from projects.core.text import Text
from projects.pictures.gantt import render
from projects.pictures.gantt.render import BusyError, TooLongError, chart_file, write_gantt
from projects.sheets.fonts import extract as fonts


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(content).pages)


def embedded(content: bytes) -> dict[str, str]:
    """Each font's name and the kind of file embedded for it, empty where none is."""
    found = {}
    for page in read(content).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            file = inner["/FontDescriptor"].get_object()
            found[str(inner["/BaseFont"])] = f"{inner['/Subtype']} {'/FontFile2' if '/FontFile2' in file else ''}"
    return found


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return chart_file(many(60), "pdf")


def test_the_pdf_has_the_pages_that_its_rows_need(pdf):
    assert len(read(pdf).pages) == 2
    assert len(read(chart_file(many(60), "pdf", detail=True)).pages) > 8
    assert len(read(chart_file(portfolio(), "pdf")).pages) == 1


@pytest.mark.parametrize(("paper", "size"), [("a3", (420, 297)), ("a1", (841, 594)), ("a4", (297, 210))])
def test_the_pdf_has_the_paper_asked_for(paper, size):
    box = read(chart_file(many(3), "pdf", paper=paper)).pages[0].mediabox
    assert (round(float(box.width) * 25.4 / 72), round(float(box.height) * 25.4 / 72)) == size


def test_names_states_and_dates_can_be_searched_and_copied(pdf):
    text = text_of(pdf)
    for words in (
        "漷县中心卫生院迁建0",
        "瀍河区人民医院1",
        "将误期 +20 天",
        "状态日 2021-11-30",
        "各项目的计划与实际",
        "第 2 页, 共 2 页",
        "来源",
        "单位",
        "晚于计划的部分",
    ):
        assert words in text
    assert "…" in text  # the long name was cut to its column


def test_sample_rows_are_named_at_the_foot_of_every_page(pdf):
    assert all("示例数据" in page.extract_text() for page in read(pdf).pages)
    assert "示例数据" not in text_of(chart_file(portfolio(item()), "pdf"))


def test_fonts_are_embedded_as_truetype(pdf):
    found = embedded(pdf)
    assert any("NotoSansSC" in name for name in found)
    assert set(found.values()) == {"/CIDFontType2 /FontFile2"}


def test_nothing_drawn_lacks_its_glyph(pdf):
    paths = [str(path) for path in fonts.prepared()]
    assert not fonts.missing(text_of(pdf).replace("\n", ""), *paths)


def test_the_check_for_missing_glyphs_can_fail():
    from matplotlib import font_manager

    latin = font_manager.findfont("DejaVu Sans")
    assert "漷" in fonts.missing("漷县中心卫生院", latin)


@pytest.mark.parametrize(
    "label", ["\U0001f3e5医院\x00\n\u202e", "\ud800", "$x^2$ \\frac{1}{2}", "<b>&amp;</b>", "", "长" * 300, "𬭎㛃䶮"]
)
@pytest.mark.parametrize("kind", ["pdf", "png", "svg"])
def test_odd_names_break_no_chart(label, kind):
    assert len(chart_file(portfolio(item(label=label, sublabel=label), group=label or "x"), kind)) > 1000


def test_a_character_without_glyph_becomes_a_mark():
    assert "〓医院" in text_of(chart_file(portfolio(item(label="\U0001f3e5医院")), "pdf"))


@pytest.mark.parametrize("kind", ["pdf", "png", "svg"])
def test_the_same_chart_gives_the_same_bytes(kind):
    assert chart_file(many(5), kind) == chart_file(many(5), kind)


def test_a_picture_is_not_blank_and_wide_enough_to_read():
    picture = Image.open(io.BytesIO(chart_file(many(12), "png"))).convert("RGB")
    assert picture.width >= 2000
    colors = {color for _, color in picture.getcolors(1_000_000)}
    assert {(0, 114, 178), (154, 163, 174)} <= colors  # actual and plan bars
    assert len(colors) > 100


def test_a_very_long_picture_says_what_it_leaves_out(monkeypatch):
    monkeypatch.setattr(render, "MOST_PICTURE_ROWS", 10)
    shown = render._first(many(60), 10, detail=False)
    assert 5 <= len(shown.items) <= 10
    assert len(chart_file(many(60), "svg")) < len(chart_file(many(60), "pdf")) * 40


def test_the_svg_stands_a_strict_content_policy():
    """A page that forbids inline styles would show matplotlib's own SVG as black shapes."""
    svg = chart_file(many(3), "svg").decode()
    root = ET.fromstring(svg)
    assert root.tag.endswith("svg")
    assert " style=" not in svg
    assert 'fill="#0072b2"' in svg
    assert not re.search(r"<script|onload", svg)


def test_black_and_white_tells_the_kinds_of_bars_apart():
    """Slip is hatched, the forecast hollow, plan and actual differ in height."""
    grey = Image.open(io.BytesIO(chart_file(portfolio(item(milestones=(), promises=(), stages=())), "png"))).convert(
        "L"
    )
    assert grey.getextrema()[0] < 60
    names = {name: (style.fill, style.stroke) for name, style in render.STYLES.items()}
    assert names["forecast"][0] == "#ffffff"
    assert names["hatch"][1] is not None


def test_a_file_is_written_by_its_ending(tmp_path):
    write_gantt(tmp_path / "chart.PDF", many(2))
    assert (tmp_path / "chart.PDF").read_bytes().startswith(b"%PDF")
    with pytest.raises(KeyError, match="docx"):
        write_gantt(tmp_path / "chart.docx", many(2))


def test_a_title_in_another_language_is_translated():
    shown = replace(many(4), title=Text("各项目的计划与实际"))
    english = {
        "各项目的计划与实际": "Plans and actuals",
        "将误期": "Will be late",
        "落后 %(days)s 天": "%(days)s d behind",
    }
    text = text_of(chart_file(shown, "pdf", translate=lambda msgid: english.get(msgid, msgid)))
    assert "Plans and actuals" in text
    assert "Will be late" in text
    assert "16 d behind" in text


def test_too_many_rows_are_refused_where_somebody_waits():
    with pytest.raises(TooLongError):
        chart_file(many(30), "pdf", most_rows=20)
    assert chart_file(many(30), "pdf", most_rows=30)


def test_a_third_chart_at_a_time_waits_and_then_is_told_to_come_back(monkeypatch):
    monkeypatch.setattr(render, "PATIENCE", 0.01)
    monkeypatch.setattr(render, "_turns", threading.BoundedSemaphore(1))
    with render._turns, pytest.raises(BusyError):
        chart_file(many(1), "svg")
    assert chart_file(many(1), "svg")


def test_dates_out_of_order_are_said_not_drawn():
    shown = portfolio(
        item(
            plan_start=DAY(2022, 1, 1),
            plan_finish=DAY(2021, 1, 1),
            actual_start=None,
            forecast_finish=None,
            stages=(),
            milestones=(),
            promises=(),
        )
    )
    assert "计划完成早于计划开始" in text_of(chart_file(shown, "pdf"))
