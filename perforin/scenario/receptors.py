"""Receptors of T cells for chemokines: which are at work in a tumour, and which are not."""

from __future__ import annotations

from collections.abc import Iterator

from perforin.mechanisms.tissue import chemotaxis
from perforin.scenario.entries import Cell, FieldEntry, Receptor, Tumour
from perforin.scenario.ledger import Ledger
from perforin.scenario.product import TCellKind
from perforin.scenario.scenario import Scenario


def receptors_of(
    scenario: Scenario, tumour: Tumour, kinds: list[TCellKind], ledger: Ledger
) -> tuple[chemotaxis.Receptor, ...]:
    """The receptors of each kind of T cell, by nature and of the product, for chemokines that this tumour has.

    Those of an obstacle that the scenario is without are not among them.
    """
    found = []
    for t, kind in enumerate(kinds, start=1):
        for name in (*_by_nature(scenario, kind), *kind.car.receptors):
            receptor, field = _entries(scenario, name)
            if receptor.field not in tumour.fields or receptor.obstacle in scenario.description.without:
                continue
            path = f"receptors.{name}"
            ledger.note(f"{path}.half", receptor.half)
            most, bias = (ledger.use(f"{path}.{key}", getattr(receptor, key)) for key in ("most", "bias"))
            steepness = ledger.use(f"{path}.steepness", receptor.steepness)
            half = field.level(receptor.half)
            found.append(chemotaxis.Receptor(t, receptor.field, half, most, bias, steepness))
    return tuple(found)


def idle_receptors(scenario: Scenario) -> list[str]:
    """One sentence for each receptor that a product adds for a chemokine which its tumour has not."""
    name = scenario.description.host.tumour
    tumour = scenario.library.find("tumours", name).entry
    return list(_idle(scenario, tumour)) if isinstance(tumour, Tumour) else []


def _idle(scenario: Scenario, tumour: Tumour) -> Iterator[str]:
    for car in scenario.description.car:
        for name in car.receptors:
            receptor, _ = _entries(scenario, name)
            if receptor.field not in tumour.fields:
                yield f"{name} of {car.name} does nothing here: {tumour.name} has no {receptor.field}"


def _by_nature(scenario: Scenario, kind: TCellKind) -> list[str]:
    cell = scenario.library.find("cells", kind.cell).entry
    return cell.receptors if isinstance(cell, Cell) else []


def _entries(scenario: Scenario, name: str) -> tuple[Receptor, FieldEntry]:
    receptor = scenario.library.find("receptors", name).entry
    if not isinstance(receptor, Receptor):
        raise TypeError(f"receptors/{name} is not a Receptor")
    field = scenario.library.find("fields", receptor.field).entry
    if not isinstance(field, FieldEntry):
        raise TypeError(f"fields/{receptor.field} is not a FieldEntry")
    return receptor, field
