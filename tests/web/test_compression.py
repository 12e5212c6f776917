"""Pages go out compressed as the browser asks, and read the same."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from builders import make_day
from flask import Flask
from flask_compress.compat import compression


def as_it_is(content: bytes) -> bytes:
    return content


@pytest.mark.parametrize(
    ("asked", "chosen", "read"),
    [
        ("gzip, deflate, br, zstd", "zstd", compression.zstd.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("zstd;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, as_it_is),
    ],
)
def test_a_page_is_compressed_as_its_reader_can_take_it(
    app: Flask, asked: str, chosen: str | None, read: Callable[[bytes], bytes]
):
    with app.app_context():
        make_day()
    answer = app.test_client().get("/sign-in", headers={"Accept-Encoding": asked})
    assert answer.headers.get("Content-Encoding") == chosen
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert read(answer.data).rstrip().endswith(b"</html>")
