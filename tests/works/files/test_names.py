"""Names are kept for people and harmless for machines. Rule FI-4."""

from __future__ import annotations

import unicodedata

import pytest
from hostile import NAMES
from hypothesis import given
from hypothesis import strategies as st

from projects.works.files.checks import NAME_BYTES, SUFFIXES, clean_name

FAMILY = "👨\u200d👩\u200d👧"
GOOD = [
    "济宁市第一人民医院 主体结构封顶.jpg",
    "施工许可证（正本）.jpg",
    f"现场{FAMILY}🏗️.jpg",
    "𠮷野.jpg",
    "Zürich № 5 – Ost.jpg",
    "图①.JPG",
    "2021-11-02 (3).jpeg",
    "a&b=c;d.jpg",
]


@pytest.mark.parametrize("name", GOOD)
def test_names_that_people_give_stay_as_they_are(name):
    assert clean_name(name, "image/jpeg") == name


@pytest.mark.parametrize("label", NAMES)
def test_hostile_names_come_out_safe(label):
    name = clean_name(NAMES[label], "image/jpeg")
    assert_safe(name)


def assert_safe(name: str, endings: tuple[str, ...] = (".jpg", ".jpeg")) -> None:
    assert name.lower().endswith(endings)
    assert not set(name) & set('/\\<>:"|?*\r\n\x00')
    assert all(letter == "\u200d" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"} for letter in name)
    assert len(name.encode("utf-8")) <= NAME_BYTES + 10
    assert len(name) <= 200
    assert name.strip(". ") == name
    assert not name.startswith(".")
    assert name.split(".", maxsplit=1)[0].upper() not in {"CON", "AUX", "NUL", "PRN", "LPT1", "COM1"}


@given(st.text(max_size=400), st.sampled_from(sorted(SUFFIXES)))
def test_any_name_comes_out_safe_and_stays_so(name, media_type):
    once = clean_name(name, media_type)
    assert_safe(once, SUFFIXES[media_type])
    assert clean_name(once, media_type) == once


def test_the_ending_tells_the_content_whatever_the_name_said():
    assert clean_name("page.html", "image/jpeg") == "page.html.jpg"
    assert clean_name("施工许可证", "application/pdf") == "施工许可证.pdf"
    assert clean_name("photo.JPEG", "image/png") == "photo.JPEG.png"
    assert clean_name("", "image/webp") == "未命名.webp"


def test_the_check_itself_finds_an_unsafe_name():
    for bad in ("../a.jpg", "a\u202egpj.exe", "CON.jpg", "a.exe", "x" * 300 + ".jpg", ".jpg"):
        with pytest.raises(AssertionError):
            assert_safe(bad)
