"""The mutants of `make mutants`: which there are, and that those listed as equivalent exist."""

from __future__ import annotations

import test_purity
import test_rules_named

from mutants.making import GLUE, ROOT, SHELL, Mutant, mutants_of, rule_files
from mutants.run import equivalents


def changes(path: str) -> dict[str, Mutant]:
    return {mutant.name: mutant for mutant in mutants_of(ROOT / path)}


def test_rule_files_are_the_pure_ones_that_name_a_rule_and_all_of_core():
    assert test_purity.SHELL == SHELL
    assert {name.replace(".", "/") for name in test_purity.GLUE} == set(GLUE)
    pure = {path for path in test_purity.FILES if path.stem not in SHELL}
    found, rules = set(rule_files()), set(test_rules_named.RULES)
    assert found < pure
    for path in pure - found:
        assert not rules & test_rules_named.named([path.read_text(encoding="utf-8")]) or "samples" in str(path), path
    assert {path.name for path in found if path.parent.name == "core"} > {"places.py", "money.py", "month.py"}
    assert {path.name for path in found} > {"assess.py", "lights.py", "posting.py", "amounts.py", "policy.py"}


def test_limits_constants_and_branches_are_changed_each_under_a_name_of_its_own():
    closing = changes("projects/money/ledger/closing.py")
    assert "projects/money/ledger/closing.py Closed.open_day: if day > today: => if day >= today:" in closing
    assert "projects/money/ledger/closing.py Closed.open_day: if day > today: => if (day > today) and False:" in closing
    notice = changes("projects/works/reports/lines.py")
    assert "projects/works/reports/lines.py module: DUE_DAY = 5 => DUE_DAY = 6" in notice
    assert {mutant.kind for mutant in closing.values()} == {"comparison", "branch", "constant"}


def test_every_mutant_is_a_program_that_differs_in_its_place():
    source = (ROOT / "projects/core/places.py").read_text(encoding="utf-8")
    for mutant in mutants_of(ROOT / "projects/core/places.py"):
        changed = mutant.source()
        assert changed != source
        compile(changed, mutant.path, "exec")
        assert mutant.text in changed
        assert mutant.lines[0] <= mutant.line <= mutant.lines[1]


def test_equivalent_mutants_are_there_and_each_says_why():
    for name, reason in equivalents().items():
        assert name in changes(name.split(" ", 1)[0]), name
        assert len(reason) > 20, name
