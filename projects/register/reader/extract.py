"""The text of a document as it was saved: Word, PDF, HTML or plain text, in a bounded process. Rules RD-30 to RD-33.

What a file is its content tells. Cells of a table are parted by tabs and rows by lines; lists keep their order and
their numbers.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from projects.core.errors import InvalidError
from projects.core.text import N_, Text
from projects.register.reader.counting import Counters
from projects.sheets.bounded.extract import BoundError, Bounds, answer

JOB = "projects.register.reader.extract:job"
BOUNDS = Bounds(memory=500_000_000, seconds=10)
MOST_BYTES = 20_000_000  # of a file as sent
MOST_UNPACKED = 120_000_000
MOST_LETTERS = 500_000  # of a text that is read, by command and by page: 4 s of a processor
FEWEST = 20  # letters of a page with text
REFUSALS = {
    "empty": N_("文件是空的"),
    "much": N_("文件太大: 请只留规划正文, 或分成几个文件"),
    "scanned": N_("这份 PDF 是扫描件, 里面没有文字: 请用有文字的版本, 或识别后粘贴文字"),
    "locked": N_("这份 PDF 有密码, 打不开: 请去掉密码后再试"),
    "doc": N_("这是旧版 Word 文件 (.doc): 请另存为 .docx 再试"),
    "foreign": N_("这不是 Word (.docx)、PDF、网页或文本文件: 请另存为其中一种, 或粘贴文字"),
    "unreadable": N_("文件已损坏, 打不开: 请重新另存后再试"),
    "coded": N_("文本的编码认不出来: 请另存为 UTF-8 或 GB18030"),
    "slow": N_("文件的内容过于复杂, 在规定时间内读不完: 请另存为文本再试"),
    "large": N_("文件太大: 请只留规划正文, 或分成几个文件"),
    "broken": N_("文件已损坏, 打不开: 请重新另存后再试"),
    "busy": N_("正有几个文件在处理: 请过一分钟再试"),
}
NOTES = {"pages": N_("有的页没有文字, 可能是扫描的, 没有读到")}
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|meta|div|p|table|span|br)[\s/>]", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_DECLARED = re.compile(r"<\?xml[^>]{0,200}\?>")
_PAGE_NUMBER = re.compile(r"(?m)^[ \t—–-]{0,9}\d{1,4}[ \t—–-]{0,9}$")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "title",
        "header",
        "footer",
        "blockquote",
        "dt",
        "dd",
        "center",
        "pre",
    ]
)
_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "select", "button"))


class RefusedError(Exception):
    """The job has no text; its argument is a key of REFUSALS."""


@dataclass(frozen=True)
class Extracted:
    """The text, what the file is (`docx`, `pdf`, `html`, `txt`), and what to know of it."""

    text: str
    kind: str
    notes: tuple[Text, ...] = ()


def text_of(data: bytes, name: str) -> Extracted:
    """The text of a document; InvalidError (of `file`) says why there is none. `name` is only spoken of."""
    del name  # a name may say anything
    if len(data) > MOST_BYTES:
        raise _refused("much")
    try:
        said = json.loads(answer(JOB, data, (), BOUNDS))
    except BoundError as problem:
        raise _refused(problem.why) from None
    if "refused" in said:
        raise _refused(said["refused"])
    return Extracted(said["text"], said["kind"], tuple(Text(NOTES[key]) for key in said["notes"]))


def _refused(key: str) -> InvalidError:
    return InvalidError({"file": Text(REFUSALS[key])})


def job(data: bytes) -> bytes:
    """In the bounded process: the text of `data` as JSON, or why there is none."""
    try:
        kind = kind_of(data)
        text, notes = READERS[kind](data)
        if not text.strip() or len(text) > MOST_LETTERS:
            raise RefusedError("much" if text.strip() else "empty")  # noqa: TRY301 - as its readers do
        said: dict[str, object] = {"text": text, "kind": kind, "notes": notes}
    except RefusedError as why:
        said = {"refused": str(why)}
    return json.dumps(said).encode()


def kind_of(data: bytes) -> str:
    """What the content of a file is; RefusedError for what is not read."""
    if not data.strip():
        raise RefusedError("empty")
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "docx"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise RefusedError("doc")
    if data.startswith(
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
    ):
        raise RefusedError("foreign")
    return "html" if _HTML.search(data[:4096].replace(b"\0", b"")) else "txt"


def decoded(data: bytes, declared: str = "") -> str:
    """Text of bytes: by its mark, as declared, UTF-8, else GB18030."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            declared = encoding
            break
    declared = "gb18030" if declared.lower() in {"gb2312", "gbk", "gb_2312-80"} else declared
    for encoding in filter(None, (declared, "utf-8", "gb18030")):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" not in text:
            return text
    raise RefusedError("coded")


