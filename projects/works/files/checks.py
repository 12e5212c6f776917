"""What may be kept, told by content and never by name, and how a name is cleaned.

Rules FI-1 to FI-4 of docs/rules/files.md.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile

from projects.core.text import N_, Text

MAX_BYTES = 10_000_000  # of one file as sent
MAX_FILES = 9  # on one report or gate, and in one request
MAX_PROJECT_FILES = 100  # on a project itself
MAX_BODY = MAX_FILES * MAX_BYTES + 1_000_000

SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
_SIGNATURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"))
_REFUSED = (
    (b"GIF8", N_("GIF 动图")),
    (b"PK", N_("压缩包或 Office 文档")),
    (b"\xd0\xcf\x11\xe0", N_("旧版 Office 文档")),
    (b"II*\x00", N_("TIFF 图片")),
    (b"MM\x00*", N_("TIFF 图片")),
    (b"BM", N_("BMP 图片")),
    (b"Rar!", N_("压缩包或 Office 文档")),
    (b"\x1f\x8b", N_("压缩包或 Office 文档")),
    (b"7z\xbc\xaf", N_("压缩包或 Office 文档")),
)
_PDF_HEAD = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\r\n \t]")
_PDF_TAIL = re.compile(rb"startxref\s{1,4}(\d{1,10})\s{1,4}%%EOF\s{0,16}\Z")
_XREF = re.compile(rb"\s{0,4}(xref\b|\d{1,10} \d{1,5} obj\b)")
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE | re.DOTALL)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
NAME_BYTES = 180  # what every file system takes with room to spare: 60 Chinese characters
NAMELESS = "未命名"
JOINER = "\u200d"  # holds emoji together


def sniff(content: bytes) -> str | None:
    """The media type that `content` begins as; None for whatever is not kept."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for head, kind in _SIGNATURES if content.startswith(head)), None)


def complaint(content: bytes) -> Text | None:
    """Why `content` can't be kept, as far as its size, head and tail tell; a photo is read in full by
    `extract.cleaned`.
    """
    if not content:
        return Text(N_("文件是空的"))
    if len(content) > MAX_BYTES:
        return Text(N_("文件超过 %(limit)s MB"), {"limit": MAX_BYTES // 1_000_000})
    kind = sniff(content)
    if kind is None:
        return Text(N_("只接受 JPEG、PNG、WebP 照片和 PDF, 这个文件的内容是%(kind)s"), {"kind": Text(_guess(content))})
    return pdf_complaint(content) if kind == "application/pdf" else None


def _guess(content: bytes) -> str:
    """A word for what is not kept, so that a person knows what to do."""
    if content[4:8] == b"ftyp":
        return N_("HEIC 照片或视频 (请在手机上另存为 JPEG)")
    head = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<", b"<!--")):
        return N_("网页或矢量图")
    return next((word for start, word in _REFUSED if content.startswith(start)), N_("其他格式"))


def pdf_complaint(content: bytes) -> Text | None:
    """Why `content` is no whole PDF: head, tail and the table that the tail points at.

    It is never opened here, only handed out as an attachment.
    """
    tail = _PDF_TAIL.search(content[-1024:])
    if not _PDF_HEAD.match(content) or not tail:
        return Text(N_("PDF 不完整或已损坏, 请重新导出后再上传"))
    if not _XREF.match(content, int(tail[1])):
        return Text(N_("PDF 不完整或已损坏, 请重新导出后再上传"))
    if zipfile.is_zipfile(io.BytesIO(content)):
        return Text(N_("PDF 里夹带了压缩包, 请重新导出后再上传"))
    return None


def clean_name(raw: str, media_type: str) -> str:
    """`raw` as a name that is safe on every system and still says what the person meant: Chinese and emoji stay, the
    ending tells the content.
    """
    name = (
        unicodedata.normalize("NFC", raw.encode("utf-8", "ignore").decode("utf-8")[:5000])
        .replace("\\", "/")
        .rpartition("/")[2]
    )
    name = "".join(
        letter
        for letter in name
        if letter == JOINER
        or letter.isspace()
        or unicodedata.category(letter) not in {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"}
    )
    name = _FORBIDDEN.sub("_", " ".join(name.split())).strip(". " + JOINER)
    ending = next((name[-len(end) :] for end in SUFFIXES[media_type] if name.lower().endswith(end)), None)
    stem = name[: -len(ending)].strip(". ") if ending else name
    stem = _shortened(stem) or NAMELESS
    if _DEVICES.fullmatch(stem):
        stem = f"_{stem}"
    return stem + (ending or SUFFIXES[media_type][0])


def _shortened(stem: str) -> str:
    return stem.encode("utf-8")[:NAME_BYTES].decode("utf-8", "ignore").strip(". " + JOINER)
