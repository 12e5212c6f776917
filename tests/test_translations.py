"""Every word a person reads exists in Chinese and in English: the catalogue is complete, its values arrive, and no page
mixes the two.
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from apps import make_app
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations
from builders import NOW, sign_in
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import select

from projects.core import vocabulary
from projects.core.permissions import SYSTEM
from projects.core.text import MANY, Text, counting, render
from projects.database import transaction
from projects.extensions import db
from projects.history.record.tags import WORDS, Tag
from projects.models import User
from projects.portfolio.promises.queries import promises
from projects.samples.demo.operations import load_samples
from projects.samples.demo.scenarios import LEFT, PEOPLE, STATUS_DATE
from projects.samples.plans.operations import load_catalogue
from projects.translations import extract
from projects.verdicts.rules.extract import shipped_sets
from projects.verdicts.status.operations import rebuild

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "projects" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
CHINESE = re.compile("[\u2e80-\u303f\u3400-\u9fff\uff00-\uffef]")  # letters and punctuation
LETTER = re.compile("[\u3400-\u9fff]")
VALUE = re.compile(r"%\((\w+)\)s")
IN_ENGLISH = {"发文字号要带发文机关前缀, 如 浙财建〔2025〕23号": "a document number is quoted as it is written"}
QUOTED = re.compile("^中文$|浙财建〔2025〕23号")  # the other language calls itself so; the document number above
LEFT_IN_CODE = {
    "samples/money/": "sample content stays in the language of the plans",
    "money/findings/rules.py": "words of memos that are looked for",
    "samples/rules/": "sample content stays in the language of the plans",
    "samples/demo/": "sample content stays in the language of the plans",
    "commands/main.py": "the commands speak English and name the samples in both languages",
    "core/text.py": "the measure words before which a value counts",
    "core/money.py": "units are keys that forms send",
    "money/ladder/forms.py": "units are keys that forms send; their words are marked",
    "works/reports/content.py": "a unit typed after a figure is taken off",
    "money/documents/numbers.py": "parts of document numbers",
    "money/documents/citations.py": "parts of document numbers as memos cite them",
    "register/reader/": "words of plans that are read",
    "portfolio/book/plan.py": "marks of amounts as sheets have them",
    "portfolio/book/reading.py": "years as sheets have them",
    "register/selection/extract.py": "what people leave out when they shorten the name of a place",
    "money/matching/names.py": "short names of units and the words that name works, as memos write them",
    "money/matching/memo.py": "words of memos that are looked for",
    "money/matching/reasons.py": "the range of Chinese letters",
    "money/matching/operations.py": "the reason kept with what an undone decision takes back",
    "sheets/reading/numerals.py": "Chinese numerals that are read",
    "sheets/reading/cells.py": "units and dates as cells write them",
    "money/imports/fields.py": "the headings that files use",
    "register/cards/card.py": "units that the history tells, and what is taken off what was typed",
    "portfolio/readings/operations.py": "the number of a clause of a plan without clauses",
    "portfolio/ledger/": "headings, words and names that ledgers hold; what is said of them is marked",
    "portfolio/taken/operations.py": "the reason kept with what was taken back",
    "money/imports/layout.py": "words that tell totals, notes and units from rows",
    "money/imports/reading.py": "the names that offices give to sources",
    "money/imports/plan.py": "words in names that tell kinds of institutions and issuers",
    "money/imports/operations.py": "a place's name and reasons that are stored",
    "money/imports/extract.py": "separators that files use",
    "money/imports/samples.py": "sample content stays in the language of the plans",
    "money/imports/forms.py": "units are keys that forms send; their words are marked",
    "commands/money.py": "units are keys that the option takes",
    "works/files/checks.py": "the stored name of a file that came without one",
    "sheets/writing/table.py": "the mark of a cut cell, which the note beside it explains",
    "sheets/writing/workbook.py": "a sheet's name where the title gives none",
}
SAME_IN_BOTH = {"English", "PNG", "SVG", "PDF", "Excel", "CSV"}
Id = tuple[str, str]  # context or "", and the Chinese words


# --- what the code says -----------------------------------------------------------------------------------------------


@cache
def messages() -> list[tuple[str, str, object]]:
    """Every marked text in code and templates: file, context or "", and its id, or ids where it counts; read as `make
    translations` reads them.
    """
    rule = next(
        line
        for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
        if "pybabel" in line and "extract" in line
    )
    keywords = parse_keywords(
        ["_", "gettext", "ngettext:1,2", "pgettext:1c,2", "npgettext:1c,2,3", *re.findall(r"-k (\S+)", rule)]
    )
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        method_map, options_map = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, method_map, options_map, keywords)
    return [
        (name.removeprefix("projects/"), context or "", message) for name, _line, message, _comments, context in found
    ]


@cache
def marked() -> dict[Id, list[str]]:
    """Every message id with the files it stands in."""
    found: dict[Id, list[str]] = {}
    for name, context, message in messages():
        found.setdefault((context, forms(message)[0]), []).append(name)
    return found


def words_in_code(source: str) -> Iterator[str]:
    """Chinese texts of a Python source, those that document it apart."""
    tree = ast.parse(source)
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in bare
            and LETTER.search(node.value)
        ):
            yield node.value


class _Visible(HTMLParser):
    """The texts of a page with the attributes that are shown or read aloud, and its links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.links: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in {"script", "style"}
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]
        self.texts += [
            value
            for name, value in attrs
            if name in {"title", "aria-label", "placeholder", "data-failed", "alt"} and value
        ]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.hidden and data.strip():
            self.texts.append(" ".join(data.split()))


