"""Entries of a YAML file of facts; whatever can't be true is a ValueError that names file and entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml

Value = TypeVar("Value")


class FactEntry:
    """One mapping of a file. Takes fields by name, so that a misspelt or left-over field is noticed at `done`."""

    def __init__(self, where: str, fields: Any) -> None:
        if not isinstance(fields, dict):
            raise ValueError(f"{where}: expected fields, found {fields!r}")  # noqa: TRY004 - a wrong file, not a wrong call
        name = (
            fields.get("slug")
            or fields.get("code")
            or fields.get("name")
            or fields.get("key")
            or fields.get("locator")
            or fields.get("on")
        )
        self.where = f"{where} [{name}]" if name else where
        self._left = dict(fields)

    def fail(self, problem: str) -> ValueError:
        """A fault of this entry, to be raised."""
        return ValueError(f"{self.where}: {problem}")

    def text(self, field: str) -> str:
        """A field that must be there."""
        value = self.maybe(field)
        if value is None:
            raise self.fail(f"{field} is missing")
        return value

    def maybe(self, field: str) -> str | None:
        """A field that may be left out."""
        value = self._left.pop(field, "")
        if not isinstance(value, str):
            raise self.fail(f"{field} is not a plain value: {value!r}")
        return value or None

    def one_of(self, field: str, known: Mapping[str, object] | Sequence[str], default: str | None = None) -> str:
        """A field whose value must be known."""
        value = self.maybe(field) or default or ""
        if value not in known:
            raise self.fail(f"unknown {field} {value!r}")
        return value

    def known(self, field: str, known: Mapping[str, object] | Sequence[str]) -> str | None:
        """A field that may be left out, but must be known where it is given."""
        return self.one_of(field, known) if field in self._left else None

    def read(self, field: str, reader: Callable[[str], Value]) -> Value | None:
        """A field as `reader` takes it."""
        value = self.maybe(field)
        try:
            return None if value is None else reader(value)
        except (ValueError, ArithmeticError) as error:
            raise self.fail(f"bad {field} {value!r}") from error

    def one(self, field: str) -> FactEntry:
        """A mapping below this one."""
        return FactEntry(f"{self.where} {field}", self._left.pop(field, None))

    def list(self, field: str) -> Iterator[FactEntry]:
        """A list of mappings below this one."""
        entries = self._left.pop(field, None) or []
        if not isinstance(entries, list):
            raise self.fail(f"{field} is not a list")
        return (FactEntry(f"{self.where} {field}".rstrip(), entry) for entry in entries)

    def done(self) -> None:
        """Refuse what nobody took."""
        if self._left:
            raise self.fail(f"unknown field {', '.join(sorted(self._left))}")


def load_file(path: Path) -> Any:
    """What a YAML file holds, every scalar as text."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - this loader builds nothing but strings
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path.name}: can't be read: {error}") from error


def refuse_twice(where: str, keys: Sequence[str]) -> None:
    """Refuse keys that stand more than once."""
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"{where}: named twice: {', '.join(twice)}")


def entries(folder: Path, name: str) -> Iterator[FactEntry]:
    """The entries of a file that is a list."""
    return FactEntry(name, {"": load_file(folder / name)}).list("")
