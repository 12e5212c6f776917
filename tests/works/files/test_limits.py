"""Files at the limit itself: rules F-1, F-2 and F-4, from docs/rules/files.md."""

from __future__ import annotations

import io
import zipfile

import pytest

from projects.works.files.checks import (
    MAX_BODY,
    MAX_FILES,
    MAX_PROJECT_FILES,
    clean_name,
    complaint,
    pdf_complaint,
    sniff,
)


def pdf(
    start: str = "9", *, head: bytes = b"%PDF-1.7\n", xref: bytes = b"xref\n0 1", end: bytes = b"\n%%EOF\n"
) -> bytes:
    return head + xref + b"\nstartxref\n" + start.encode() + end


def test_f1_one_file_has_ten_megabytes_one_request_nine_files_and_a_project_a_hundred():
    assert complaint(b"\xff\xd8\xff" + bytes(9_999_997)) is None
    assert "文件超过 10 MB" in str(complaint(b"\xff\xd8\xff" + bytes(9_999_998)))
    assert str(complaint(b"")) == "文件是空的"
    assert complaint(b"\xff\xd8\xff") is None
    assert (MAX_FILES, MAX_PROJECT_FILES, MAX_BODY) == (9, 100, 91_000_000)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\xff\xd8", None),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF....WEBP", "image/webp"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        (b"RIFF....WAVE", None),
        (b"XIFF....WEBP", None),
        (b"%PDF-1.7", "application/pdf"),
        (b" %PDF-1.7", None),
    ],
)
def test_f1_a_file_is_told_by_its_first_bytes(content: bytes, kind: str | None):
    assert sniff(content) == kind


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"....ftypheic", "HEIC"),
        (b"<svg/>", "网页或矢量图"),
        (b"\xef\xbb\xbf \r\n<!DOCTYPE html>", "网页或矢量图"),
        (b"GIF89a", "GIF"),
        (b"PK\x03\x04", "压缩包"),
        (b"II*\x00", "TIFF"),
        (b"BMxx", "BMP"),
        (b"plain", "其他格式"),
        (b" " * 399 + b"<a", "网页或矢量图"),
        (b" " * 400 + b"<a", "其他格式"),
    ],
)
def test_f1_what_is_refused_is_named(content: bytes, word: str):
    assert word in str(complaint(content))


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (pdf(), True),
        (pdf(head=b"%PDF-1.8\n"), False),
        (pdf(head=b"%PDF-2.0\n"), True),
        (pdf("0"), False),
        (pdf("8"), True),  # the blank before the table may be pointed at
        (pdf("10"), False),
        (pdf("999"), False),
        (pdf(end=b"\n%%EOF" + b" " * 16), True),
        (pdf(end=b"\n%%EOF" + b" " * 17), False),
        (pdf(end=b"\n%%EO"), False),
        (pdf(xref=b"1 0 obj"), True),
        (pdf(xref=b"nothing"), False),
        (b"%PDF-1.7\n" + b"xref\n" + b"x" * 2000 + b"\nstartxref\n9\n%%EOF", True),
    ],
)
def test_f2_a_pdf_is_whole_in_head_end_and_the_table_its_end_points_at(content: bytes, whole: bool):
    assert (pdf_complaint(content) is None) == whole


@pytest.mark.parametrize(("letters", "kept"), [(59, 59), (60, 60), (61, 60), (5001, 60)])
def test_f4_sixty_chinese_characters_are_the_most(letters: int, kept: int):
    assert clean_name("字" * letters + ".jpg", "image/jpeg") == "字" * kept + ".jpg"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("C:\\a\\图.jpg", "图.jpg"),
        ("a/b/图.jpg", "图.jpg"),
        ("图\u202e.jpg", "图.jpg"),
        ("图\x00\x1f.jpg", "图.jpg"),
        ("a\tb.jpg", "a b.jpg"),
        ("a<b>.jpg", "a_b_.jpg"),
        ("con.jpg", "_con.jpg"),
        ("con.tar.jpg", "_con.tar.jpg"),
        ("conx.jpg", "conx.jpg"),
        ("com1.jpg", "_com1.jpg"),
        ("图.jpeg", "图.jpeg"),
        ("图.JPG", "图.JPG"),
        ("图.png", "图.png.jpg"),
        ("图. .jpg", "图.jpg"),
        ("", "未命名.jpg"),
    ],
)
def test_f4_a_name_stays_without_what_harms_and_ends_as_its_content_does(raw: str, name: str):
    assert clean_name(raw, "image/jpeg") == name


def test_f4_a_hundred_and_eighty_bytes_of_the_first_five_thousand_letters_are_kept():
    assert clean_name("a" * 180, "image/png") == clean_name("a" * 181, "image/png") == "a" * 180 + ".png"
    assert clean_name("a" * 5000 + "/b", "image/png") == "a" * 180 + ".png"
    assert clean_name("a" * 4999 + "/b", "image/png") == "未命名.png"


def test_f2_a_pdf_with_an_archive_in_it_or_without_its_end_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", "b")
    assert str(complaint(pdf(xref=b"xref\n" + packed.getvalue()))) == "PDF 里夹带了压缩包, 请重新导出后再上传"
    assert str(complaint(pdf(end=b""))) == "PDF 不完整或已损坏, 请重新导出后再上传"
    assert complaint(pdf()) is None
