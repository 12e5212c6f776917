"""A file's name and sheets' names may be anything; what is kept of them can be stored and shown. Rule IM-6."""

from __future__ import annotations

import io

import pytest
from builders import make_user, sign_in
from hostile_parts import cells, honest, many, sheet

CSV = "到账日期,收款单位,金额(元)\n2025-05-01,院,5\n".encode()
NAMES = (
    "a\0b.csv",
    "x" * 5000,
    "\u202egpj.csv",
    "../../etc/passwd",
    "<script>alert(1)</script>.csv",
    "a\r\nb: c.csv",
    "",
)


def sent(client, content: bytes, name: str) -> tuple[int, list[int]]:
    """The answer to an upload, and to the pages of what was kept."""
    form = {"kind": "receipts", "place": "", "unit": "", "file": (io.BytesIO(content), name)}
    answer = client.post("/imports", data=form, content_type="multipart/form-data")
    if answer.status_code != 302:
        return answer.status_code, []
    where = answer.headers["Location"].partition("?")[0]
    pages = [client.get(f"{where}{ending}") for ending in ("", ".csv", ".xlsx")]
    assert all(b"<script>alert" not in page.data for page in pages[:1])
    assert all("\n" not in page.headers.get("Content-Disposition", "") for page in pages)
    return 302, [page.status_code for page in pages]


@pytest.fixture
def finance(app):
    with app.app_context():
        user = make_user("finance", name="finance")
    return sign_in(app.test_client(), user)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_file_may_be_named_anything(finance, name: str):
    status, pages = sent(finance, CSV, name)
    assert (status, pages) in [(302, [200] * 3), (422, [])]


@pytest.mark.parametrize("name", ["甲\u202e乙", "<script>alert(1)</script>", "%(name)s", "𠀀" * 31])
def test_a_sheet_may_be_named_anything(finance, name: str):
    book = many([(name, sheet(honest("receipts") + cells(["", "x", "", "", "", ""])))])
    assert sent(finance, book, "a.xlsx") == (302, [200] * 3)


@pytest.mark.parametrize(("length", "status"), [(100, 302), (101, 422)])
def test_a_sheet_s_name_has_a_hundred_letters_at_most(finance, length: int, status: int):
    assert sent(finance, many([("表" * length, sheet(honest("receipts")))]), "a.xlsx")[0] == status
