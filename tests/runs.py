"""How often a test that tries many cases tries them: few in `make test`, all in `make test-long` (LONG=1)."""

import os


def runs(short: int, long: int) -> int:
    """`long` where LONG is set, else `short`."""
    return long if os.environ.get("LONG", "0") not in {"", "0"} else short
