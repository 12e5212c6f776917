"""Hostile files are read or refused with a sentence, within the bounds of the reader and of the process that serves;
damaged ones are answered. Rule IM-6 of docs/rules/imports.md.

`benchmarks/hostile.py` sends them as uploads and measures; here some of them, with LONG=1 all.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_sheets import READ, REFUSED, all_files, mutations
from runs import runs

from benchmarks.sending import TELL
from projects.core.errors import InvalidError
from projects.money.imports import extract
from projects.money.imports.kept import unpacked
from projects.money.imports.reading import MOST_NAMED, SheetRows, read
from projects.sheets.bounded.extract import Bounds, command

ROOT = Path(__file__).resolve().parents[3]
SOME = (
    "bomb in xl/worksheets/sheet1.xml",
    "overlapping sheets",
    "lzma that asks for 4 GB",
    "XML: a million attributes",
    "doctype: a million laughs, UTF-16",
    "shared: 20,000 cells of a megabyte",
    "shared: said to be 18446744073709551615",
    "a cell at 'XFD1048576'",
    "a name of 60,000 letters and 400 faults",
    "every sheet is veryHidden",
    "styles: format -1",
    "number '1e308'",
    "headings of 12,000 brackets",
    "CSV: ten million commas",
    "CSV: twelve million quotes",
    "encoding: GB18030 of surrogates",
    "file: old Excel",
    "all: amounts of minus",
    "honest: a stray style in the last column",
    "merged: honest pairs",
)


def test_there_are_more_than_three_hundred_and_the_same_every_time():
    files = all_files()
    assert len({one.name for one in files}) == len(files) > 600
    assert {REFUSED, READ} <= {one.answer for one in files}
    assert set(SOME) <= {one.name for one in files}
    assert list(mutations(20)) == list(mutations(20))
    small = [one for one in files if one.name.startswith(("cut", "flag", "text", "a cell at"))]
    assert [one.make() for one in small] == [one.make() for one in small]


@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are measured as Linux tells them")
def test_im6_hostile_files_are_read_or_refused_with_a_sentence_within_bounds_and_damaged_ones_answered(tmp_path):
    names = runs(len(SOME), 0) and "|".join(map(re.escape, SOME))
    asked = ["--only", f"^({names})$" if names else "", "--times", str(runs(40, 2000)), "--jobs", "1", "--untimed"]
    done = subprocess.run(
        [sys.executable, "benchmarks/hostile.py", *asked, "--into", str(tmp_path / "hostile.md")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    assert f"{runs(len(SOME), len(all_files()))} within all bounds" in done.stdout


def test_without_the_bounds_the_same_file_takes_more(tmp_path):
    """The negative control: the measure finds what the bounds prevent."""
    bomb = next(one for one in all_files() if one.name == "shared: 20,000 cells of a megabyte")
    told = tmp_path / "told"
    loose = command(extract.JOB, ["receipts", ""], Bounds(memory=1_500_000_000, seconds=60))
    subprocess.run([sys.executable, "-I", "-c", TELL, str(told), *loose], input=bomb.make(), check=False)
    assert json.loads(told.read_text())[0] > 300_000_000


def refusal(content: bytes) -> str:
    with pytest.raises(InvalidError) as found:
        extract.opened(content, "receipts")
    return str(found.value.fields["file"])


def test_im6_a_text_that_is_cut_says_so_and_is_no_amount():
    head = "到账日期,收款单位,金额(元)\n"
    long = unpacked(extract.opened(f"{head}2025-05-01,院,100{' ' * 997}0\n".encode(), "receipts"))
    assert [one.cell for one in long.faults] == ["C2"]
    short = unpacked(extract.opened(f"{head}2025-05-01,院,100{' ' * 997}\n".encode(), "receipts"))
    assert [row.amount_fen for row in short.rows] == [10_000]


def test_im6_csv_files_hold_no_more_cells_than_workbooks(monkeypatch):
    monkeypatch.setattr(extract, "MOST_CELLS", 6)
    assert len(extract.sheets(b"a,b,c\n1,2,3\n")[0].rows) == 2
    with pytest.raises(InvalidError):
        extract.sheets(b"a,b,c\n1,2,3\n4\n")


@pytest.mark.parametrize(("more", "is_told"), [(0, False), (1, True)])
def test_im6_so_many_faults_are_named_and_the_others_counted(more: int, is_told: bool):
    rows = [["到账日期", "收款单位", "金额(元)"], *(["2025-05-01", "院", "x"] for _ in range(MOST_NAMED + more))]
    found = read([SheetRows("表", rows)], "receipts")
    assert len(found.faults) == MOST_NAMED + is_told
    assert ("另有 1 处" in str(found.faults[0].text)) is is_told
    assert found.faults[-1].cell == f"C{MOST_NAMED + 1}"


def test_im6_what_was_refused_says_what_to_do():
    assert "请" in refusal(b"PK" + bytes(100))
    assert "请" in refusal(b"\xd0\xcf\x11\xe0")
    assert "请" in refusal(b'a,b\n"x')
