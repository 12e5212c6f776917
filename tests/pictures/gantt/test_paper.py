"""How a chart is cut into sheets, and texts into columns."""

from __future__ import annotations

from gantt_samples import item, many, portfolio, portfolios
from hypothesis import given
from hypothesis import strategies as st

from projects.core.vocabulary import STATES
from projects.pictures.gantt.icons import ICONS
from projects.pictures.gantt.layout import layout
from projects.pictures.gantt.paper import BOTTOM, PAPERS, ROW, TOP, Columns, hatch_lines, pages, roll, shortened


def titles(page) -> list[str]:
    return [str(line.title) for line in page.lines]


@given(portfolios, st.integers(5, 48), st.booleans())
def test_every_row_stands_on_exactly_one_page_in_order(shown, size, detail):
    chart = layout(shown, detail=detail)
    found = pages(chart, size)
    own = [
        line.row.line
        for page in found
        for line in page.lines
        if not str(line.title).endswith(" (续)") or line.row.bars or line.row.flags or line.row.diamonds
    ]
    known = [
        row
        for row in chart.rows
        if row.bars
        or row.diamonds
        or row.notes
        or (row.kind != "milestone" and getattr(row.source, "percent", 0) is not None)
    ]
    assert own == [row.line for row in chart.rows if row in known or row.level < 2]
    assert [page.number for page in found] == list(range(1, len(found) + 1))
    assert all(len(page.lines) <= size for page in found)


def test_a_group_that_continues_is_headed_again():
    found = pages(layout(many(60, groups=1), detail=False), 48)
    assert len(found) == 2
    assert titles(found[1])[0] == "第0项目群 (续)"


def test_no_heading_stands_alone_at_the_foot_of_a_page():
    for count in range(1, 60):
        for page in pages(layout(many(count, groups=7), detail=False), 20):
            assert page.lines[-1].row.level > 0


def test_a_projects_parts_stay_with_it_where_they_fit():
    for page in pages(layout(many(20)), 40):
        levels = [line.row.level for line in page.lines]
        assert levels[1] == 1  # after the group's heading a project begins, not the rest of one


def test_every_sheet_holds_its_rows_between_axis_and_legend():
    for paper in PAPERS.values():
        assert 20 <= paper.rows <= 48
        assert TOP + paper.rows * ROW + BOTTOM <= paper.height / paper.scale + 0.01
        columns = Columns.of(paper)
        assert columns.right - columns.left > 150
    assert roll(120).rows == 120


def test_a_half_empty_sheet_is_drawn_larger_as_long_as_the_bars_keep_their_room():
    a3 = PAPERS["a3"]
    larger = a3.filled(12)
    assert larger.scale > a3.scale
    assert larger.rows >= 12
    assert larger.width / larger.scale >= 370
    assert a3.filled(48) == a3


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_shortened_text_fits_and_keeps_both_ends(text, room):
    short = shortened(text, room, len)
    assert len(short) <= room
    if len(text) > room > 3:
        assert short.startswith(text[0])
        assert short.endswith(text[-1])


@given(st.floats(0, 100), st.floats(0.01, 50), st.floats(0.1, 5))
def test_hatching_stays_inside_its_bar(left, width, gap):
    for x0, y0, x1, y1 in hatch_lines(left, left + width, 2, 4, gap):
        assert left - 1e-9 <= x0 <= x1 <= left + width + 1e-9
        assert 2 - 1e-9 <= y1 <= y0 <= 4 + 1e-9


def test_a_single_project_fills_one_page():
    assert len(pages(layout(portfolio(item())), PAPERS["a4"].rows)) == 1


def test_every_state_has_an_outline_of_its_own_in_print():
    assert set(ICONS) == set(STATES)
    assert len(set(map(tuple, ICONS.values()))) == len(STATES)
    assert all(abs(x) <= 1 and abs(y) <= 1 for points in ICONS.values() for x, y in points)