def visible(html: str) -> _Visible:
    page = _Visible()
    page.feed(html)
    return page


def words_in_template(source: str) -> list[str]:
    """Words that stand in a template itself, outside of marked texts."""
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL)
    return [
        word
        for text in visible(bare).texts
        for word in re.findall(r"[^\W\d_]{2,}|[\u3400-\u9fff]", text)
        if word not in SAME_IN_BOTH
    ]


# --- what is wrong with a catalogue -----------------------------------------------------------------------------------


def forms(text: object) -> list[str]:
    """A message in the singular and, where it counts, in the plural."""
    return [text] if isinstance(text, str) else list(text) if isinstance(text, tuple | list) else []


def entries(catalogue: Catalog) -> dict[Id, Message]:
    """The catalogue's messages by context and id."""
    return {(message.context or "", forms(message.id)[0]): message for message in catalogue if message.id}


def faults(ids: Iterable[Id], catalogue: Catalog) -> list[str]:
    """What is missing, left over, unsure or broken."""
    known = entries(catalogue)
    found = [f"missing: {one}" for one in ids if one not in known or not all(forms(known[one].string))]
    found += [f"obsolete: {one}" for one in known if one not in set(ids)] + [
        f"obsolete: {one}" for one in catalogue.obsolete
    ]
    found += [f"fuzzy: {msgid}" for (_, msgid), message in known.items() if message.fuzzy]
    found += [
        fault
        for (_, msgid), message in known.items()
        for text in forms(message.string)
        for fault in _faults_of(msgid, text)
    ]
    return found + [f"{message.id}: {problem}" for message, problems in catalogue.check() for problem in problems]


def _faults_of(msgid: str, text: str) -> Iterator[str]:
    if set(VALUE.findall(msgid)) != set(VALUE.findall(text)) or msgid.count("%%") != text.count("%%"):
        yield f"values differ: {msgid} | {text}"
    if CHINESE.search(text) and msgid not in IN_ENGLISH:
        yield f"Chinese in English: {text}"
    if re.search('[<>&"“”‘’]', text):  # marks break attributes; curly quotes are drawn as wide as Chinese letters
        yield f"marks or curly quotes: {text}"
    if text != text.strip() or (msgid[0] == ",") != (text[:1] == ","):
        yield f"blanks or a comma at an end: {text!r}"


@pytest.fixture(scope="module")
def ids() -> dict[Id, list[str]]:
    return marked()


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


@pytest.fixture(scope="module")
def english(catalogue: Catalog) -> Callable[[str], str]:
    file = io.BytesIO()
    write_mo(file, catalogue)
    file.seek(0)
    known = Translations(file)

    def translate(msgid: str) -> str:
        number = getattr(msgid, "number", MANY if counting(msgid) else None)
        return known.gettext(msgid) if number is None else known.ngettext(msgid, msgid, number)

    return translate


