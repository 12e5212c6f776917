"""Texts of YAML files for the catalogue: what Babel's own extractors are for Python and templates (babel.cfg)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO

import yaml

Found = tuple[int, str, str, list[str]]  # line, function, text, remarks


def words(file: IO[bytes], _keywords: object, _tags: Sequence[str], options: Mapping[str, str]) -> Iterator[Found]:
    """The texts that stand under one of the `keys` of the options, wherever in the file."""
    keys = set(options["keys"].split())
    document = yaml.compose(file, Loader=yaml.SafeLoader)
    open_nodes = [document] if document else []
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, yaml.SequenceNode):
            open_nodes += node.value
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value in keys and isinstance(value, yaml.ScalarNode):
                    yield value.start_mark.line + 1, "", value.value, []
                else:
                    open_nodes.append(value)
