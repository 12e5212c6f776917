"""Changes the rules a little, hundreds of times, and counts which changes a pure test notices.

    make mutants                        500 mutants of seed 1; writes benchmarks/mutants.md; exit code 1 below 92 %
    make mutants SEED=7                 other mutants
    make mutants ARGS="--only REGEX"    every mutant of the files whose path matches, to see what lives; writes nothing
    make mutants ARGS="--from FILE"     the mutants that FILE names, one a line; writes nothing
    make mutants ARGS="--list REGEX"    their names, without trying any

Why so: docs/decisions/0011-mutants.md. What is shown to change nothing stands in mutants/equivalent.txt,
each with its reason.
"""

from __future__ import annotations

import argparse
import atexit
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mutants import trying  # noqa: E402
from mutants.making import Mutant, all_mutants, rule_files  # noqa: E402

EQUIVALENT = ROOT / "mutants" / "equivalent.txt"
RESULTS = ROOT / "benchmarks" / "mutants.md"
BAR = 92.0
LONGEST = 6.0  # seconds of tests for one mutant, unchanged and counted under coverage
HEAD = """# Mutants

What `make mutants` found: small changes of rules, and whether a pure test notices
([decision 11](../docs/decisions/0011-mutants.md)).
"""


def equivalents() -> dict[str, str]:
    """Names of mutants that change nothing, with the reason: a name stands at the margin, its reason indented below."""
    found: dict[str, str] = {}
    name = ""
    for line in EQUIVALENT.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            name = line.strip()
            found[name] = ""
        else:
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found


def test_files(areas: set[str]) -> list[str]:
    """The test files of the areas; what is core's, every area's tests may notice."""
    there = {path.relative_to(ROOT / "projects").parts[0] for path in rule_files()}
    wanted = there if areas & {"core", "sheets"} else areas & there
    return [
        path.relative_to(ROOT).as_posix()
        for name in sorted(wanted)
        for path in sorted((ROOT / "tests" / name).rglob("test_*.py"))
    ]


def chosen(mutant: Mutant, known: trying.Known) -> list[str]:
    """The tests to run: those through the changed statement; for what is worked out at import, those through the file.

    Of the rule's own area, or where none of it comes there (`core`, cells of imported sheets) of any. Those of the
    rule's own feature first, pure ones before those with a database, quickest first, until it takes too long.
    """
    here = known.tests(mutant.path, mutant.lines) if mutant.function else set()
    own = f"tests/{mutant.area}/"
    tests = here or known.everywhere(mutant.path)
    tests = {test for test in tests if test.startswith(own)} or tests
    feature = f"tests/{mutant.path.split('/', 1)[1].rsplit('/', 1)[0]}/"

    def order(test: str) -> tuple[bool, bool, float, str]:
        return test in known.stored, not test.startswith(feature), known.seconds.get(test, 0.0), test

    spent, picked = 0.0, []
    for test in sorted(tests, key=order):
        spent += known.seconds.get(test, 0.0)
        if picked and spent > LONGEST:
            break
        picked.append(test)
    return picked


def trial(mutant: Mutant, known: trying.Known, *, unchanged: bool = False) -> trying.Trial:
    """The mutant, or the file as it stands, with its tests."""
    tests = chosen(mutant, known)
    source = (ROOT / mutant.path).read_text if unchanged else mutant.source
    return trying.Trial(mutant.module, mutant.path, source, tests, sum(known.seconds.get(test, 0.0) for test in tests))


def control(mutants: list[Mutant], known: trying.Known, jobs: int, database: str) -> None:
    """A file of each area, unchanged, through the same door: whatever fails there would count as killed."""
    first = {mutant.area: mutant for mutant in mutants if chosen(mutant, known)}
    trials = [trial(mutant, known, unchanged=True) for mutant in first.values()]
    wrong = []
    trying.run(
        trials, jobs, database, lambda number, status, _: wrong.append((trials[number], status)) if status else None
    )
    if wrong:
        for one, status in wrong:
            print(f"unchanged, {one.path} fails its tests ({status}): {' '.join(one.tests[:5])} …")
        raise SystemExit(2)


def tried(mutants: list[Mutant], known: trying.Known, jobs: int, database: str) -> dict[str, tuple[str, float]]:
    """What became of each mutant (killed, survived), and the seconds it took."""
    found = {mutant.name: ("survived", 0.0) for mutant in mutants}  # what no test runs through lives
    reached = [mutant for mutant in mutants if chosen(mutant, known)]
    print(f"{len(mutants) - len(reached)} that no test runs through", file=sys.stderr, flush=True)
    trials = [trial(mutant, known) for mutant in reached]

    def told(number: int, status: int, seconds: float) -> None:
        if status not in {trying.PASSED, trying.FAILED, trying.BROKEN} and status > 0:
            raise SystemExit(f"pytest ended with {status} on {reached[number].name}")
        found[reached[number].name] = ("survived" if status == trying.PASSED else "killed", seconds)
        print(f"{found[reached[number].name][0]} {reached[number].name}", file=sys.stderr, flush=True)

    trying.run(trials, jobs, database, told)
    return found


