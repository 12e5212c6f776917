"""Texts of documents of four formats, and files that have none. Rules RD-30 to RD-33."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from projects.core.errors import InvalidError
from projects.register.reader import extract
from projects.register.reader.counting import chinese, shown
from projects.register.reader.extract import REFUSALS, decoded, job, kind_of, text_of
from projects.register.reader.reading import read
from projects.sheets.bounded.extract import BoundError, Bounds
from projects.sheets.fonts import extract as fonts

PLAN = "一、年度重点\n（一）抓项目。市松鹤医院年底前启用。\n"


def pdf(*pages: str) -> bytes:
    """A PDF of pages that each hold a line of ASCII, or nothing."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for page in pages:
        stream = f"BT /F1 12 Tf 50 700 Td ({page}) Tj ET" if page else ""
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        font = "<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
        number = len(objects)
        box = f"/MediaBox [0 0 600 800] /Contents {number} 0 R /Resources << /Font {font} >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("ascii")


def word() -> bytes:
    """A Word document: a paragraph, a numbered list, a table between paragraphs, a list inside a list."""
    from docx import Document

    document = Document()
    document.add_paragraph("一、年度重点")
    for name in ("市松鹤医院开工", "市望湖医院竣工"):
        document.add_paragraph(name, style="List Number")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "市博济医院", "主体封顶"
    document.add_paragraph("尾声")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def printed(*lines: tuple[float, float, str]) -> bytes:
    """A page as an office prints it to PDF: lines of Chinese at (x, y), drawn in this order."""
    from matplotlib.figure import Figure

    families = list(fonts.register())
    page = Figure(figsize=(8.27, 11.69))
    for x, y, text in lines:
        page.text(x, y, text, fontsize=11, family=families)
    out = io.BytesIO()
    page.savefig(out, format="pdf")
    return out.getvalue()


def refused(data: bytes, *whys: str) -> bool:
    """Whether a file is refused for one of these reasons."""
    with pytest.raises(InvalidError) as problem:
        text_of(data, "规划")
    return problem.value.fields["file"].msgid in {REFUSALS[why] for why in whys}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rd30_plain_text_in_any_usual_encoding(encoding: str):
    found = text_of(PLAN.encode(encoding), "规划.txt")
    assert (found.text, found.kind, found.notes) == (PLAN, "txt", ())


def test_rd31_word_keeps_the_order_of_lists_and_tables():
    found = text_of(word(), "规划.docx")
    assert found.kind == "docx"
    lines = found.text.splitlines()
    assert lines == ["一、年度重点", "1.市松鹤医院开工", "2.市望湖医院竣工", "市博济医院\t主体封顶", "尾声"]
    promises = read(found.text, 2021).promises
    assert [(one.project, one.target) for one in promises] == [
        *(("市松鹤医院", "start"), ("市望湖医院", "complete"), ("市博济医院", "topped_out")),
    ]


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (0, "chineseCounting", "〇"),
        (9, "chineseCounting", "九"),
        (10, "chineseCounting", "十"),
        (11, "chineseCounting", "十一"),
        (20, "chineseCounting", "二十"),
        (21, "chineseCounting", "二十一"),
        (99, "chineseCounting", "九十九"),
        (1, "decimal", "1"),
        (20, "decimalEnclosedCircleChinese", "⑳"),
        (21, "decimalEnclosedCircleChinese", "21"),
    ],
)
def test_rd31_numbers_as_word_prints_them(number: int, style: str, text: str):
    assert shown(number, style) == text
    assert chinese(10) == "十"


@pytest.mark.parametrize(
    ("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("gbk", "gb18030"), ("", "gb18030")]
)
def test_rd32_a_saved_page(charset: str, encoding: str):
    meta = f'<meta charset="{charset}">' if charset else ""
    page = (
        f"<html><head>{meta}<style>p{{}}</style><script>建成</script></head><body><!-- 注 --><p>一、<b>重点</b></p>"
        "<ol><li>市松鹤医院开工<ol><li>内</li></ol></li><li>市望湖医院竣工</li></ol>"
        "<table><tr><td>市博济医院</td><td>主体封顶</td></tr></table></body></html>"
    )
    found = text_of(page.encode(encoding), "页.html")
    assert found.kind == "html"
    lines = [line.strip() for line in found.text.splitlines() if line.strip()]
    assert lines == ["一、重点", "1. 市松鹤医院开工", "1. 内", "2. 市望湖医院竣工", "市博济医院\t主体封顶"]


def test_rd33_a_pdf_with_text_and_one_without():
    found = text_of(pdf("The plan of the year 2021 says so", "- 2 -"), "规划.pdf")
    assert found.kind == "pdf"
    assert found.text.split() == ["The", "plan", "of", "the", "year", "2021", "says", "so"]
    assert refused(pdf("", ""), "scanned")
    assert text_of(pdf("The plan of the year 2021 says so", "", ""), "规划.pdf").notes


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"), (b" \n", "empty"), (b"\xd0\xcf\x11\xe0" + b"0" * 600, "doc"), (b"\x89PNG\r\n", "foreign"),
        (b"%PDF-1.7 nothing", "unreadable"), (b"PK\x03\x04 nothing", "unreadable"), (b"\xff\xff\x81\x00\x80", "coded"),
        (b"0" * (extract.MOST_BYTES + 1), "much"),
    ],
)  # fmt: skip
def test_rd30_files_without_a_text_say_why(data: bytes, why: str):
    assert refused(data, why)


