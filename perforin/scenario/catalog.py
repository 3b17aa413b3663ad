"""The library: what the catalog folders hold, found by kind and name.

A kind is a folder, an entry is one TOML file named as the entry in lower case. Perforin's own catalog comes first;
`--library DIR`, PERFORIN_LIBRARY and `library_path=` add folders laid out the same way, and the tables under
`[library]` of a scenario (as in the copy a run keeps) stand before all folders.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from perforin.errors import LibraryError, Problem
from perforin.quantities import Value
from perforin.scenario.document import read_toml
from perforin.scenario.entries import Antigen, Binder, Cell, Entry, FieldEntry, Receptor, Route, Tumour
from perforin.scenario.problems import nearest, one_of, problems_in, shown

CATALOG = Path(__file__).parent.parent / "catalog"
ENVIRONMENT = "PERFORIN_LIBRARY"
MODELS: dict[str, type[Entry]] = {
    "antigens": Antigen,
    "binders": Binder,
    "cells": Cell,
    "fields": FieldEntry,
    "receptors": Receptor,
    "routes": Route,
    "tumours": Tumour,
}

SCENARIOS = "scenarios"

LibraryPath = str | Path | list[str] | list[Path] | None


@dataclass(frozen=True)
class Found:
    """One entry of the library: where it stands, what its file says, and what that means."""

    kind: str
    name: str
    file: str
    document: dict[str, Any]
    entry: Entry | None  # None for scenarios, which `scenario.load` reads

    @property
    def summary(self) -> str:
        """The entry in one sentence."""
        return str(self.document.get("summary", ""))

    def values(self) -> dict[str, Value]:
        """Every number of the entry with its unit and source, by dotted path."""
        return dict(_values(self.document, ""))

    def __repr__(self) -> str:
        lines = [f"{self.name} ({self.kind}): {self.summary}"]
        lines += [f"  {path} = {value}" for path, value in self.values().items()]
        return "\n".join(lines)


def _values(node: Any, path: str) -> list[tuple[str, Value]]:
    if isinstance(node, dict) and "value" in node and "unit" in node:
        spread = tuple(float(s) for s in node.get("spread", ()))
        source, grade, note = node.get("source", ""), node.get("grade", "yours"), node.get("note", "")
        return [(path, Value(node["value"], node["unit"], source, grade, note, spread))]
    rows: list[tuple[str, Value]] = []
    if isinstance(node, dict):
        for key, child in node.items():
            rows += _values(child, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for index, child in enumerate(node):
            rows += _values(child, f"{path}[{index}]")
    return rows


@dataclass(frozen=True)
class Library:
    """Folders of entries and the entries a scenario carries itself."""

    folders: tuple[Path, ...]
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @functools.cached_property
    def _files(self) -> dict[str, dict[str, Path]]:
        """Kind to name to file."""
        files: dict[str, dict[str, Path]] = {}
        for folder in self.folders:
            for kind_folder in sorted(p for p in folder.iterdir() if p.is_dir() and p.name[0] not in "._"):
                _check_kind_folder(kind_folder)
                known = files.setdefault(kind_folder.name, {})
                for file in sorted(kind_folder.glob("*.toml")):
                    name = _name_in(file)
                    if name in known:
                        found = f"a second entry named '{name}'"
                        raise LibraryError(
                            [Problem(str(file), "name", found, f"one, and {known[name]} has it")]
                        )
                    known[name] = file
        return files

    def kinds(self) -> list[str]:
        """The kinds there are: the folders."""
        return sorted(set(self._files) | set(self.own))

    def names(self, kind: str) -> list[str]:
        """The names of one kind."""
        self._check_kind(kind)
        return sorted(set(self._files.get(kind, {})) | set(self.own.get(kind, {})))

    def _check_kind(self, kind: str) -> None:
        kinds = self.kinds()
        if kind not in kinds:
            raise LibraryError([Problem("library", "", shown(kind), one_of(kinds), nearest(kind, kinds))])

    def find(self, kind: str, name: str) -> Found:
        """One entry, read and checked.

        Raises LibraryError for an unknown kind or name (with the nearest) and for an entry that is not valid.
        """
        names = self.names(kind)
        if name not in names:
            where = f"library, {kind}"
            raise LibraryError([Problem(where, "", shown(name), one_of(names), nearest(name, names))])
        carried = self.own.get(kind, {}).get(name)
        if carried is not None:
            return self._checked(kind, name, f"[library.{kind}.{name}]", carried, is_carried=True)
        file = self._files[kind][name]
        return self._checked(kind, name, str(file), read_toml(file, LibraryError), is_carried=False)

    def problems(self) -> list[Problem]:
        """Everything wrong with the entries a scenario carries itself."""
        problems: list[Problem] = []
        for kind, names in self.own.items():
            for name in names if kind in MODELS else ():
                try:
                    self.find(kind, name)
                except LibraryError as error:
                    problems += error.problems
        return problems

    def _checked(self, kind: str, name: str, file: str, document: Any, is_carried: bool) -> Found:
        model = MODELS.get(kind)
        if model is None:
            return Found(kind, name, file, document, None)
        try:
            entry = model.model_validate(document, context={"library": self, "needs_source": not is_carried})
        except ValidationError as error:
            raise LibraryError(problems_in(error, file, model.model_json_schema())) from None
        if entry.name != name:
            raise LibraryError(
                [Problem(file, "name", shown(entry.name), f"'{name}', as the entry is called by")]
            )
        if not is_carried and Path(file).stem != name.lower():
            raise LibraryError(
                [Problem(file, "name", shown(name), f"the file to be called {name.lower()}.toml")]
            )
        return Found(kind, name, file, document, entry)


def _check_kind_folder(folder: Path) -> None:
    known = [*MODELS, SCENARIOS]
    if folder.name not in known:
        hint = nearest(folder.name, known)
        raise LibraryError([Problem(str(folder), "", "a folder that is no kind", one_of(known), hint)])


def _name_in(file: Path) -> str:
    """The name an entry gives itself; a file that cannot be read is known by its file name until someone asks."""
    try:
        name = read_toml(file, LibraryError).get("name")
    except LibraryError:
        return file.stem
    return name if isinstance(name, str) and name.lower() == file.stem else file.stem


def library(library_path: LibraryPath = None, own: Mapping[str, Mapping[str, Any]] | None = None) -> Library:
    """The library at hand: Perforin's catalog and every further folder asked for."""
    given = library_path if isinstance(library_path, list) else [library_path] if library_path else []
    from_environment = [part for part in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if part]
    folders = [CATALOG]
    for part, asked_by in [(p, "library_path") for p in given] + [(p, ENVIRONMENT) for p in from_environment]:
        folder = Path(part).expanduser()
        if not folder.is_dir():
            found = "a file" if folder.exists() else "no such folder"
            raise LibraryError([Problem(str(folder), "", found, f"a folder of kinds, named by {asked_by}")])
        if folder.resolve() not in [f.resolve() for f in folders]:
            folders.append(folder)
    return Library(tuple(folders), own or {})


def find(kind: str, name: str, library_path: LibraryPath = None) -> Found:
    """One entry of the library, read and checked."""
    return library(library_path).find(kind, name)


def names(kind: str, library_path: LibraryPath = None) -> list[str]:
    """The names of one kind in the library."""
    return library(library_path).names(kind)


def kinds(library_path: LibraryPath = None) -> list[str]:
    """The kinds in the library."""
    return library(library_path).kinds()
