"""Obstacles: what stands in the way of the attack, by name, and what a scenario is `without` them.

A mechanism names its obstacle and the numbers at which it is gone (`Mechanism.obstacle`, `removed`); an entry of the
library may name one under the key `obstacle`. Several may share a name: they are taken away together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from perforin.errors import LibraryError
from perforin.mechanisms.body import MECHANISMS as OF_BODY
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue import MECHANISMS
from perforin.quantities import Value
from perforin.scenario.catalog import MODELS, Library
from perforin.scenario.plan import FieldPlan, VesselExchange, crossing

OF_MECHANISMS = frozenset(mechanism.obstacle for mechanism in (*MECHANISMS, *OF_BODY) if mechanism.obstacle)
HELD = "held at the level of its supply: it is taken away as an obstacle"


def known(library: Library) -> list[str]:
    """Every name that `without` may hold. An entry of the library that is not valid names none."""
    kinds = [kind for kind in library.kinds() if kind in MODELS]
    named = {name for kind in kinds for entry in library.names(kind) for name in _named(library, kind, entry)}
    return sorted(OF_MECHANISMS | named)


def _named(library: Library, kind: str, entry: str) -> list[str]:
    try:
        return list(_obstacles_in(library.find(kind, entry).document))
    except LibraryError:
        return []


def _obstacles_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("obstacle"), str):
            yield node["obstacle"]
        for child in node.values():
            yield from _obstacles_in(child)
    elif isinstance(node, list):
        for child in node:
            yield from _obstacles_in(child)


def cleared(mechanism: Mechanism, parameter: str, value: Value, role: str, without: Sequence[str]) -> Value:
    """A number of a mechanism for cells of one role, or the one at which its obstacle is gone."""
    if (
        mechanism.obstacle not in without
        or parameter not in mechanism.removed
        or role not in mechanism.acts_on
    ):
        return value
    return Value(mechanism.removed[parameter], value.unit, f"without {mechanism.obstacle}", "yours")


def supplied(field: FieldPlan, exchanges: Sequence[VesselExchange] = ()) -> FieldPlan:
    """A field that no cell can use up: everywhere at the level of its supply, blood or medium."""
    level = field.start if field.boundary == "closed" else field.outside
    passing = crossing(exchanges, field.name)
    level = passing.blood if passing is not None else level
    return replace(field, boundary="held", start=level, outside=level, steady=True, reason=HELD)