def test_rd30_an_archive_that_is_no_word_document():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("xl/workbook.xml", "<x/>")
    assert refused(out.getvalue(), "foreign")


LEFT = ("（一）全力抓好重点项目。市松鹤医院新院区年底前", "主体封顶，市望湖医院6月底前竣工。")
RIGHT = ("（二）加快补齐短板弱项。市博济医院10月底前投入", "使用，力争市中心血站年内开工。")
PROMISED = [
    *(("市松鹤医院新院区", "topped_out", "2021-12-31"), ("市望湖医院", "complete", "2021-06-30")),
    *(("市博济医院", "in_use", "2021-10-31"), ("市中心血站", "start", "2021-12-31")),
]


def test_rd33_chinese_of_a_pdf_is_read_column_by_column_as_it_was_drawn():
    columns = [
        (x, 0.9 - 0.03 * row, text) for x, side in ((0.08, LEFT), (0.55, RIGHT)) for row, text in enumerate(side)
    ]
    found = text_of(printed(*columns), "规划.pdf")
    assert (found.kind, found.notes) == ("pdf", ())
    assert found.text.split() == [*LEFT, *RIGHT]
    promises = read(found.text, 2021).promises
    assert [(one.project, one.target, str(one.due)) for one in promises] == PROMISED


def test_rd33_what_was_drawn_across_two_columns_is_read_across():
    """The limit of the rule: the order of the file is kept, and nothing guesses columns."""
    across = [(x, 0.9 - 0.03 * row, side[row]) for row in (0, 1) for x, side in ((0.08, LEFT), (0.55, RIGHT))]
    found = text_of(printed(*across), "规划.pdf")
    assert found.text.split() == [LEFT[0], RIGHT[0], LEFT[1], RIGHT[1]]


@pytest.mark.parametrize(("letters", "why"), [(extract.MOST_LETTERS, None), (extract.MOST_LETTERS + 1, "much")])
def test_rd30_a_text_may_be_long(letters: int, why: str | None):
    data = b"a" * letters
    assert (b"refused" in job(data)) == bool(why)


@pytest.mark.parametrize("why", ["slow", "large", "broken", "busy"])
def test_rd30_bounds_are_told_in_words(monkeypatch: pytest.MonkeyPatch, why: str):
    def met(*_: object) -> bytes:
        raise BoundError(why)

    monkeypatch.setattr(extract, "answer", met)
    assert refused(b"text", why)


def test_rd30_a_bomb_meets_a_bound(monkeypatch: pytest.MonkeyPatch):
    """Negative control: what fills the memory of the process is not read, and that process is not this one."""
    monkeypatch.setattr(extract, "BOUNDS", Bounds(memory=120_000_000, seconds=5))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("word/document.xml", b"<w>" + b" " * 110_000_000)
    assert refused(out.getvalue(), "large", "unreadable", "broken")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b" " * (extract.MOST_UNPACKED + 1))
    assert refused(out.getvalue(), "much")


def test_what_a_file_is_its_content_tells():
    assert kind_of(b"\n%PDF-1.4") == "pdf"
    assert kind_of(b"<!DOCTYPE html><p>") == "html"
    assert kind_of("市松鹤医院<二期>".encode()) == "txt"
    assert decoded("市".encode("gb18030"), "no such code") == "市"


def test_damaged_documents_are_refused_in_words(tmp_path: Path):
    """Every tenth of a Word document cut off, each in its own process."""
    whole = word()
    for tenth in range(1, 10):
        assert refused(whole[: len(whole) * tenth // 10], "unreadable", "broken")
