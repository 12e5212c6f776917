"""How well and how fast the matching desk proposes: `python -m benchmarks.matching [--quick]` writes
benchmarks/matching.md.

Years are made by benchmarks/receipts.py, plain and rough, with seeds that nothing was tuned on; speed is measured at
two sizes, so that growth shows.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import random
import resource
import statistics
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.receipts import Year, make
from projects.money.matching.facts import Proposal
from projects.money.matching.matching import Matcher, propose

RESULTS = Path(__file__).with_name("matching.md")
SEEDS = range(900, 920)
SIZES = (120, 300, 700)
BY_HAND = "## Other kinds of mess"  # what follows was measured otherwise, and is kept
LARGE = (3_080, 6_160)  # projects; about 4,000 and 8,000 lines


@dataclass
class Marks:
    """Counts over one or several years."""

    receipts: int = 0
    belong: int = 0
    right: int = 0
    sure: int = 0
    sure_right: int = 0
    strays: int = 0
    strays_booked: int = 0
    overdrawn: int = 0
    not_summing: int = 0
    without_reason: int = 0

    def add(self, year: Year, found: Iterable[Proposal]) -> None:
        """Count one year's proposals against its truth."""
        used: Counter[str] = Counter()
        amounts = {one.key: one.amount_fen for one in year.receipts}
        for one in found:
            best, want = one.candidates[0], {(part.line, part.amount_fen) for part in year.truth[one.receipt]}
            got = {(part.line, part.amount_fen) for part in best.parts}
            self.receipts += 1
            self.belong += bool(want)
            self.strays += not want
            self.right += bool(want) and got == want
            self.not_summing += bool(got) and sum(fen for _, fen in got) != amounts[one.receipt]
            self.without_reason += bool(got) and not best.reasons
            if one.confident and got:
                self.sure += 1
                self.sure_right += got == want
                self.strays_booked += not want
                used.update(dict(got))
        self.overdrawn += sum(used[line.key] > line.open_fen for line in year.lines)

    def row(self, name: str) -> str:
        """A row of the table."""
        rates = (self.right / self.belong, self.sure_right / max(self.sure, 1), self.sure_right / self.belong)
        counts = (self.strays_booked, self.strays, self.overdrawn, self.not_summing, self.without_reason)
        return (
            f"| {name} | {self.receipts} | "
            + " | ".join(f"{rate:.4f}" for rate in rates)
            + f" | {counts[0]} of {counts[1]} | {counts[2]} | {counts[3]} | {counts[4]} |"
        )


def quality(seeds: Iterable[int], sizes: Iterable[int]) -> list[str]:
    """The rows of the table of quality, the worst single year below each kind."""
    rows = []
    for rough in (False, True):
        total, worst = Marks(), (2.0, "")
        for seed in seeds:
            for size in sizes:
                year = make(seed, size, rough=rough)
                found, own = propose(year.lines, year.receipts), Marks()
                total.add(year, found)
                own.add(year, found)
                worst = min(worst, (own.right / own.belong, own.row(f"… worst year: seed {seed}, {size} projects")))
        rows += [total.row("rough" if rough else "plain"), worst[1]]
    return rows


def speed(projects: int) -> tuple[str, float]:
    """A row of the table of speed, and the milliseconds of the processor for a receipt."""
    year = make(990, projects)
    wall, processor = time.perf_counter(), time.process_time()
    propose(year.lines, year.receipts)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    each = 1000 * processor / len(year.receipts)
    return f"| {len(year.lines)} | {len(year.receipts)} | {wall:.1f} | {processor:.1f} | {each:.2f} | {memory} |", each


def decisions(projects: int, many: int = 60) -> str:
    """A row: the milliseconds of the processor after each of `many` decisions while a year waits, and of working
    everything out.
    """
    year, dice, matcher, took = make(990, projects), random.Random(990), Matcher(), []
    lines, waiting = {one.key: one for one in year.lines}, {one.key: one for one in year.receipts}
    start = time.process_time()
    said = matcher.update(year.lines, year.receipts)
    whole = time.process_time() - start
    for _ in range(many):
        one = dice.choice(said)
        del waiting[one.receipt]  # confirmed as proposed, or set outside
        for part in one.candidates[0].parts:
            line = lines[part.line]
            lines[part.line] = replace(line, open_fen=line.open_fen - part.amount_fen, parts=line.parts + 1)
        start = time.process_time()
        said = matcher.update(list(lines.values()), list(waiting.values()))
        took.append(1000 * (time.process_time() - start))
    is_same = said == propose(list(lines.values()), list(waiting.values()))
    return (
        f"| {len(lines)} | {len(waiting)} | {1000 * whole:.0f} | {statistics.median(took):.0f} | {max(took):.0f} | "
        f"{'yes' if is_same else '**no**'} |"
    )


def main() -> None:
    """Measure and write the results."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few years, and nothing large")
    quick = options.parse_args().quick
    sized = [speed(projects) for projects in ((400, 800) if quick else LARGE)]
    decided = [decisions(projects, 10 if quick else 60) for projects in ((400, 800) if quick else LARGE)]
    rows = quality(SEEDS[:3] if quick else SEEDS, SIZES[:2] if quick else SIZES)
    lines = [
        "# Results of `python -m benchmarks.matching`",
        "",
        (
            f"- date: {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC; Python {platform.python_version()}, "
            f"{os.cpu_count()} "
            f"cores, load {os.getloadavg()[0]:.1f}"
        ),
        (
            "- data: years of benchmarks/receipts.py; `rough` adds typing mistakes, letters for digits, other "
            "abbreviations, renamed units, two numbers in a memo, odd shares, and other money"
        ),
        (
            "- bars: right first ≥ 0.90, precision of the sure ≥ 0.995, recall of the sure ≥ 0.75, strays booked ≤ 0.5 "
            "%, nothing overdrawn, all sums right, each with a reason"
        ),
        "",
        (
            "| years | receipts | right first | precision | recall | strays booked | overdrawn | not summing | without "
            "reason |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        *rows,
        "",
        (
            "Bars: 5,000 receipts against 4,000 lines under 30 s and 500 MB; the cost per receipt near constant as "
            "both "
            "double."
        ),
        "",
        "| lines | receipts | s | s of the processor | ms per receipt | MB |",
        "|---:|---:|---:|---:|---:|---:|",
        *[row for row, _ in sized],
        "",
        f"Growth of the cost per receipt as both double: {sized[1][1] / sized[0][1]:.2f} ×.",
        "",
        (
            "After a decision only what it touches is worked out again. Milliseconds of the processor; `whole` is what "
            "every decision cost before, `same` says that the last outcome is that of"
        ),
        "working everything out.",
        "",
        "| lines | waiting | whole | a decision, median | worst | same |",
        "|---:|---:|---:|---:|---:|---|",
        *decided,
        "",
    ]
    text = "\n".join(lines)
    print(text)
    if not quick:
        kept = RESULTS.read_text(encoding="utf-8").partition(BY_HAND)[1:]
        RESULTS.write_text("\n".join((text, "".join(kept))), encoding="utf-8")


if __name__ == "__main__":
    main()
