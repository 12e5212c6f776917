"""Mutants of the rule files: which there are, each with a name that outlives a change of line numbers.

mutmut's own operators make them (`mutmut.mutation.mutators`); this file only says where they are asked:

    comparison   `operator_swap_op` and `operator_keywords` on a comparison: < and <=, > and >=, == and !=,
                 in and not in, is and is not
    constant     `operator_number` on every number, also of a module's constants, a class's fields, a default
    branch       `operator_if_exp` on a ternary, an `if` and the `if` of a comprehension: its condition never,
                 and always, holds
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
from mutmut.mutation import mutators

ROOT = Path(__file__).resolve().parent.parent
SHELL = {"views", "forms", "queries", "operations", "extract", "workbook", "render", "storage", "tables"}
GLUE = ("web", "api", "commands", "people/access")  # as tests/test_purity.py has it
INVENTED = ("samples",)  # what the demo says is made up: content, no rule
# as tests/test_rules_named.py has it
HEADING = re.compile(r"^(?:#+ |\| |- \*\*|\*\*)([A-Z]{1,2}-\d{1,2})\b", re.MULTILINE)
NAME = re.compile(r"\b[A-Z]{1,2}-\d{1,2}\b")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one rule file."""

    path: str  # projects/core/places.py
    function: str  # the outermost function's qualified name; empty for what is evaluated when the module is read
    kind: str
    line: int
    lines: tuple[int, int]  # of the statement that holds it
    start: int
    end: int
    text: str
    name: str = ""

    @property
    def area(self) -> str:
        """The area whose rule it is."""
        return self.path.split("/")[1]

    @property
    def module(self) -> str:
        """Its dotted name."""
        return self.path.removesuffix(".py").replace("/", ".")

    def source(self) -> str:
        """The file with the change made."""
        source = (ROOT / self.path).read_text(encoding="utf-8")
        return source[: self.start] + self.text + source[self.end :]


def rule_files() -> list[Path]:
    """Every pure file that names a rule of docs/rules, and all of `core`.

    tests/test_purity.py holds what pure means, tests/test_rules_named.py that every rule is named by a file.
    """
    books = (path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "rules").glob("*.md"))
    rules = {rule for book in books for rule in HEADING.findall(book)}
    found = []
    for path in sorted((ROOT / "projects").glob("*/**/*.py")):
        below = path.relative_to(ROOT / "projects").as_posix()
        if path.stem == "__init__" or path.stem in SHELL or below.startswith((*GLUE, *INVENTED)):
            continue
        if below.startswith("core/") or rules & set(NAME.findall(path.read_text(encoding="utf-8"))):
            found.append(path)
    return found


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (WhitespaceInclusivePositionProvider,)

    def __init__(self, path: str, source: str, module: cst.Module) -> None:
        super().__init__()
        self.path, self.text, self.module = path, source, module
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.scopes: list[tuple[cst.CSTNode, str]] = []
        self.inside: list[cst.FunctionDef] = []
        self.found: list[Mutant] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation) or (isinstance(node, cst.If) and self._types_only(node)):
            return False
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            self.scopes.append((node, node.name.value))
        if isinstance(node, cst.IndentedBlock | cst.SimpleStatementSuite) and self.scopes:
            holder = self.scopes[-1][0]
            if isinstance(holder, cst.FunctionDef) and holder.body is node:
                self.inside.append(holder)
        self._mutate(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self.inside and self.inside[-1].body is original_node:
            self.inside.pop()
        if self.scopes and self.scopes[-1][0] is original_node:
            self.scopes.pop()

    def _types_only(self, node: cst.If) -> bool:
        return self.module.code_for_node(node.test).strip() in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}

    def _mutate(self, node: cst.CSTNode) -> None:
        if isinstance(node, cst.BaseNumber):
            for changed in mutators.operator_number(node):
                self._add("constant", node, changed)
        elif isinstance(node, cst.ComparisonTarget):
            for changed in mutators.operator_swap_op(node):
                self._add("comparison", node.operator, changed.operator)
            for changed in mutators.operator_keywords(node.operator):
                self._add("comparison", node.operator, changed)
        elif isinstance(node, cst.If | cst.IfExp | cst.CompIf):
            for changed in mutators.operator_if_exp(node):  # an `if` has its condition where a ternary has it
                self._add("branch", node.test, changed.test)

    def _add(self, kind: str, old: cst.CSTNode, new: cst.CSTNode) -> None:
        place = self.get_metadata(WhitespaceInclusivePositionProvider, old)
        start = self.starts[place.start.line - 1] + place.start.column
        end = self.starts[place.end.line - 1] + place.end.column
        if self.text[start:end].split() != self.module.code_for_node(old).split():
            raise ValueError(f"{self.path}:{place.start.line}: the text differs from what was parsed")
        function = ""
        if self.inside:
            outermost = self.inside[0]
            names = []
            for holder, name in self.scopes:
                names.append(name)
                if holder is outermost:
                    break
            function = ".".join(names)
        lines = (place.start.line, place.end.line)
        new_text = self.module.code_for_node(new)
        self.found.append(Mutant(self.path, function, kind, place.start.line, lines, start, end, new_text))


def _named(source: str, mutants: list[Mutant]) -> Iterator[Mutant]:
    """The mutants with their names: file, place, and the line before and after; the same change twice is counted."""
    seen: Counter[str] = Counter()
    for mutant in mutants:
        first = source.rfind("\n", 0, mutant.start) + 1
        last = source.find("\n", mutant.end)
        old = " ".join(source[first:last].split())
        new = " ".join((source[first : mutant.start] + mutant.text + source[mutant.end : last]).split())
        name = f"{mutant.path} {mutant.function or 'module'}: {old} => {new}"
        seen[name] += 1
        if seen[name] > 1:
            name += f" #{seen[name]}"
        yield Mutant(*(getattr(mutant, field) for field in Mutant.__slots__[:-1]), name)


def statement_lines(source: str) -> dict[int, tuple[int, int]]:
    """Each line's innermost statement, without the statements in its body."""
    found: dict[int, tuple[int, int]] = {}
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.stmt) or isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Match):
            continue
        body = getattr(node, "body", None)
        last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno or node.lineno
        last = max(last, node.lineno)
        for line in range(node.lineno, last + 1):
            if line not in found or last - node.lineno < found[line][1] - found[line][0]:
                found[line] = (node.lineno, last)
    return found


def mutants_of(path: Path) -> list[Mutant]:
    """All mutants of one file."""
    source = path.read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    finder = _Finder(path.relative_to(ROOT).as_posix(), source, wrapper.module)
    wrapper.visit(finder)
    whole = statement_lines(source)
    found = []
    for mutant in _named(source, finder.found):
        values = [getattr(mutant, field) for field in Mutant.__slots__]
        values[4] = whole.get(mutant.line, mutant.lines)
        found.append(Mutant(*values))
    return found


def all_mutants(pattern: str = "") -> list[Mutant]:
    """Every mutant of every rule file whose path matches `pattern`."""
    return [
        mutant
        for path in rule_files()
        if re.search(pattern, path.relative_to(ROOT).as_posix())
        for mutant in mutants_of(path)
    ]