def table(mutants: list[Mutant], found: dict[str, tuple[str, float]], known: dict[str, str]) -> tuple[list[str], float]:
    """The rows by area, and the share killed of those not shown equivalent."""
    rows = ["| area | mutants | killed | survived | equivalent | killed, % | s |", "|---|--:|--:|--:|--:|--:|--:|"]
    areas: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        areas[mutant.area].append(mutant)
    share = 0.0
    for area, some in [*sorted(areas.items()), ("**all**", mutants)]:
        alike = sum(1 for mutant in some if mutant.name in known)
        killed = sum(1 for mutant in some if mutant.name not in known and found[mutant.name][0] == "killed")
        counted = len(some) - alike
        share = 100 * killed / counted if counted else 100.0
        spent = sum(found[mutant.name][1] for mutant in some)
        rows.append(f"| {area} | {len(some)} | {killed} | {counted - killed} | {alike} | {share:.1f} | {spent:.0f} |")
    return rows, share


def keep(seed: int, section: str) -> None:
    """Put the seed's section into the results, in the order of seeds."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEAD
    parts = re.split(r"(?m)^(?=## Seed )", text)
    sections = {int(part.split()[2].rstrip(":")): part for part in parts[1:]}
    sections[seed] = section
    RESULTS.write_text(HEAD + "".join("\n" + sections[key].strip() + "\n" for key in sorted(sections)), "utf-8")


def main() -> int:
    """Sample, try, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--from", default="", metavar="FILE", dest="named")
    parser.add_argument("--tests", nargs="*", help="with --only: these test files alone")
    parser.add_argument("--stored", action="store_true", help="tests on SQLite, too: less lives, much slower")
    parser.add_argument("--list", default="", metavar="REGEX")
    options = parser.parse_args()
    begun = time.monotonic()
    alike = equivalents()
    if options.list:
        print("\n".join(mutant.name for mutant in all_mutants(options.list)))
        return 0
    everything = all_mutants(options.only)
    stale = [] if options.only else sorted(set(alike) - {mutant.name for mutant in everything})
    bare = sorted(name for name, reason in alike.items() if not reason)
    mutants = everything
    if options.named:
        wanted = set(Path(options.named).read_text(encoding="utf-8").splitlines())
        mutants = [mutant for mutant in everything if mutant.name in wanted]
    elif not options.only:
        mutants = random.Random(options.seed).sample(everything, min(options.size, len(everything)))
    folder = tempfile.mkdtemp(prefix="mutants-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = trying.template(f"{folder}/empty.sqlite") if options.stored else ""
    files = options.tests or test_files({mutant.area for mutant in mutants})
    rules = sorted({path.relative_to(ROOT).as_posix() for path in rule_files()})
    known = trying.observe(files, rules, options.jobs, database)
    for test in known.failed:
        print(f"left out, it fails on the unchanged program: {test}")
        for tests in known.lines.values():
            tests.pop(test, None)
    trying.warm(known.libraries)
    begun_mutants = time.monotonic()
    control(mutants, known, options.jobs, database)
    found = tried([mutant for mutant in mutants if mutant.name not in alike], known, options.jobs, database)
    found |= {mutant.name: ("equivalent", 0.0) for mutant in mutants if mutant.name in alike}
    rows, share = table(mutants, found, alike)
    living = sorted(mutant.name for mutant in mutants if found[mutant.name][0] == "survived")
    minutes = (time.monotonic() - begun) / 60
    print("\n".join(rows), "", *living, sep="\n")
    print(f"\n{minutes:.1f} min, {(begun_mutants - begun) / 60:.1f} of them to see which test runs through which line")
    for name in stale:
        print(f"equivalent.txt names a mutant that is no more: {name}")
    for name in bare:
        print(f"equivalent.txt gives no reason for: {name}")
    if not (options.only or options.named):
        lines = [f"## Seed {options.seed}: {share:.1f} % killed of those not shown equivalent", ""]
        lines += [f"{len(mutants)} of {len(everything)} mutants, {minutes:.0f} minutes, {options.jobs} at a time.", ""]
        lines += [*rows, "", "Living:" if living else "None lives.", "", *(f"- `{name}`" for name in living)]
        keep(options.seed, "\n".join(lines))
    return 1 if (share < BAR and not (options.only or options.named)) or stale or bare else 0


if __name__ == "__main__":
    sys.exit(main())
