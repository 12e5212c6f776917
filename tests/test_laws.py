"""Every law is cited by name or number and by article as docs/laws.md says it was read, and says so where it was not
read whole; pages of the press and of reprints are told apart from those of state bodies, wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from projects.core.addresses import addresses, is_official
from projects.money.findings.extract import shipped
from projects.money.findings.rules import RULES
from projects.samples.plans.extract import _source
from projects.sheets.entries.extract import FactEntry
from projects.verdicts.rules.extract import shipped_sets
from projects.works.gates.extract import template

ROOT = Path(__file__).parent.parent
DATA = sorted((ROOT / "projects" / "data").rglob("*.yaml"))
BOOKS = [ROOT / "docs" / "laws.md", *sorted((ROOT / "docs" / "rules").glob("*.md"))]
PRODUCT = [*(ROOT / "projects").rglob("*.py"), *(ROOT / "projects" / "templates").rglob("*.html")]

MARKS = {"database": None, "reprint": "据转载", "number": "条款未核对", "press": "据报道"}
NUMBER = r"[一-鿿]{1,10}〔\d{4}〕\d+号|[一-鿿]{2,12}令(?:\d{4}年)?第\d+号"
ARTICLES = r"(?P<articles>第\s?[一二三四五六七八九十百千零\d]+(?:、[一二三四五六七八九十百千零\d]+)*\s?条)"
CITED = re.compile(rf"(?:《(?P<name>[^》]+)》\s?(?:\((?P<in>{NUMBER})\)\s?)?|(?P<number>{NUMBER})){ARTICLES}?")
FORWARDED = re.compile(r"\(转发[^)]*\)|, forwarding [^|]*")  # what another one only hands on
ADDRESS = re.compile(r"https?://[^\s\"'<>()]+")
TOLD = re.compile(r"(?:据报道|据转载): $")


def figure(words: str) -> int:
    """二十三 as 23, 一千二百四十二 as 1242."""
    if words.isdigit():
        return int(words)
    whole, last = 0, 0
    for word in words:
        if word in "十百千":
            whole, last = whole + (last or 1) * {"十": 10, "百": 100, "千": 1000}[word], 0
        else:
            last = "零一二三四五六七八九".index(word)
    return whole + last


def citations(text: str) -> Iterator[tuple[str, frozenset[int]]]:
    """What a text cites: the name of a law or the number of a document, and the articles."""
    for one in CITED.finditer(FORWARDED.sub("", text)):
        found = re.findall(r"[一二三四五六七八九十百千零\d]+", one["articles"] or "")
        if one["articles"] or one["number"] or one["in"]:
            yield one["in"] or one["number"] or one["name"], frozenset(map(figure, found))


def register() -> dict[str, tuple[frozenset[int], str]]:
    """Articles and reading of each row of docs/laws.md, by name and by number."""
    found = {}
    for line in BOOKS[0].read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[5] in MARKS:
            row = frozenset(int(one) for one in cells[4].split(",") if one.strip()), cells[5]
            found |= {key: row for key in cells[:2] if key}
    return found


READ = register()


def wrong(text: str) -> list[str]:
    """What is wrong with the citations of a text that a user sees: unknown, an article nobody compared, or a mark that
    is not that of the reading.
    """
    found, marks = [], set()
    for key, articles in citations(text):
        if key not in READ:
            found.append(f"{key} is not in docs/laws.md")
            continue
        compared, read = READ[key]
        marks |= {MARKS[read]} - {None}
        if articles - compared or (compared and not articles):
            found.append(f"{key}: {sorted(articles) or 'no article'}, compared are {sorted(compared)}")
    if "文号未见" in text:
        marks |= {mark for mark in ("据报道", "据转载") if mark in text} or {"据报道"}
    said = {mark for mark in MARKS.values() if mark and mark in text}
    return found + ([f"marked {sorted(said)}, read as {sorted(marks)}"] if said != marks else [])


def laws() -> dict[str, str]:
    """Every text that names what a finding, a limit or a rule set rests on, by where it stands."""
    found = {rule: one.law for rule, one in RULES.items()}
    found |= {row.key: row.law for row in shipped()[0]}
    found |= {one.key: one.source for one in shipped_sets()}
    gates = template()
    own = [(one.rule, one.law) for one in (*gates.edges, *gates.clocks) if one.law]
    own += [(gate.key, gate.waiver_law) for gate in gates.gates if gate.waiver_law]
    own += [(f"{rule} from {law.then[0]}", law.then[1]) for rule, law in own if law.then]
    return found | {where: str(law.text) for where, law in own}


def test_every_law_is_cited_by_article_and_marked_as_it_was_read():
    assert {where: problems for where, text in laws().items() if (problems := wrong(text))} == {}


def test_only_what_rests_on_no_document_cites_none():
    bare = {where for where, text in laws().items() if not list(citations(text))}
    usual = {row.key for row in shipped()[0] if row.is_usual}
    assert bare - usual == {"F-5", "F-10", "gap", "ratio", "escalating"}
    assert all("文号未见" in laws()[where] for where in bare - usual - {"F-10"})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("《预算法》第十四条", "compared are [13, 42, 52]"),
        ("《预算法》第五百一十三条", "[513]"),
        ("国家发展改革委令第10号", "not in docs/laws.md"),  # one of two: its year is missing
        ("国家发展改革委令2023年第10号", "read as ['条款未核对']"),
        ("国家发展改革委令2023年第10号第九条, 条款未核对", "[9]"),
        ("财建〔2022〕183号第一条", "read as ['据转载']"),
        ("财建〔2022〕183号, 据转载", "no article"),
        ("《预算法》第十三条, 据转载", "marked ['据转载'], read as []"),
        ("浙财建〔2022〕183号第一条", "浙财建〔2022〕183号 is not in docs/laws.md"),
        ("某市的办法 (文号未见)", "read as ['据报道']"),
    ],
)
def test_negative_control_a_citation_that_is_wrong_is_told(text: str, problem: str):
    assert any(problem in one for one in wrong(text)), wrong(text)


def test_whatever_else_the_product_and_the_rule_books_cite_by_article_is_in_the_register():
    cited = [
        (path.name, key, articles)
        for path in (*BOOKS, *PRODUCT)
        for key, articles in citations(path.read_text(encoding="utf-8"))
        if articles or "令" in key  # document numbers without an article may be examples
    ]
    assert {(name, key) for name, key, _ in cited if key not in READ} == set()
    assert [(name, key) for name, key, articles in cited if articles - READ[key][0]] == []
    assert len(cited) > 60


def test_numerals_are_read():
    assert [figure(one) for one in ("十", "二十三", "五百零九", "一百零七", "一千二百四十二", "7")] == [
        10, 23, 509, 107, 1242, 7,
    ]  # fmt: skip


# --- pages --------------------------------------------------------------------------------------------------------


def pages(entry: Any, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Every address of a YAML file with the key it stands under and the text before it."""
    if isinstance(entry, dict):
        for name, value in entry.items():
            yield from pages(value, name)
    elif isinstance(entry, list):
        for value in entry:
            yield from pages(value, key)
    elif isinstance(entry, str):
        for one in ADDRESS.finditer(entry):
            yield key, entry[: one.start()], one[0]


