"""Work on very many objects at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """While very many objects are made and kept, don't look through all of them for garbage again and again: that is a
    quarter of the time of a preview.

    The search stands still for the whole process. Of two at once the first to end starts it again, which costs the
    other time and nothing else.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
