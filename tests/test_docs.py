"""What the documents say of the tree is so: every folder has its line in the plan of the house, every path that is
named exists, and every document is led to.
"""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
ARCHITECTURE = (DOCS / "architecture.md").read_text(encoding="utf-8")
PROSE = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")])
BESIDE_THE_AREAS = {"translations"}  # Python that the application does not load: how texts are collected
WHOLE_APPLICATION = {"authz", "journeys", "verdicts/second"}  # tests that no single area or feature can keep
PATH = re.compile(r"(?<![\w/.<-])((?:projects|tests|benchmarks|migrations|docs)/[\w./{},*-]*\w[}/]?)")

MODULE = re.compile(r"`([\w/]+\.(?:py|yaml))`")
MODULES = {path.name for path in (*ROOT.glob("*.py"), *ROOT.glob("[bmpt]*/**/*.*"))}


def listed(document: str) -> list[str]:
    """The folders of the plan of the house, in its order: `money`, `money/ledger` …"""
    areas = next(block for block in document.split("```")[1::2] if block.lstrip().startswith("core/"))
    found, area = [], ""
    for line in areas.strip().splitlines():
        indent, name = re.match(r"( *)(\w+)/ +\S", line).groups()
        area = name if not indent else area
        found.append(f"{area}/{name}" if indent else name)
    return found


def folders_with(ending: str, root: Path) -> set[str]:
    """Folders below `root` that hold files of an ending, and the areas that these lie in."""
    found = {path.parent.relative_to(root) for path in root.rglob(f"*{ending}")} - {Path()}
    return {str(folder) for folder in found} | {folder.parts[0] for folder in found}


def missing_paths(document: str) -> list[str]:
    """Paths that a document names and that are not there. Addresses of pages begin with a slash, so they are none. A
    module named alone, as `layout.py` beside its folder, must be one of any folder.
    """
    named = {path.rstrip("/") for path in (*PATH.findall(document), *MODULE.findall(document))}
    return sorted(
        path
        for path in named
        if not any(ROOT.glob(path)) and not _is_name_in_a_file(path) and ("/" in path or path not in MODULES)
    )


def _is_name_in_a_file(path: str) -> bool:
    """`projects/core/permissions.POLICY` is a name in a file."""
    file, _, name = path.rpartition(".")
    module = ROOT / f"{file}.py"
    return module.is_file() and bool(re.search(rf"\b{re.escape(name)}\b", module.read_text(encoding="utf-8")))


def test_every_folder_has_its_line_in_the_plan_of_the_house():
    assert sorted(listed(ARCHITECTURE)) == sorted(folders_with(".py", ROOT / "projects") - BESIDE_THE_AREAS)
    assert [name for name in BESIDE_THE_AREAS if f"`projects/{name}/`" not in ARCHITECTURE] == []


def test_a_folder_without_a_line_or_a_line_without_a_folder_is_found():
    folders = folders_with(".py", ROOT / "projects") - BESIDE_THE_AREAS
    assert set(listed(re.sub(r"\n  matching/.*", "", ARCHITECTURE))) == folders - {"money/matching"}
    assert set(listed(ARCHITECTURE.replace("  matching/", "  purse/"))) - folders == {"money/purse"}


def test_the_order_of_areas_is_the_one_that_the_linter_holds():
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = (contract["layers"] for contract in linter["contracts"] if contract["type"] == "layers")
    areas = [name.removeprefix("projects.") for name in reversed(layers) if name != "projects.app"]
    assert [name for name in listed(ARCHITECTURE) if "/" not in name] == areas
    assert len(areas) == 14


@pytest.mark.parametrize(("folder", "ending"), [("projects/templates", ".html"), ("tests", ".py")])
def test_templates_and_tests_have_the_names_of_areas_and_features(folder, ending):
    assert folders_with(ending, ROOT / folder) - WHOLE_APPLICATION <= set(listed(ARCHITECTURE))


def test_the_names_are_not_taken_for_granted():
    assert not folders_with(".py", ROOT / "tests") <= set(listed(ARCHITECTURE)) - {"money/ledger"}


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_that_a_document_names_is_there(path):
    assert missing_paths(path.read_text(encoding="utf-8")) == []


def test_every_file_that_the_product_names_is_there():
    for path in [*(ROOT / "projects").rglob("*.py"), *(ROOT / "projects" / "data").glob("*.yaml")]:
        files = [name for name in missing_paths(path.read_text(encoding="utf-8")) if name.endswith((".py", ".md"))]
        assert files == [], path


def test_a_path_that_is_not_there_is_found():
    gone = (
        "see `projects/slippage/`, projects/money/{ledger,purse}.py. and `projects/core/permissions.RULES`, "
        "`web/access.py`, `wallet.py` but `layout.py`, `projects/core/permissions.POLICY`, /projects/<slug>/plan"
    )
    assert missing_paths(gone) == [
        "projects/core/permissions.RULES",
        "projects/money/{ledger,purse}.py",
        "projects/slippage",
        "wallet.py",
        "web/access.py",
    ]


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(path):
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_readme_leads_to_every_folder_of_documents():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    wanted = [
        *sorted(DOCS.glob("*.md")),
        *sorted(path for folder in ("rules", "operations", "howto") for path in (DOCS / folder).glob("*.md")),
    ]
    assert [str(path.relative_to(ROOT)) for path in wanted if f"({path.relative_to(ROOT)})" not in text] == []