def strange(found: Iterable[tuple[str, str, str]]) -> list[str]:
    """The pages of no state body that are not said to be press or reprint."""
    return [page for key, before, page in found if not is_official(page) and key != "press" and not TOLD.search(before)]


def test_every_source_is_a_page_of_a_state_body_or_said_to_be_press():
    read = [(path.name, list(pages(yaml.safe_load(path.read_text(encoding="utf-8"))))) for path in DATA]
    assert {name: told for name, found in read if (told := strange(found))} == {}
    assert sum(len(found) for _, found in read) > 20
    text = {path.name: path.read_text(encoding="utf-8") for path in BOOKS}
    assert {name: told for name, one in text.items() if (told := strange(pages(one)))} == {}
    assert [row.source for row in shipped()[0] if row.source and not is_official(row.source)] == []


def test_negative_control_a_mirror_is_told():
    mirror = "http://zdxv.com.cn/news/1179"
    assert strange(pages({"limits": [{"source": mirror}]})) == [mirror]
    assert strange(pages({"source": f"某市的办法 ({mirror})"})) == [mirror]
    assert strange(pages({"source": f"某市的办法 (据转载: {mirror})", "press": mirror})) == []


@pytest.mark.parametrize(
    ("page", "official"),
    [
        ("https://www.gov.cn/gongbao/content/2019/content_5401349.htm", True),
        ("https://flk.npc.gov.cn/", True),
        ("http://fgw.jiaozuo.gov.cn:8080/a", True),
        ("https://gov.cn/", True),
        ("https://evil-gov.cn/", False),
        ("https://wikiyumyum.com/drc/gov.cn/1", False),
        ("https://gov.cn.example.org/", False),
        ("https://gov.cn@example.org/", False),
        ("http://news.hndaily.cn/html/2022-05/13/content.htm", False),
        ("没有地址", False),
    ],
)
def test_whose_page_it_is(page: str, official: bool):
    assert is_official(page) == official


def test_addresses_are_words_of_their_own():
    assert addresses("见 http://a.cn/1 ; https://b.gov.cn/2 (http://c.cn)") == ["http://a.cn/1", "https://b.gov.cn/2"]


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"source": "https://www.gov.cn/1"}, "https://www.gov.cn/1"),
        ({"source": "江西省政府公报 2019 年第 1 期"}, "江西省政府公报 2019 年第 1 期"),
        ({"press": "http://a.cn/1 ; http://b.cn/2"}, "http://a.cn/1 ; http://b.cn/2"),
        ({"source": "http://a.cn/1"}, None),
        ({"press": "https://www.gov.cn/1"}, None),
        ({"press": "http://a.cn/1 ; https://www.gov.cn/1"}, None),
        ({}, None),
    ],
)
def test_a_fact_of_a_plan_says_whether_the_press_alone_tells_it(fields: dict[str, str], source: str | None):
    entry = FactEntry("plan", fields)
    if source is None:
        with pytest.raises(ValueError, match=r"plan: .*(press|source)"):
            _source(entry)
    else:
        assert _source(entry) == source
