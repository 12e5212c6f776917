"""Handing a table over as a file."""

from __future__ import annotations

import io

from flask import Response, send_file
from flask_babel import gettext

from projects.core.errors import NotFoundError
from projects.core.text import N_
from projects.sheets.writing.render import to_csv
from projects.sheets.writing.table import Table
from projects.sheets.writing.workbook import to_xlsx

MIME = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def download(table: Table, form: str, filename: str) -> Response:
    """`table` as an attachment in `form` (csv or xlsx), named `filename` without its ending; Chinese names survive."""
    if form not in MIME:
        raise NotFoundError(N_("没有这种导出格式, 可用的是 CSV 和 XLSX"))
    if form == "csv":
        content = to_csv(table)
    else:
        content = to_xlsx(
            table,
            about=gettext("说明"),
            cut_note=(gettext("提示"), gettext("有单元格超过 32,767 字, 已截断; 全文见 CSV")),
        )
    name = " ".join(f"{filename}.{form}".split())  # a line's end in a name is no header
    response: Response = send_file(
        io.BytesIO(content), mimetype=MIME[form], as_attachment=True, download_name=name, max_age=0
    )
    response.direct_passthrough = False
    response.set_data(content)  # one piece, which can be compressed; a file object goes out in 150 small ones
    return response
