"""Taking a file in: its content tells what it is; a photo is drawn anew in a bounded process, a PDF is kept as
it came.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from projects.core.text import N_, Text
from projects.sheets.bounded.extract import BoundError, Bounds, answer
from projects.works.files.checks import PHOTOS, complaint, sniff

JOB = "projects.works.files.render:redrawn"
BOUNDS = Bounds(seconds=4)
REFUSALS = {
    "large": N_("照片的像素太多, 无法处理: 请缩小后再上传, 长边 4000 像素就足够清楚"),
    "broken": N_("照片不完整或已损坏, 请重新拍摄或另存为 JPEG 后再上传"),
    "slow": N_("照片过于复杂, 无法在规定时间内处理, 请另存为 JPEG 后再上传"),
    "busy": N_("正有几个文件在处理: 请过一分钟再试"),
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
    try:
        head, _, rest = answer(JOB, content, [kind], BOUNDS).partition(b"\n")
    except BoundError as problem:
        raise FileRefusedError(Text(REFUSALS[problem.why])) from None
    said = json.loads(head)
    if "refused" in said:
        raise FileRefusedError(Text(REFUSALS[said["refused"]]))
    return rest[: said["photo"]], rest[said["photo"] :]
