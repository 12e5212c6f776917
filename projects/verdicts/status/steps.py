"""Into which steps a rebuild of all verdicts is cut, so that others can write in between. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RebuildStep:
    """The projects whose verdicts one transaction renews, and the programmes whose own promises it renews."""

    projects: tuple[int, ...]
    programmes: tuple[int, ...]


def steps(members: Mapping[int, Sequence[int]], alone: Sequence[int], size: int) -> Iterator[RebuildStep]:
    """Steps of at most `size` projects that hold all projects, by programme (`members`) or `alone`, and all programmes
    once.

    A programme goes with its projects, whose facts its promises need as well; one without any, or with more than
    `size`, goes before all projects. So whenever the last project is done, every promise is.
    """
    apart = [(key,) for key, own in members.items() if len(own) > size]
    empty = tuple(key for key, own in members.items() if not own)
    yield from (RebuildStep((), some) for some in (empty, *apart) if some)
    yield from (RebuildStep(some, ()) for key, own in members.items() if len(own) > size for some in _parts(own, size))
    projects: list[int] = []
    programmes: list[int] = []
    for key, own in members.items():
        if programmes and len(projects) + len(own) > size:
            yield RebuildStep(tuple(projects), tuple(programmes))
            projects, programmes = [], []
        if 0 < len(own) <= size:
            projects += own
            programmes.append(key)
    if programmes:
        yield RebuildStep(tuple(projects), tuple(programmes))
    yield from (RebuildStep(some, ()) for some in _parts(alone, size))


def _parts(ids: Sequence[int], size: int) -> Iterator[tuple[int, ...]]:
    return (tuple(ids[start : start + size]) for start in range(0, len(ids), size))


def left(
    members: Mapping[int, Sequence[int]], alone: Sequence[int], done: Collection[RebuildStep]
) -> tuple[dict[int, list[int]], list[int]]:
    """What of all projects and programmes no step that is `done` held."""
    projects = {one for step in done for one in step.projects}
    programmes = {one for step in done for one in step.programmes}
    new = {key: [one for one in own if one not in projects] for key, own in members.items()}
    return {key: own for key, own in new.items() if own or key not in programmes}, [
        one for one in alone if one not in projects
    ]
