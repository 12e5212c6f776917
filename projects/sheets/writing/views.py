"""Handing a table over as a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence

from flask import Response, send_file
from flask_babel import gettext

from projects.core.errors import InvalidError, NotFoundError
from projects.core.text import N_, Text
from projects.sheets.bounded.extract import BoundError, Bounds, answer
from projects.sheets.writing.render import to_csv
from projects.sheets.writing.table import Table
from projects.sheets.writing.workbook import sent, to_xlsx

MIME = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


JOB = "projects.sheets.writing.workbook:written"
BOUNDS = Bounds(memory=800_000_000, seconds=40, wait=90, files=1_000_000_000)
MOST_HERE = 50_000  # cells of a workbook that is written in this process: more would let others wait


def _workbook(table: Table) -> bytes:
    about = gettext("说明")
    cut_note = gettext("提示"), gettext("有单元格超过 32,767 字, 已截断; 全文见 CSV")
    return bounded(
        len(table.rows) * len(table.columns),
        lambda: to_xlsx(table, about=about, cut_note=cut_note),
        JOB,
        lambda: sent(table),
        [about, *cut_note],
    )


def bounded(
    cells: int,
    here: Callable[[], bytes],
    job: str,
    told: Callable[[], bytes | Iterable[bytes]],
    arguments: Sequence[str] = (),
    too_large: str = N_("表太大, 写不成 Excel: 请先筛选, 或导出 CSV"),
) -> bytes:
    """What `here` writes, or for many cells `job` in a process of its own from what it is `told`; InvalidError where
    that is too much.
    """
    if cells <= MOST_HERE:
        return here()
    try:
        return answer(job, told(), arguments, BOUNDS)
    except BoundError as problem:
        said = N_("正有几个文件在处理: 请过一分钟再试") if problem.why == "busy" else too_large
        raise InvalidError({"rows": Text(said)}) from None


def download(table: Table, form: str, filename: str) -> Response:
    """`table` as an attachment in `form` (csv or xlsx), named `filename` without its ending; Chinese names survive."""
    if form not in MIME:
        raise NotFoundError(N_("没有这种导出格式, 可用的是 CSV 和 XLSX"))
    return attached(to_csv(table) if form == "csv" else _workbook(table), form, filename)


def attached(content: bytes, form: str, filename: str) -> Response:
    """A file as an attachment, named `filename` without its ending."""
    name = " ".join(f"{filename}.{form}".split())  # a line's end in a name is no header
    response: Response = send_file(
        io.BytesIO(content), mimetype=MIME[form], as_attachment=True, download_name=name, max_age=0
    )
    response.direct_passthrough = False
    response.set_data(content)  # one piece, which can be compressed; a file object goes out in 150 small ones
    return response