def test_every_message_has_an_english_translation_and_none_is_left_over(ids, catalogue):
    assert len(ids) > 500
    assert faults(ids, catalogue) == []


def test_the_catalogue_says_what_it_is(catalogue):
    header = dict(catalogue.mime_headers)
    assert header["Language"] == "en"
    assert header["Plural-Forms"] == "nplurals=2; plural=(n != 1);"
    assert not re.search(r"EMAIL@ADDRESS|FULL NAME|LL@li\.org", str(header))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('msgstr "Promised: %(what)s by %(due)s', 'msgstr "Promised: %(what)s by the day'), "values differ"),
        (('msgstr "Behind"', 'msgstr "将误期"'), "Chinese in English"),
        (('msgstr "Behind"', 'msgstr ""'), "missing"),
        (('msgid "将误期"', 'msgid "不再使用"'), "obsolete"),
        (('msgid "将误期"', '#, fuzzy\nmsgid "将误期"'), "fuzzy"),
        (('msgstr "Behind"', 'msgstr "<b>Behind</b>"'), "marks"),
    ],
)
def test_a_broken_catalogue_is_noticed(ids, change, fault):
    """The negative control of the test above."""
    source = CATALOGUE.read_text(encoding="utf-8")
    assert source.count(change[0]) == 1
    found = faults(ids, read_po(io.StringIO(source.replace(*change)), locale="en"))
    assert any(one.startswith(fault) for one in found)


def test_what_counts_has_forms_and_nothing_else_has(catalogue):
    told = {msgid: message for (context, msgid), message in entries(catalogue).items() if not context}
    assert {msgid for msgid, message in told.items() if message.pluralizable} == set(filter(counting, told))
    assert len(forms(told["有效期最长 %(days)s 天"].string)) == 2


def test_no_code_asks_for_a_text_that_counts_without_its_number():
    """`gettext` of Flask-Babel would find no form; `speak` and the `_` of templates know the number."""
    asked = {
        (path.name, text)
        for path in (ROOT / "projects").rglob("*.py")
        for text in asked_plainly(path.read_text(encoding="utf-8"))
        if counting(text)
    }
    assert asked == set()
    assert list(asked_plainly("_('%(count)s 个', count=1); N_('%(count)s 行')")) == ["%(count)s 个"]
    assert list(asked_plainly("gettext(DAYS, days=1); gettext(WORD)")) == ["%(count)s 个"]


