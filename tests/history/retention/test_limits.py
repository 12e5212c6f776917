"""An archive that was changed, cut or sealed by another is refused: rules A-8 and A-9 of docs/rules/audit.md."""

from __future__ import annotations

import json

import pytest

from projects.history.record.chain import COLUMNS, START, Checkpoint, Seal
from projects.history.retention.archive import ArchiveHead, BrokenArchiveError, lines, read

SEAL = Seal(b"key")
HEAD = ArchiveHead("sha256", "2022-01-01 00:00:00.000000", "2022-01-01", START)


def entries(count: int, first: int = 1, before: bytes = b""):
    made, previous = [], before
    for number in range(first, first + count):
        row = [str(number).encode(), f"2021-11-{number:02}".encode(), *([None] * (len(COLUMNS) - 2))]
        previous = SEAL.link(previous, row)
        made.append((row, previous, True))
    return made


WHOLE = list(lines(HEAD, entries(3), SEAL))


def broken(archive: list[bytes], seal: Seal = SEAL) -> str:
    with pytest.raises(BrokenArchiveError) as raised:
        read(archive, seal)
    return str(raised.value)


def test_a8_an_archive_says_what_it_holds():
    found = read(WHOLE, SEAL)
    assert (found.rows, found.last_id, found.last_at, found.head) == (3, 3, "2021-11-03", HEAD)
    assert found.digest == entries(3)[-1][1].decode()
    assert len(found.sha256) == 64
    point = found.checkpoint("now")
    assert point == Checkpoint(3, found.digest, 3, "now", "2021-11-03", found.sha256)
    assert read([*WHOLE, b"\n"], SEAL).rows == 3
    empty = read(list(lines(HEAD, [], SEAL)), SEAL)
    assert (empty.rows, empty.last_id, empty.last_at) == (0, 0, "")
    unnumbered = [None] * len(COLUMNS)
    alone = read(list(lines(HEAD, [(unnumbered, SEAL.link(b"", unnumbered), True)], SEAL)), SEAL)
    assert (alone.rows, alone.last_id) == (1, 0)


def test_a8_the_next_archive_goes_on_from_the_last():
    start = read(WHOLE, SEAL).checkpoint("now")
    later = list(lines(ArchiveHead("sha256", "now", "2022-02-01", start), entries(2, 4, start.digest.encode()), SEAL))
    found = read(later, SEAL)
    assert (found.rows, found.last_id) == (2, 5)


@pytest.mark.parametrize("place", range(len(WHOLE)))
def test_a9_a_line_that_is_missing_or_stands_twice_is_found(place: int):
    assert broken([*WHOLE[:place], *WHOLE[place + 1 :]])
    if place:
        assert broken([*WHOLE[: place + 1], WHOLE[place], *WHOLE[place + 1 :]])


def test_a9_another_key_another_form_and_what_follows_the_end_are_found():
    assert "changed" in broken(WHOLE, Seal(b"other"))
    assert "changed" in broken([*WHOLE, b"x"])
    first = json.loads(WHOLE[0])
    assert "another form" in broken([json.dumps(first | {"format": "x"}).encode(), *WHOLE[1:]])
    assert "another form" in broken([json.dumps(first | {"columns": []}).encode(), *WHOLE[1:]])
    assert "no archive" in broken([json.dumps({"format": first["format"]}).encode(), *WHOLE[1:]])
    assert "no archive" in broken([b"[]", *WHOLE[1:]])
    assert "too early" in broken([])


def test_a9_a_row_with_other_columns_or_no_text_is_found():
    row = json.loads(WHOLE[1])
    for odd in (row[:-1], [*row, "x"], [1, *row[1:]]):
        assert "other columns" in broken([WHOLE[0], json.dumps(odd).encode(), *WHOLE[2:]])
    assert "no number" in broken([WHOLE[0], json.dumps(["x", *row[1:]]).encode(), *WHOLE[2:]])
    assert "no text" in broken([WHOLE[0], json.dumps([*row[:-2], "\ud800", row[-1]]).encode(), *WHOLE[2:]])
    assert broken([WHOLE[0], json.dumps([*row[:-1], None]).encode(), *WHOLE[2:]])


def test_a9_what_the_end_says_of_its_rows_must_be_so():
    end = json.loads(WHOLE[-1])
    for odd in ({"last": 4}, {"rows": 2}, {"digest": "x"}, {"mac": "x"}):
        assert "changed" in broken([*WHOLE[:-1], json.dumps(end | odd).encode()])
    assert "changed" in broken([*WHOLE[:-1], b"7"])


def test_a10_kept_heads_of_later_rows_do_not_break_an_archive_and_others_do():
    made = entries(3)
    assert read(WHOLE, SEAL, {9: "x", 3: made[-1][1].decode()}).rows == 3
    with pytest.raises(BrokenArchiveError):
        read(WHOLE, SEAL, {2: "x"})
