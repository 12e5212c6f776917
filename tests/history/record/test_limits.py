"""The history: what it is searched by, how it speaks, where its chain breaks. Rules HI-1 to HI-6 of
docs/rules/audit.md.
"""

from __future__ import annotations

import datetime as dt

import pytest

from projects.core.errors import InvalidError
from projects.history.record.chain import COLUMNS, FAULTS, START, ChainHead, Checkpoint, Seal, parse_heads, walk
from projects.history.record.filtering import AuditFilter, read
from projects.history.record.words import said, technical, title

SEAL = Seal(b"key")


def wrong(**args: str) -> set[str]:
    with pytest.raises(InvalidError) as raised:
        read(args)
    return set(raised.value.fields)


@pytest.mark.parametrize(
    ("day", "taken"),
    [
        ("1999-12-31", False),
        ("2000-01-01", True),
        ("2100-12-31", True),
        ("2101-01-01", False),
        ("2021-02-29", False),
        ("x", False),
        ("", True),
    ],
)
def test_a_search_takes_days_of_this_and_the_last_century(day: str, taken: bool):
    for name in ("since", "until"):
        if taken:
            assert getattr(read({name: day}), name) == (dt.date.fromisoformat(day) if day else None)
        else:
            assert wrong(**{name: day}) == {name}


@pytest.mark.parametrize(
    ("text", "taken"), [("1", True), ("9" * 18, True), ("9" * 19, False), ("-1", False), ("²", False), ("", True)]
)
def test_a_page_goes_on_from_a_number_that_a_row_may_have(text: str, taken: bool):
    if taken:
        assert read({"before": text}).before == (int(text) if text else None)
    else:
        assert wrong(before=text) == {"before"}


def test_a_search_by_unknown_words_is_refused_by_name():
    assert wrong(tag="x", result="y", since="z", before="q") == {"tag", "result", "since", "before"}
    known = read({"tag": "", "result": "refused", "person": "a" * 81})
    assert (known.result, known.person) == ("refused", "a" * 80)


def test_days_are_beijing_days_and_the_last_is_included():
    one = AuditFilter(since=dt.date(2021, 11, 30), until=dt.date(2021, 11, 30))
    assert one.since_instant.astimezone(dt.UTC) == dt.datetime(2021, 11, 29, 16, tzinfo=dt.UTC)
    assert one.until_instant.astimezone(dt.UTC) == dt.datetime(2021, 11, 30, 16, tzinfo=dt.UTC)
    assert (AuditFilter().since_instant, AuditFilter().until_instant) == (None, None)
    assert one.query() == {"since": "2021-11-30", "until": "2021-11-30"}
    assert AuditFilter(person="a", before=7).query() == {"person": "a"}


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("passed_on", "通过日期"),
        ("project", "项目"),
        ("target.added", "承诺 (新增)"),
        ("target.changed", "承诺 (修改)"),
        ("target.gone", "其他内容"),
        ("nothing.added", "其他内容"),
        ("amount_fen:cbi", "金额 (中央预算内投资)"),
        ("amount_fen:x", "其他内容"),
        ("x:cbi", "其他内容"),
        ("percent_structure", "主体结构 (%)"),
        ("floors_structure", "主体结构 (层)"),
        ("percent_own", "其他阶段 (%)"),
        ("other_structure", "其他内容"),
    ],
)
def test_a_field_has_the_title_of_its_page(name: str, expected: str):
    assert str(title(name)) == expected


def spoken(name: str, pair: object, names: dict[str, dict[str, str]] | None = None) -> tuple[str | None, str]:
    (one,) = said({name: pair}, names)
    return None if one.old is None else str(one.old), str(one.new)


@pytest.mark.parametrize(
    ("name", "pair", "expected"),
    [
        ("note", ["a", "b"], ("a", "b")),
        ("note", ["a", "a"], (None, "a")),
        ("note", "a", ("—", "a")),
        ("note", [None, ""], ("—", "—")),
        ("note", ["a", []], ("a", "—")),
        ("places", [["1", "2"], ["3", "4", "5"]], ("1, 2", "3, 4, 5")),
        ("places", ["1", "2", "3"], ("—", "1, 2, 3")),
        ("is_active", [True, False], ("是", "否")),
        ("amount_fen", [None, 123_456], ("—", "1234.56 元")),
        ("amount_fen:cbi", [0, 100], ("0.00 元", "1.00 元")),
        ("amount_fen", ["x", "y"], ("x", "y")),
        ("size", [1, 2], ("1", "2")),
        ("state", ["draft", "approved"], ("草稿", "已通过")),
        ("state", ["draft", "unheard"], ("草稿", "unheard")),
        ("reason", "locked", ("—", "账号锁定中")),
        ("reason", "因为", ("—", "因为")),
        ("comment", "locked", ("—", "locked")),
        ("rows", [1, 2], (None, "2")),
        ("key", ["start", "eia"], ("开工", "eia")),
        ("note", [None, "\ud800"], ("—", "?")),
        ("status", [None, 422], (None, "填写有误")),
        ("reverses", [12, 13], ("第 12 号", "第 13 号")),
        ("rule_set", ["gap", "gap-3"], ("按差距", "按差距 第 3 版")),
        ("rule_set", [None, ["gap", "new"]], ("—", "按差距, 一套规则")),
        ("rule_set", [None, "old-2"], ("—", "一套规则 第 2 版")),
        ("rule", ["F-1", "F-1"], (None, "下达超批复")),
        ("actions", [None, "portfolio.read, project.read, report.read, x"], ("—", "项目与承诺, 月报, 其他内容")),
        ("faults", [None, [[7, "altered"], [None, "x"]]], (None, f"第 7 号: {FAULTS['altered']}, 其他内容")),
        ("search", [None, "person=王; tag=user:role:changed"], (None, "何人: 王, 操作: 修改权限")),
        (
            "search",
            [None, "tag=gone; about=user; result=refused; odd=1"],
            (None, "操作: 其他操作, 对象: 用户, 结果: 被拒, 其他内容: 1"),
        ),
    ],
)
def test_a_change_is_told_old_and_new_as_a_person_reads_it(name: str, pair: object, expected: tuple[str | None, str]):
    assert spoken(name, pair, {"key": {"start": "开工"}, "rule_set": {"gap": "按差距"}}) == expected


