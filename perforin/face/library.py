"""The library: what exists to build a scenario from, with the unit and source of every number."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from perforin.face.citation import as_text
from perforin.face.tumour_sheet import TumourSheet, sheet
from perforin.scenario import catalog


@dataclass(frozen=True)
class Shelf:
    """The names on one shelf of the library, each with its sentence."""

    title: str
    entries: dict[str, str]

    def as_data(self) -> dict[str, str]:
        """Name to sentence, for a program to read."""
        return dict(self.entries)

    def __str__(self) -> str:
        width = max((len(name) for name in self.entries), default=0)
        rows = [f"  {name:<{width}}  {text}".rstrip() for name, text in self.entries.items()]
        return "\n".join([self.title, *rows])

    __repr__ = __str__


@dataclass(frozen=True)
class Entry:
    """One thing in the library: its sentence, its words and its numbers."""

    kind: str
    name: str
    file: str
    summary: str
    words: dict[str, Any]
    numbers: list[dict[str, Any]] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """The entry for a program to read."""
        return asdict(self)

    def __str__(self) -> str:
        lines = [f"{self.name} ({self.kind}): {self.summary}", f"  file: {self.file}"]
        lines += [f"  {path}: {_shown(value)}" for path, value in self.words.items()]
        if self.numbers:
            lines.append(as_text(self.numbers))
        return "\n".join(lines)

    __repr__ = __str__


def library(
    kind: str | None = None, name: str | None = None, *, library_path: str | Path | None = None
) -> Shelf | Entry | TumourSheet:
    """Browse the library: its kinds, the names of one kind, or one entry with every number; of a tumour its sheet.

    Raises LibraryError for an unknown kind or name, with the nearest.
    """
    shelves = catalog.library(library_path)
    if kind is None:
        return Shelf("What the library holds", {kind: _few(shelves.names(kind)) for kind in shelves.kinds()})
    if name is None:
        return Shelf(kind, {entry: _summary(shelves, kind, entry) for entry in shelves.names(kind)})
    found = shelves.find(kind, name)
    if kind == "tumours":
        return sheet(found, library_path)
    numbers = [{"path": path, **asdict(value)} for path, value in found.values().items()]
    return Entry(kind, found.name, found.file, found.summary, dict(_words(found.document, "")), numbers)


def _summary(shelves: catalog.Library, kind: str, name: str) -> str:
    return shelves.find(kind, name).summary


def _few(names: list[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f", ... ({len(names)})" if len(names) > most else "")


def _words(node: dict[str, Any], path: str) -> list[tuple[str, Any]]:
    """Everything of an entry that is no number with a source, by dotted path."""
    rows: list[tuple[str, Any]] = []
    for key, value in node.items():
        place = f"{path}.{key}" if path else key
        if place in ("name", "summary"):
            continue
        if not isinstance(value, dict):
            rows.append((place, value))
        elif "value" not in value:
            rows += _words(value, place)
    return rows


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        if "value" in value:
            return f"{value['value']} {value.get('unit', '')}".strip()
        return "{ " + ", ".join(f"{key} = {_shown(item)}" for key, item in value.items()) + " }"
    return str(value)
