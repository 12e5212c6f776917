"""Taking a file in: its content tells what it is; a photo is drawn anew in a bounded process, a PDF is kept as
it came.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from projects.core.text import N_, Text
from projects.works.files.checks import PHOTOS, complaint, sniff

SCRIPT = Path(__file__).with_name("render.py")
SECONDS = 20  # of waiting for one photo; its processor time is limited in render.py
AT_ONCE = threading.BoundedSemaphore(2)  # processes that draw at the same time, for each process that serves
REFUSALS = {
    "large": N_("照片的像素太多, 无法处理: 请缩小后再上传, 长边 4000 像素就足够清楚"),
    "broken": N_("照片不完整或已损坏, 请重新拍摄或另存为 JPEG 后再上传"),
    "slow": N_("照片过于复杂, 无法在规定时间内处理, 请另存为 JPEG 后再上传"),
}


@dataclass(frozen=True)
class Cleaned:
    """What is kept of a file: its bytes, what they are, and the thumbnail of a photo."""

    content: bytes
    media_type: str
    thumbnail: bytes | None


class FileRefusedError(Exception):
    """The file is not kept; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(str(text))


def cleaned(content: bytes) -> Cleaned:
    """`content` as it may be kept; RefusedError says why not."""
    if wrong := complaint(content):
        raise FileRefusedError(wrong)
    kind = sniff(content) or ""
    if kind not in PHOTOS:
        return Cleaned(content, kind, None)
    photo, thumbnail = _drawn(content, kind)
    return Cleaned(photo, kind, thumbnail)


def _drawn(content: bytes, kind: str) -> tuple[bytes, bytes]:
    """The photo and its thumbnail as the bounded process drew them."""
    with AT_ONCE:
        try:
            done = subprocess.run(  # noqa: S603 - our own script, with a media type from our own list
                [sys.executable, "-I", "-B", str(SCRIPT), kind],
                input=content,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                cwd="/",
                env={},
            )
        except subprocess.TimeoutExpired:
            raise FileRefusedError(Text(REFUSALS["slow"])) from None
    head, _, rest = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:
        raise FileRefusedError(Text(REFUSALS["slow"] if done.returncode < 0 else REFUSALS["large"]))
    answer = json.loads(head)
    if "refused" in answer:
        raise FileRefusedError(Text(REFUSALS[answer["refused"]]))
    return rest[: answer["photo"]], rest[answer["photo"] :]