def test_what_a_form_sent_is_not_told_and_a_gate_without_names_keeps_its_key():
    assert said({"form": "x", "whom": "王 (wang)", "request": [None, "POST /x"], "sha256": [None, "ab"]}) == []
    assert said({"status": [None, 302]}) == []
    assert technical({"request": [None, "POST /x"], "sha256": "ab", "note": "c"}) == "request=POST /x; sha256=ab"
    assert spoken("key", "start") == ("—", "start")


# --- the chain ----------------------------------------------------------------------------------------------


def rows(count: int, first: int = 1, before: bytes = b"", unsealed: int = 0):
    made, previous = [], before
    for number in range(first, first + count):
        row = [str(number).encode(), *([None] * (len(COLUMNS) - 1))]
        digest = SEAL.link(previous, row)
        made.append((row, b"" if number < first + unsealed else digest, True))
        previous = digest
    return made


def faults(found) -> list[tuple[int | None, str]]:
    return [(one.row, one.why) for one in found.faults]


def test_a4_a_whole_chain_is_whole_and_ends_in_its_newest_digest():
    made = rows(3)
    found = walk(SEAL, made)
    assert (found.rows, found.unsealed, found.last, found.digest) == (3, 0, 3, made[-1][1])
    assert found.is_whole
    assert walk(SEAL, []).is_whole
    unnumbered = [None] * len(COLUMNS)
    assert walk(SEAL, [(unnumbered, SEAL.link(b"", unnumbered), True)]).last == 0
    assert SEAL.link(b"", [b"1", None]) != SEAL.link(b"", [b"1", b""])


def test_a4_rows_from_before_the_chain_began_are_covered_by_the_first_digest():
    found = walk(SEAL, rows(4, unsealed=2))
    assert (found.unsealed, found.is_whole) == (2, True)
    broken = rows(4, unsealed=1)
    broken[2] = (broken[2][0], b"", True)
    assert faults(walk(SEAL, broken))[0] == (3, "unsealed")
    archived = Checkpoint(3, "d", 3, "", "", "")
    assert faults(walk(SEAL, rows(1, 4, b"d", unsealed=1), start=archived)) == [(4, "unsealed")]


def test_a4_a_changed_row_a_missing_one_and_a_wrong_kind_are_told_apart():
    changed = rows(3)
    changed[1] = ([b"2", b"x", *changed[1][0][2:]], changed[1][1], True)
    assert faults(walk(SEAL, changed)) == [(2, "altered")]
    missing = rows(3)
    del missing[1]
    assert faults(walk(SEAL, missing)) == [(3, "gap")]
    unkind = rows(3)
    unkind[1] = (*unkind[1][:2], False)
    assert faults(walk(SEAL, unkind)) == [(2, "kind")]


def test_a5_a_cut_tail_and_a_rewritten_history_are_seen_by_the_kept_heads():
    made = rows(3)
    good = {2: made[1][1].decode(), 3: made[2][1].decode()}
    assert walk(SEAL, made, good).is_whole
    assert faults(walk(SEAL, made, good | {4: "x"})) == [(4, "cut")]
    assert faults(walk(SEAL, made, {2: "x"})) == [(2, "head")]


def test_a9_heads_before_the_archived_part_say_nothing_and_its_own_must_agree():
    made = rows(3)
    start = Checkpoint(1, made[0][1].decode(), 1, "", "", "")
    rest = made[1:]
    assert walk(SEAL, rest, {0: "x", 1: start.digest}, start).is_whole
    assert faults(walk(SEAL, rest, {1: "x"}, start)) == [(1, "head")]
    assert START.mac(SEAL) != start.mac(SEAL)
    assert Checkpoint(0, "", 0, "", "", "") == START


def test_a5_a_head_is_a_line_of_97_characters():
    head = ChainHead(dt.date(2021, 11, 30), 7, "a" * 64)
    assert len(head.line()) == 97
    assert parse_heads(head.line() * 2) == ([head, head], 0)
    short = ChainHead(dt.date(2021, 11, 30), 7, "a" * 63).line()
    assert parse_heads(short + "x\n" + head.line()) == ([head], 2)


def test_an_unknown_hash_is_refused():
    with pytest.raises(ValueError, match="md5"):
        Seal(b"key", "md5")
