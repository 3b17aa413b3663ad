"""The Scenario: what to simulate, from a TOML file or from Python, checked and complete."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from perforin.errors import LibraryError, Problem, ScenarioError
from perforin.quantities import Value
from perforin.scenario.catalog import Library, LibraryPath, library
from perforin.scenario.consistency import inconsistencies
from perforin.scenario.document import overridden
from perforin.scenario.entries import Cell, Receptor, Tumour
from perforin.scenario.gates import Gate
from perforin.scenario.measured import YOURS, flat, gathered
from perforin.scenario.not_reached import NOT_REACHED, without_not_reached
from perforin.scenario.origin import resolved
from perforin.scenario.parts import (
    Car,
    Culture,
    Description,
    Dose,
    Law,
    Numerics,
    Patient,
    Published,
    Record,
    schema_of,
)
from perforin.scenario.problems import problems_in, shown

IN_PYTHON = "Scenario(...)"


class Scenario:
    """A tumour in a dish or in a patient, the CAR-T cells given to it, and for how long.

        Scenario(Culture("luque2024-organoid", geometry="organoid", radius="150 um", box="1 mm"),
                 [Dose(Car("oncoprotein", cell="luque2024-car-t"), cells=991, route="medium", at="18 min")],
                 days=30, seed=1)

    Raises ScenarioError with every problem found.
    """

    def __init__(
        self,
        culture: Culture | Patient,
        doses: Iterable[Dose] = (),
        *,
        days: float | str | Value,
        seed: int = 1,
        name: str = "scenario",
        summary: str = "",
        law: Law | None = None,
        numerics: Numerics | None = None,
        record: Record | None = None,
        published: Iterable[Published] = (),
        without: Iterable[str] = (),
        library_path: LibraryPath = None,
    ) -> None:
        given = list(doses)
        _check_nouns(culture, given)
        cars: list[Car] = []
        for dose in given:
            if isinstance(dose.car, Car) and dose.car not in cars:
                cars.append(dose.car)
        document: dict[str, Any] = {"name": name, "summary": summary, "days": _plain(days), "seed": seed}
        document["culture" if isinstance(culture, Culture) else "patient"] = document_of(culture)
        document["car"] = [document_of(car) for car in cars]
        document["dose"] = [document_of(dose) for dose in given]
        for key, part in (("law", law), ("numerics", numerics), ("record", record)):
            if part is not None:
                document[key] = document_of(part)
        document["published"] = [document_of(curve) for curve in published]
        document["without"] = list(without)
        self.file = IN_PYTHON
        self.library = library(library_path)
        self.description = _described(document, self.file, self.library)
        self._entries()

    @classmethod
    def of(cls, document: dict[str, Any], file: str, library_path: LibraryPath = None) -> Scenario:
        """The scenario of a document: what a TOML file says, with `from` already resolved."""
        self = cls.__new__(cls)
        self.file = file
        self.library = library(library_path, _carried(document))
        self.description = _described(document, file, self.library)
        self._entries()
        return self

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.description.name

    def document(self) -> dict[str, Any]:
        """The scenario as plain tables with every library entry it uses: whole in itself."""
        document = document_of(self.description)
        document["library"] = self._entries()
        return document

    def text(self) -> str:
        """The resolved scenario as TOML: what a run folder keeps. It loads back to the same plan."""
        import tomli_w

        return tomli_w.dumps(self.document())

    def _entries(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The library entries in use, by kind and name. Raises LibraryError with the problems of all of them."""
        entries: dict[str, dict[str, dict[str, Any]]] = {}
        problems: list[Problem] = []
        for kind, names in sorted(self._used().items()):
            for name in sorted(names):
                try:
                    entries.setdefault(kind, {})[name] = self.library.find(kind, name).document
                except LibraryError as error:
                    problems += error.problems
        if problems:
            raise LibraryError(dict.fromkeys(problems))
        return entries

    def _used(self) -> dict[str, set[str]]:
        name = self.description.host.tumour
        tumour = self.library.find("tumours", name).entry
        used: dict[str, set[str]] = {"tumours": {name}}
        if isinstance(tumour, Tumour):
            carried = set(tumour.antigens) if tumour.carries is None else {tumour.carries}
            used |= {
                "cells": {tumour.cell, *tumour.infiltrate},
                "antigens": carried,
                "fields": set(tumour.fields),
            }
        for car in self.description.car:
            used["cells"] |= set(car.cell)
            used.setdefault("receptors", set()).update(self._receptors(car))
            if isinstance(tumour, Tumour) and tumour.carries is None:
                used.setdefault("binders", set()).update(car.targets.names)
        for name in used.get("receptors", ()):
            receptor = self.library.find("receptors", name).entry
            used["fields"] |= {receptor.field} if isinstance(receptor, Receptor) else set()
        routes = {dose.route for dose in self.description.dose}
        return used | ({"routes": routes} if routes else {})

    def _receptors(self, car: Car) -> set[str]:
        """Of the cells of a product by nature, and those it adds."""
        cells = (self.library.find("cells", cell).entry for cell in car.cell)
        return {name for cell in cells if isinstance(cell, Cell) for name in cell.receptors} | set(
            car.receptors
        )

    def __repr__(self) -> str:
        said = self.description
        lines = [f"Scenario '{said.name}': {_short(said.days)}, seed {said.seed}", _where(said.host)]
        lines += [f"  car      {car.name}: {', '.join(car.cell)} against {car.targets}" for car in said.car]
        for dose in said.dose:
            when = _short(dose.at) if dose.at is not None else f"day {dose.day.value:g}" if dose.day else "?"
            lines.append(f"  dose     {dose.cells.value:g} {dose.car} by {dose.route} at {when}")
        lines += [f"  without  {', '.join(said.without)}"] if said.without else []
        departures = {k: v for k, v in document_of(said.law).items() if v != document_of(Law())[k]}
        lines += [f"  law      {key} = {value}" for key, value in departures.items()]
        return "\n".join(lines)


