"""The assumed numbers a scenario rests on, each with the changes that move it to the sides of its spread."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from perforin.mechanisms.body import MECHANISMS as OF_BODY
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue import OF_LESIONS, mechanisms_of
from perforin.mechanisms.tissue.antigen_panel import DECLARATION as PANEL
from perforin.quantities import Value
from perforin.scenario.entries import Cell, FieldEntry, Tumour
from perforin.scenario.parts import Patient
from perforin.scenario.plan import HOST, Plan
from perforin.scenario.scenario import Scenario

_ENTRY = re.compile(r"(binders|receptors|routes|cells)\.(.+?)\.((?:exchange\[\d+\]\.)?\w+)")
_EFFECT = re.compile(r"(fields)\.(.+?)\.(effect\[\d+\]\.\w+)")
_OF_HOST = re.compile(r"(antigens|fields)\.(.+?)\.(?:epitopes\.(.+)\.)?(\w+)")
_OF_TUMOUR = re.compile(r"(infiltrate|correlation)\.(.+)|patch|cell_fraction")
_WRITTEN = re.compile(r"(patient|culture|dose\[\d+\])\.[\w.]+")
_HALF = re.compile(r"cells\.(.+?)\.exchange\[(\d+)\]\.half")
_PART = re.compile(r"(effect|exchange)\[(\d+)\]")


@dataclass(frozen=True)
class Guessed:
    """One assumed number with a spread: its path among the sources, and where a scenario sets it."""

    path: str
    value: Value
    places: tuple[str, ...]

    @property
    def sides(self) -> tuple[float, float]:
        """The lowest and the highest value thought possible."""
        return min(self.value.spread), max(self.value.spread)

    def changes(self, side: float) -> list[str]:
        """The changes that give the number another value."""
        return [f'{place}={{ value = {side!r}, unit = "{self.value.unit}" }}' for place in self.places]


def guessed(scenario: Scenario, plan: Plan) -> tuple[list[Guessed], list[str]]:
    """The assumed numbers with a spread that a scenario can set, and the paths of those that it cannot."""
    rows = [row for row in plan.sources if row.value.grade == "assumed" and len(set(row.value.spread)) > 1]
    found = [Guessed(row.path, row.value, tuple(_places(row.path, scenario, plan))) for row in rows]
    fixed = [one.path for one in found if not one.places]
    return _together([one for one in found if one.places], scenario), fixed


def _together(found: Sequence[Guessed], scenario: Scenario) -> list[Guessed]:
    """Half levels at which cells take a field up are one number of that field: moved together, as they must be."""
    by_path: dict[str, Guessed] = {}
    for one in found:
        path, half = one.path, _HALF.fullmatch(one.path)
        if half:
            cell = scenario.library.find("cells", half[1]).entry
            path = (
                f"fields.{cell.exchange[int(half[2])].field}.uptake_half" if isinstance(cell, Cell) else path
            )
        places = by_path[path].places if path in by_path else ()
        by_path[path] = replace(one, path=path, places=(*places, *one.places))
    return list(by_path.values())


def in_order(
    found: Sequence[Guessed], dearest: Sequence[str], scenario: Scenario, plan: Plan
) -> list[Guessed]:
    """Numbers of the dearest obstacles first, in that order, then the others; within each the widest spread first."""

    def rank(one: Guessed) -> tuple[float, float, str]:
        obstacle = _obstacle_of(one.path, scenario, plan)
        low, high = one.sides
        width = high / low if low > 0 else float("inf")
        return (dearest.index(obstacle) if obstacle in dearest else len(dearest), -width, one.path)

    return sorted(found, key=rank)


def _obstacle_of(path: str, scenario: Scenario, plan: Plan) -> str:
    """The obstacle that a number belongs to: of its mechanism, its effect, or what its field does to cells."""
    kind, part = path.partition(".")[0], _PART.search(path)
    if kind == "antigens":
        return PANEL.obstacle
    named = _EFFECT.fullmatch(path) or _ENTRY.fullmatch(path) or _OF_HOST.fullmatch(path)
    if named is None:
        mechanism = _mechanism(path, plan)
        return mechanism.obstacle if mechanism else ""
    entry = scenario.library.find(kind, named[2]).entry
    if isinstance(entry, Cell) and part:
        entry = scenario.library.find("fields", entry.exchange[int(part[2])].field).entry
    elif isinstance(entry, FieldEntry) and part:
        return entry.effect[int(part[2])].obstacle
    if isinstance(entry, FieldEntry):
        return entry.obstacle or next((effect.obstacle for effect in entry.effect), "")
    return getattr(entry, "obstacle", "")


def _mechanism(path: str, plan: Plan) -> Mechanism | None:
    """The mechanism a path ends in a number of: `exhaustion.gain`, `CAR-T.exhaustion.gain`."""
    name, _, parameter = path.rpartition(".")
    for mechanism in (*mechanisms_of(plan.law.attack), *OF_LESIONS, *OF_BODY):
        if (
            name == mechanism.name or name.endswith(f".{mechanism.name}")
        ) and parameter in mechanism.defaults():
            return mechanism
    return None


def _places(path: str, scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Where a scenario sets the number of a path; nothing for one that it cannot set."""
    said = scenario.description
    host = "patient" if isinstance(said.host, Patient) else "culture"
    mechanism = _mechanism(path, plan)
    if _WRITTEN.fullmatch(path):
        yield path
    elif entry := _EFFECT.fullmatch(path) or _ENTRY.fullmatch(path):
        yield f'library.{entry[1]}."{entry[2]}".{entry[3]}'
    elif part := _OF_TUMOUR.fullmatch(path):
        yield f'library.tumours."{said.host.tumour}".{_in_tumour(part, scenario)}'
    elif part := _OF_HOST.fullmatch(path):
        epitope = f'.epitopes."{part[3]}"' if part[3] else ""
        yield f'{host}.{part[1]}."{part[2]}"{epitope}.{part[4]}'
    elif mechanism is not None:
        number = f"{mechanism.name}.{path.rpartition('.')[2]}"
        whose = path.removesuffix(number).rstrip(".")
        if whose in {kind.name for kind in plan.types if kind.role == HOST}:
            yield f'library.cells."{whose}".{number}'
        else:
            yield from _of_mechanism(whose, number, mechanism, scenario, host)


def _in_tumour(part: re.Match[str], scenario: Scenario) -> str:
    """Where an archetype keeps a number that it has once."""
    if part[1] == "infiltrate":
        return f'infiltrate."{part[2]}"'
    if part[1] is None:
        return part[0]
    tumour = scenario.library.find("tumours", scenario.description.host.tumour).entry
    pairs = ["-".join(pair.between) for pair in tumour.correlation] if isinstance(tumour, Tumour) else []
    return f"correlation[{pairs.index(part[2])}].value"


def _of_mechanism(
    whose: str, number: str, mechanism: Mechanism, scenario: Scenario, host: str
) -> Iterator[str]:
    """Where a number of a mechanism is set for the cells called `whose`, for all cells if that is empty."""
    if whose in ("", "tumour") and {"tumour", "body", "lesion"} & set(mechanism.acts_on):
        yield f"{host}.{number}"
    for car in scenario.description.car:
        if whose in ("", car.name) and "T cell" in mechanism.acts_on:
            yield f'car["{car.name}"].{number}'
        for cell in car.cell:
            if len(car.cell) > 1 and whose == f"{car.name} ({cell})":
                yield f'library.cells."{cell}".{number}'
