"""How long reading a plan takes, and whether any text makes it crash.

    python -m benchmarks.reader [--mutations 2000] [--folder FOLDER OF TEXTS]

Times a plan of 30,000 letters and one of 1 MB, then reads texts that were changed by chance: letters dropped, doubled,
swapped, cut, joined. Prints one line for each.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

from projects.register.reader.reading import read
from tests.register.reader.mutations import mutated, sample


def timed(text: str) -> float:
    """Seconds of this process that reading takes."""
    begun = time.process_time()
    read(text, 2021)
    return time.process_time() - begun


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--mutations", type=int, default=2_000)
    asked.add_argument("--folder", type=Path, help="texts to change, instead of invented ones")
    args = asked.parse_args()
    for letters in (30_000, 350_000):
        text = sample(letters)
        print(f"{letters:>9,} letters ({len(text.encode()):,} bytes): {timed(text):.2f} s")
    sources = (
        [path.read_text(encoding="utf-8") for path in sorted(args.folder.glob("*.txt"))]
        if args.folder
        else [sample(4_000)]
    )
    chance = random.Random(13)
    slowest = max(timed(mutated(chance.choice(sources), chance)) for _ in range(args.mutations))
    print(f"{args.mutations:,} changed texts: no crash, the slowest {slowest:.2f} s")


if __name__ == "__main__":
    main()