def _where(host: Culture | Patient) -> str:
    """The line that says where the tumour grows."""
    if isinstance(host, Patient):
        piece = f"a block {_short(host.edge)} wide"
        if host.depth is not None:
            piece = f"a slab {_short(host.edge)} wide and {_short(host.depth)} deep"
        return f"  patient  {host.tumour}, {_short(host.lesion_volume)}, {piece}"
    size = f"radius {_short(host.radius)}" if host.radius else f"{_short(host.cells)}"
    return f"  culture  {host.tumour}, {host.geometry}, {size}, box {_short(host.box)}"


def _check_nouns(culture: Any, doses: list[Any]) -> None:
    """Nouns of another kind than the signature says."""
    wanted = [("culture", culture, (Culture, Patient))] + [
        (f"doses[{i}]", d, (Dose,)) for i, d in enumerate(doses)
    ]
    problems = [
        Problem(IN_PYTHON, key, shown(noun), "a " + " or a ".join(kind.__name__ for kind in kinds))
        for key, noun, kinds in wanted
        if not isinstance(noun, kinds)
    ]
    if problems:
        raise ScenarioError(problems)


def load(
    name_or_path: str | Path, overrides: Sequence[str] = (), library_path: LibraryPath = None
) -> Scenario:
    """The scenario of a file or of the library, with `path=value` overrides laid on it.

    Raises ScenarioError with every problem of the file, LibraryError when an entry it uses is not valid.
    """
    document, file = resolved(name_or_path, library(library_path))
    for assignment in overrides:
        document = overridden(document, assignment, SETTABLE)
    try:
        return Scenario.of(document, file, library_path)
    except ScenarioError as error:
        raise ScenarioError(blamed(error.problems, overrides)) from None


def schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, for editors."""
    return flat(schema_of(Description))


_INDICES = re.compile(r"\[[^]]*\]")
_KEYS = tuple(field.name for field in dataclasses.fields(Description))  # type: ignore[arg-type]
SETTABLE = (*_KEYS, *NOT_REACHED)  # what a change may begin with


def blamed(problems: Iterable[Problem], overrides: Sequence[str]) -> list[Problem]:
    """A problem of a key that an override set belongs to the override, not to the file."""
    found = []
    for problem in problems:
        for assignment in overrides:
            path = _INDICES.sub("", assignment.partition("=")[0].strip())
            if path and (_INDICES.sub("", problem.key) + ".").startswith(path + "."):
                problem = dataclasses.replace(problem, file=f"--set {assignment}")
        found.append(problem)
    return found


def _carried(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The entries a document carries itself, as far as they have the shape of entries."""
    own = document.get("library")
    tables = own.items() if isinstance(own, dict) else ()
    return {
        kind: {n: e for n, e in t.items() if isinstance(e, dict)} for kind, t in tables if isinstance(t, dict)
    }


def _described(document: dict[str, Any], file: str, lib: Library) -> Description:
    """The checked description of a document.

    Raises ScenarioError with every problem: of the parts, between them, and of the entries the document carries.
    """
    kept, problems = without_not_reached(document, file)
    shaped = _shaped(kept)
    description = None
    try:
        description = TypeAdapter(Description).validate_python(shaped, context={"library": lib})
    except ValidationError as error:
        problems += problems_in(error, file, schema_of(Description))
    if "culture" in document and "patient" in document:
        problems.append(Problem(file, "patient", "both [culture] and [patient]", "one of the two"))
    elif "culture" not in document and "patient" not in document:
        problems.append(
            Problem(file, "culture", "nothing", "a [culture] or a [patient]: where the tumour grows")
        )
    problems += inconsistencies(kept, file, lib)
    if problems or description is None:
        raise ScenarioError(dict.fromkeys([*problems, *lib.problems()]))
    return description


def _shaped(document: dict[str, Any]) -> dict[str, Any]:
    """The document with mechanism tables gathered where numbers of cells may stand."""
    shaped = dict(document)
    for host in {"culture", "patient"} & shaped.keys():
        shaped[host] = gathered(shaped[host])
    if isinstance(shaped.get("car"), list):
        shaped["car"] = [gathered(car) for car in shaped["car"]]
    return shaped


def document_of(part: Any) -> dict[str, Any]:
    """A part of a scenario as the table a TOML file would hold."""
    table: dict[str, Any] = {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if value is None:
            continue
        if field.name == "numbers":
            table |= _plain(value)
        elif isinstance(part, Car) and field.name == "cell" and len(value) == 1:
            table["cell"] = next(iter(value))
        elif value not in ({}, []) or field.name in ("car", "dose"):
            table[field.name] = _plain(value)
    return table


def _plain(value: Any) -> Any:
    if isinstance(value, Value):
        return value_table(value)
    if isinstance(value, Car):
        return value.name
    if isinstance(value, Gate):
        return value.written()
    if isinstance(value, BaseModel):
        return {key: _plain(item) for key, item in value if item not in (None, {})}
    if dataclasses.is_dataclass(value):
        return document_of(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [document_of(i) if isinstance(i, Car) else _plain(i) for i in value]
    return value


def value_table(value: Value) -> dict[str, Any]:
    """A Value as TOML writes it."""
    table: dict[str, Any] = {"value": value.value, "unit": value.unit}
    if value.source and value.source != YOURS:
        table["source"] = value.source
    if value.grade != "yours":
        table["grade"] = value.grade
    if value.note:
        table["note"] = value.note
    if value.spread:
        table["spread"] = list(value.spread)
    return table


def _short(value: Value | None) -> str:
    return f"{value.value:g} {value.unit}" if value is not None else ""
