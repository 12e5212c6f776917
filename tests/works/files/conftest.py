"""Lets the tests here share their makers of files, and gives them a storage of each kind."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))


@pytest.fixture
def s3_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`STORAGE_URL` of an S3 server: TEST_S3_ENDPOINT with a bucket `tests`, else a small one of our own."""
    import secrets

    from fake_s3 import serving

    from projects.works.files.storage import open_storage

    settings = {
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    open_storage.cache_clear()
    url = f"s3://tests/{secrets.token_hex(8)}"
    if os.environ.get("TEST_S3_ENDPOINT"):
        monkeypatch.setenv("AWS_ENDPOINT", os.environ["TEST_S3_ENDPOINT"])
        yield url
    else:
        with serving() as (address, bucket):
            monkeypatch.setenv("AWS_ENDPOINT", address)
            yield url
            assert bucket.unsigned == []
    open_storage.cache_clear()
