"""How Babel finds the texts of the catalogue (babel.cfg): in YAML files by keys, in Python and templates as it does
itself, but what counts (`core.text.counting`) with forms for its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import yaml
from babel.messages.extract import extract_python
from jinja2.ext import babel_extract

from projects.core.text import counting

Found = tuple[int, str | None, Any, list[str]]  # line, function, text or arguments, remarks
PLAIN = {"_", "N_", "_l", "gettext", "lazy_gettext"}


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


def python(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[Found]:
    """The texts of a Python source."""
    return map(with_forms, extract_python(file, keywords, tags, options))


def templates(file: Any, keywords: Any, tags: Any, options: Any) -> Iterator[Found]:
    """The texts of a template."""
    return map(with_forms, babel_extract(file, keywords, tags, options))


def with_forms(found: Any) -> Found:
    """`found`, asked for by number where it counts; in Chinese both forms are the same."""
    line, function, words, remarks = found
    first = words if isinstance(words, str) else words[0] if words else None
    if function in PLAIN and first and counting(first):
        return line, "ngettext", (first, first), remarks
    return line, function, words, remarks