def _txt(data: bytes) -> tuple[str, list[str]]:
    return decoded(data), []


def _html(data: bytes) -> tuple[str, list[str]]:
    from lxml import etree, html

    declared = _CHARSET.search(data[:4096])
    source = _DECLARED.sub("", decoded(data, declared[1].decode("ascii", "replace") if declared else ""))
    try:
        root = html.document_fromstring(source)
    except (etree.LxmlError, ValueError):
        raise RefusedError("unreadable") from None
    return "".join(_spoken(root)), []


def _spoken(root: Any) -> Iterator[str]:
    """The text of a page in its order; blocks begin lines, items of ordered lists have their numbers."""
    from lxml import etree

    silent = 0
    for event, one in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = one.tag if isinstance(one.tag, str) else ""
        if event == "start":
            silent += tag in _SILENT
            if not silent:
                yield _opening(one, tag) + (one.text or "")
        else:
            silent -= event == "end" and tag in _SILENT
            if not silent:
                yield ("\n" if tag in _BLOCKS else "\t" if tag in {"td", "th"} else "") + (one.tail or "")


def _opening(one: Any, tag: str) -> str:
    """What begins an element: a line, with a number in an ordered list."""
    if tag == "li" and (above := one.getparent()) is not None and above.tag == "ol":
        return f"\n{1 + sum(1 for _ in one.itersiblings('li', preceding=True))}. "
    return "\n" if tag in _BLOCKS else ""


def _docx(data: bytes) -> tuple[str, list[str]]:
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise RefusedError("much")
            if "word/document.xml" not in parts.namelist():
                raise RefusedError("foreign")
        document = Document(io.BytesIO(data))
        return "\n".join(_blocks(document, Counters.of(document))), []
    except (
        zipfile.BadZipFile,
        OpcError,
        etree.LxmlError,
        KeyError,
        ValueError,
        OSError,
        AttributeError,
        NotImplementedError,
    ):
        raise RefusedError("unreadable") from None


def _blocks(document: Any, counters: Counters) -> Iterator[str]:
    """Paragraphs and rows of a Word document in their order."""
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block._tbl.iter(f"{_WORD}tr"):  # noqa: SLF001 - in order, and quick
                yield "\t".join("".join(_letters(cell)) for cell in row.iter(f"{_WORD}tc"))
        else:
            yield counters.number(block) + "".join(_letters(block._p))  # noqa: SLF001


def _letters(element: Any) -> Iterator[str]:
    """The text of an element, with what was deleted left out."""
    for one in element.iter(f"{_WORD}t", f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr"):
        yield (one.text or "") if one.tag == f"{_WORD}t" else " "


def _pdf(data: bytes) -> tuple[str, list[str]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as problem:
        raise RefusedError("locked" if "password" in str(problem).lower() else "unreadable") from None
    pages = []
    for number in range(len(document)):
        try:
            pages.append(document[number].get_textpage().get_text_bounded())
        except pypdfium2.PdfiumError:
            pages.append("")
    empty = sum(len(page.strip()) < FEWEST for page in pages)
    if empty == len(pages):
        raise RefusedError("scanned")
    text = "\n".join(_PAGE_NUMBER.sub("", page.replace("\r", "")) for page in pages)
    return text, ["pages"] if empty > 1 else []


READERS = {"txt": _txt, "html": _html, "docx": _docx, "pdf": _pdf}