def asked_plainly(source: str) -> Iterator[str]:
    """The ids that a Python source looks up by gettext itself; one named elsewhere and given values may count."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "_l", "gettext"}:
            yield from (one.value for one in node.args[:1] if isinstance(one, ast.Constant))
            if node.keywords and not isinstance(node.args[0], ast.Constant):
                yield "%(count)s 个"


def test_the_ids_themselves_are_chinese(ids):
    units = {"KB"}
    assert [
        msgid
        for _, msgid in ids
        if not CHINESE.search(msgid) and set(re.findall(r"[A-Za-z]+", VALUE.sub("", msgid))) - units
    ] == []


# --- nothing a person reads is left unmarked --------------------------------------------------------------------------


def test_no_chinese_text_in_code_escapes_the_catalogue(ids):
    known = {msgid for _, msgid in ids}
    sources = {
        path.relative_to(ROOT / "projects").as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "projects").rglob("*.py")
    }
    loose = {
        (name, text)
        for name, source in sources.items()
        for text in words_in_code(source)
        if text not in known and not name.startswith(tuple(LEFT_IN_CODE))
    }
    assert loose == set()
    assert list(words_in_code('"""说明"""\nraise ValueError("没有标记")')) == ["没有标记"]


def test_no_words_stand_in_templates_outside_of_marked_texts():
    loose = {
        (path.name, word)
        for path in (ROOT / "projects" / "templates").rglob("*.html")
        for word in words_in_template(path.read_text(encoding="utf-8"))
    }
    assert loose == set()
    assert words_in_template("<p title='Hello'>{{ _('好') }} 不好 PDF</p>") == ["Hello", "不好"]


def test_the_words_of_the_data_files_are_collected_and_keep_their_english(ids, english):
    gates, stages, limits = (
        yaml.safe_load((ROOT / "projects" / "data" / f"{name}.yaml").read_text(encoding="utf-8"))
        for name in ("gates", "stages", "funding_limits")
    )
    rows = [*gates["gates"], *gates["laws"].values(), *gates["edges"], *gates["clocks"], *stages]
    said = {row["zh"] for row in rows} | {row["law"] for row in limits["limits"]}
    said |= {words for one in shipped_sets() for words in (one.name, one.source)}
    assert {msgid for msgid in said if not any(name.startswith("data/") for name in ids["", msgid])} == set()
    assert [(row["zh"], row["en"], english(row["zh"])) for row in rows if english(row["zh"]) != row["en"]] == []


def test_texts_of_a_data_file_are_found_under_their_keys_wherever_they_stand():
    source = "a: {zh: 甲, en: A}\nb:\n  - {zh: 乙, note: 丙}\n  - zh: >-\n      丁\n      戊\n  - zh: [己]\n"
    found = list(extract.words(io.BytesIO(source.encode()), {}, (), {"keys": "zh name"}))
    assert {(line, text) for line, _, text, _ in found} == {(1, "甲"), (3, "乙"), (4, "丁 戊")}
    assert list(extract.words(io.BytesIO(b""), {}, (), {"keys": "zh"})) == []


def test_every_recorded_action_and_vocabulary_has_its_word(english):
    assert set(WORDS) == set(Tag)
    for name, words in vars(vocabulary).items():
        if (
            name.isupper()
            and isinstance(words, dict)
            and name not in {"STAGE_MEASURES", "GATE_MEASURES", "SHAPES", "SEVERITY", "LIGHT_OF"}
        ):
            spoken = [english(word) for word in words.values()]
            assert len(set(spoken)) == len(spoken), f"two words of {name} are the same in English"


# --- texts of rules ---------------------------------------------------------------------------------------------------


def test_every_text_takes_its_values_in_both_languages(ids, english):
    for context, msgid in ids:
        params = {name: f"[{name}]" for name in VALUE.findall(msgid)}
        for translate in (str, english):
            said = render(Text(msgid, params), translate)
            assert all(value in said for value in params.values()), said
            assert "%(" not in said
            assert "%%" not in said
        assert context or msgid in IN_ENGLISH or not CHINESE.search(said), said


def test_a_text_within_a_text_is_said_in_the_same_language(english):
    inner = Text("%(percent)s%%", {"percent": 50.0})
    text = Text(
        "最近数据 %(on)s: %(amount)s (%(days)s 天前)", {"on": dt.date(2021, 11, 30), "amount": inner, "days": 3}
    )
    assert render(text, english) == "Latest figure, 2021-11-30: 50% (3 d old)"
    assert render(text, str) == "最近数据 2021-11-30: 50% (3 天前)"
    named = Text("要晚于“%(before)s”的 %(day)s", {"before": Text("完成 25%"), "day": dt.date(2021, 1, 1)})
    assert render(named, english) == "It must be later than 'Reached 25%', 2021-01-01"
    assert render(named, str) == "要晚于“完成 25%”的 2021-01-01"


# --- whole pages with sample content ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown(catalogue: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with the five plans and the samples, and the catalogue as it stands now."""
    folder = tmp_path_factory.mktemp("translated")
    target = folder / "translations" / "en" / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    app = make_app(
        f"sqlite:///{folder / 'tests.sqlite'}", folder, BABEL_TRANSLATION_DIRECTORIES=str(folder / "translations")
    )
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        with transaction():
            load_catalogue(SYSTEM, NOW)
            load_samples(SYSTEM, NOW)
            rebuild(SYSTEM, NOW, STATUS_DATE)
    return app


def reader(app: Flask, role: str, locale: str) -> FlaskClient:
    """A signed-in person of `role` who reads `locale`."""
    with app.app_context():
        with transaction():
            user = db.session.scalars(select(User).where(User.username == role)).one()
            user.locale = locale
        db.session.expunge_all()
        return sign_in(app.test_client(), db.session.scalars(select(User).where(User.username == role)).one())


