"""The Chinese font of the charts."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties

from projects.sheets.fonts import extract as fonts


def test_the_family_is_registered_with_a_real_bold():
    family, full = fonts.register()
    regular, bold = (
        font_manager.findfont(FontProperties(family=family, weight=weight)) for weight in ("normal", "bold")
    )
    assert (family, full) == (fonts.FAMILY, fonts.FULL_FAMILY)
    assert regular != bold
    assert [TTFont(path)["OS/2"].usWeightClass for path in (regular, bold)] == [400, 700]
    assert "glyf" in TTFont(regular)  # TrueType outlines, which PDFs can embed and search


def test_everyday_and_rare_characters_can_be_drawn():
    paths = [str(path) for path in fonts.prepared()]
    assert not fonts.missing("济卫规划字〔2021〕1号《要点》，。、；：“”‘’（）…—·−+±%℃㎡①Ⅰ〓", paths[0])
    assert not fonts.missing("堃喆垚镕玥珺祎漷瀍䶮㛃𬭎", *paths[:2])


def test_what_can_not_be_drawn_is_marked_and_line_breaks_are_spaces():
    paths = [str(path) for path in fonts.prepared()]
    assert fonts.drawable("\U0001f3e5第一\n医院", *paths) == "〓第一 医院"
    assert fonts.drawable("第一医院", font_manager.findfont("DejaVu Sans")) == "????"


def test_files_that_exist_are_not_made_again(tmp_path):
    for path in fonts.prepared(tmp_path):
        path.write_bytes(b"")
    said: list[str] = []
    assert fonts.prepare(tmp_path, said.append) == fonts.prepared(tmp_path)
    assert said == []


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    target = tmp_path / "font.ttf"
    with pytest.raises(RuntimeError), fonts._whole(target) as file:
        file.write(b"half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with fonts._whole(target) as file:
        file.write(b"whole")
    assert target.read_bytes() == b"whole"


@pytest.mark.parametrize("trouble", [OSError, ModuleNotFoundError])
def test_a_chinese_font_of_the_system_stands_in(monkeypatch, trouble):
    def fail() -> None:
        raise trouble

    manager = font_manager.FontManager.__new__(font_manager.FontManager)
    manager.ttflist = [font_manager.FontEntry(name="WenQuanYi Micro Hei"), font_manager.FontEntry(name="DejaVu Sans")]
    monkeypatch.setattr(fonts, "prepare", fail)
    assert fonts._families(manager) == ("WenQuanYi Micro Hei",)
    manager.ttflist = []
    assert fonts._families(manager) == ("DejaVu Sans",)
