"""Numbers of a mechanism that act on nothing where they stand: refused, and said where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perforin.errors import Problem
from perforin.mechanisms.declare import Mechanism
from perforin.scenario.catalog import Found, Library
from perforin.scenario.entries import MechanismEntry
from perforin.scenario.glimpse import found, host, tables, tumour
from perforin.scenario.measured import WITH_NUMBERS
from perforin.scenario.plan import ATTACH_AND_DIE, CAR

ON = {
    "tumour": "tumour cells",
    "T cell": "T cells",
    "host": "cells of the host",
    "body": "the fluids of a patient",
    "lesion": "what a lesion has besides its cells",
}
ATTACKED = {
    CAR: "a tumour that states its antigens in copies",
    ATTACH_AND_DIE: "a tumour that carries a relative level",
}
BY_NAME = {mechanism.name: mechanism for mechanism in WITH_NUMBERS}


def misplaced(document: dict[str, Any], file: str, library: Library) -> Iterator[Problem]:
    """Numbers for cells on which their mechanism never acts, in the scenario and in the entries it uses."""
    place, table = host(document)
    of_tumour = tumour(document, library)
    attack = "" if of_tumour is None else CAR if of_tumour.carries is None else ATTACH_AND_DIE
    written = [(f"{place}.", table, {"tumour", "body", "lesion"} if place == "patient" else {"tumour"})]
    written += [(f"car[{i}].", car, {"T cell"}) for i, car in enumerate(tables(document.get("car")))]
    for prefix, keys, roles in written:
        for mechanism in _named(keys):
            if not roles & set(mechanism.acts_on):
                yield _problem(file, prefix, mechanism, where_it_belongs(mechanism.name, place))
            elif attack and mechanism.attack not in ("", attack):
                expected = f"none of them: {mechanism.name} is of the attack on {ATTACKED[mechanism.attack]}"
                yield _problem(file, prefix, mechanism, expected)
    for at, roles in _entries(document, library):
        for mechanism in _named(at.entry.numbers if isinstance(at.entry, MechanismEntry) else {}):
            if not roles & set(mechanism.acts_on):
                yield _problem(at.file, "", mechanism, where_it_belongs(mechanism.name, place))


def where_it_belongs(name: str, place: str) -> str:
    """Where the numbers of a mechanism may stand in a scenario whose tumour grows at `place`, and why."""
    acts_on = BY_NAME[name].acts_on
    homes = {"tumour": place, "T cell": "car", "host": "library.cells.NAME"}
    homes |= {"body": "patient", "lesion": "patient"}
    tables_ = " or ".join(f"[{homes[role]}.{name}]" for role in acts_on)
    return f"them in {tables_}: {name} acts on {' and '.join(ON[role] for role in acts_on)}"


def _named(keys: Any) -> list[Mechanism]:
    return [BY_NAME[key] for key in keys if key in BY_NAME]


def _problem(file: str, prefix: str, mechanism: Mechanism, expected: str) -> Problem:
    return Problem(file, prefix + mechanism.name, f"numbers of {mechanism.name}", expected)


def _entries(document: dict[str, Any], library: Library) -> Iterator[tuple[Found, set[str]]]:
    """The entries a scenario uses, each with what it is to it: one cell may be both tumour and T cell."""
    of_tumour, (_, table) = tumour(document, library), host(document)
    used: dict[tuple[str, Any], set[str]] = {}
    if of_tumour is not None:
        used["tumours", table.get("tumour")] = {"tumour", "lesion"}
        used["cells", of_tumour.cell] = {"tumour"}
        used |= {("antigens", name): {"tumour"} for name in of_tumour.antigens}
        for name in of_tumour.infiltrate:
            used.setdefault(("cells", name), set()).add("host")
    for car in tables(document.get("car")):
        cell = car.get("cell")
        for name in cell if isinstance(cell, dict) else [cell]:
            if isinstance(name, str):
                used.setdefault(("cells", name), set()).add("T cell")
    for (kind, name), roles in used.items():
        at = found(library, kind, name)
        if at is not None:
            yield at, roles