def stored_texts(app: Flask) -> re.Pattern[str]:
    """What people and plans have written: all texts of the database, the longest first, but none that is a
    message id.
    """
    with app.app_context():
        rows = [row for table in db.metadata.sorted_tables for row in db.session.execute(select(table))]
        texts = {value.strip() for row in rows for value in row if isinstance(value, str) and CHINESE.search(value)}
    own = {msgid for _, msgid in marked()} - {
        "示例",
        *(name for _, name, _ in PEOPLE),
        LEFT[1],
    }  # the samples' people and notes are called so
    return re.compile("|".join(map(re.escape, sorted(texts - own, key=len, reverse=True))))


def left_over(texts: Iterable[str], stored: re.Pattern[str]) -> list[str]:
    """Texts with Chinese of our own on an English page."""
    return [text for text in texts if CHINESE.search(QUOTED.sub("", stored.sub("", text)))]


def pages(client: FlaskClient, most: int) -> Iterator[tuple[str, _Visible]]:
    """The pages a person reaches by links, a few of each shape."""
    todo, seen, shapes = ["/", "/nowhere"], set(), dict[str, int]()
    while todo:
        address = todo.pop(0).partition("#")[0]
        shape = re.sub(
            r"=[^&]*", "=", re.sub(r"/(projects|plans)/[^/?.]+", r"/\1/x", re.sub(r"\d+(-\d+)?", "0", address))
        )
        shapes[shape] = shapes.get(shape, 0) + (address not in seen)
        if (
            address in seen
            or shapes[shape] > most
            or address.count("=") > 1
            or re.search(r"\.(csv|xlsx|pdf|png|svg)(\?|$)", address)
        ):
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code in {200, 302, 403, 404}, address
        page = visible(answer.text)
        todo += [link for link in page.links if link.startswith("/")]
        yield address, page


@pytest.mark.parametrize("role", [username for username, _, _ in PEOPLE])
def test_no_page_in_english_speaks_chinese_of_our_own(shown: Flask, role: str):
    stored = stored_texts(shown)
    found = {
        text: address for address, page in pages(reader(shown, role, "en"), 3) for text in left_over(page.texts, stored)
    }
    assert found == {}


def test_chinese_of_our_own_on_an_english_page_is_noticed(shown: Flask):
    """The negative control of the test above: what is stored may stay, what we say may not."""
    stored = stored_texts(shown)
    assert left_over(["市公共卫生中医医疗中心", "5 d old"], stored) == []
    assert left_over(["市公共卫生中医医疗中心 将误期", "主体结构"], stored) == [
        "市公共卫生中医医疗中心 将误期",
        "主体结构",
    ]


def test_no_page_in_chinese_shows_english_words_of_the_catalogue(shown: Flask, catalogue: Catalog):
    english = {
        text for message in catalogue if message.id for text in forms(message.string) if re.search("[a-z]{2}", text)
    } - SAME_IN_BOTH
    client = reader(shown, "dispatcher", "zh")
    found = {text: address for address, page in pages(client, 2) for text in page.texts if text in english}
    assert found == {}
    assert "Promises and verdicts" in english  # the control: a heading that would be found


def test_every_reason_of_the_samples_is_said_in_both_languages(shown: Flask, english):
    stored = stored_texts(shown)
    with shown.app_context():
        texts = [text for row in promises(SYSTEM, STATUS_DATE) for text in row.words]
    assert len(texts) > 100
    assert left_over([render(text, english) for text in texts], stored) == []
    assert all(CHINESE.search(render(text, str)) for text in texts)
    assert render(texts[0], english).startswith("Promised: ")


def test_the_catalogue_is_written_as_the_tools_write_it(catalogue: Catalog):
    """So that `make translations` changes only what the code changed."""
    file = io.BytesIO()
    write_po(file, catalogue, sort_output=True, no_location=True, ignore_obsolete=True)
    assert CATALOGUE.read_bytes().split(b"\n\n", 1)[1] == file.getvalue().split(b"\n\n", 1)[1]
