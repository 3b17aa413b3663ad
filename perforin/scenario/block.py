"""A lesion as the simulation sees it from within: the periodic block, its vessels, the blood, what it stands for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeVar

from perforin.errors import Problem, ScenarioError
from perforin.mechanisms.body import blood, coupling
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue import depletion, mechanics, normalisation, perfusion, vessels
from perforin.mechanisms.tissue.depletion import DepletionNumbers
from perforin.mechanisms.tissue.normalisation import NormalisationNumbers
from perforin.quantities import UM2_PER_MM2, Numbers
from perforin.scenario.entries import OXYGEN, FieldEntry, Tumour
from perforin.scenario.ledger import Ledger
from perforin.scenario.lesion import (
    LEAST_ACROSS,
    Layers,
    layered,
    of_layers,
    of_routes,
    whole_voxel,
)
from perforin.scenario.parts import Description, Patient
from perforin.scenario.plan import BlockPlan, GeometryPlan, VesselExchange, crossing
from perforin.scenario.scenario import Scenario
from perforin.scenario.units import canonical

LEAST_CELLS, LEAST_EDGE = 500, 120.0  # below these a block is no sample of a lesion any more
N = TypeVar("N")
ROOM = math.exp(0.75)  # radii of a capillary that the tissue around it must be wide: the law of `perfusion`


def block_geometry(said: Description, patient: Patient, kind: str, ledger: Ledger) -> GeometryPlan:
    """The cubic box of a block on day 0: whole voxels from side to side, every side joined to the one across."""
    edge = ledger.use("patient.edge", patient.edge)
    asked = canonical(said.numerics.voxel.value, said.numerics.voxel.unit)
    return GeometryPlan(
        kind=kind,
        box=(edge, edge, edge),
        periodic=(True, True, True),
        voxel=whole_voxel(edge, asked),
        bin=canonical(said.numerics.bin.value, said.numerics.bin.unit),
        flat=False,
    )


def block_plan(scenario: Scenario, tumour: Tumour, numbers: dict[str, Numbers], ledger: Ledger) -> BlockPlan:
    """What the block stands for and how T cells reach it. Raises ScenarioError for one that is no sample."""
    patient = scenario.description.host
    if not isinstance(patient, Patient):
        raise TypeError("a block in a dish passed validation")
    edge = canonical(patient.edge.value, patient.edge.unit)
    lesion_volume = ledger.use("patient.lesion_volume", patient.lesion_volume)
    density = mechanics.density_at_rest(numbers["mechanics"], float(numbers["volume"].target[0]))
    fraction = 1.0
    if tumour.cell_fraction is not None:
        fraction = ledger.use("cell_fraction", tumour.cell_fraction)
    has_vessels = tumour.geometry == "block"
    problems = [
        *_small(edge, density, fraction),
        *(_vessels_without_room(edge, numbers) if has_vessels else ()),
    ]
    if problems:
        raise ScenarioError([Problem(scenario.file, *problem) for problem in problems])
    of_lesion = (tumour.numbers, patient.numbers)
    of_vessels = of_lesion if has_vessels else ()  # treatments that need some to act on
    of_blood = layered(blood.DECLARATION, (*of_routes(scenario), patient.numbers), ledger)
    return BlockPlan(
        density=density,
        fraction=fraction,
        weight=coupling.volume_weight(lesion_volume, edge),
        blood=blood.BloodNumbers(**of_blood),
        vessels=_vessels(numbers, of_lesion, ledger) if has_vessels else None,
        normalisation=_given(NormalisationNumbers, normalisation.DECLARATION, "exposure", of_vessels, ledger),
        depletion=_given(DepletionNumbers, depletion.DECLARATION, "rate", of_vessels, ledger),
    )


def _vessels(numbers: dict[str, Numbers], layers: Layers, ledger: Ledger) -> vessels.VesselNumbers:
    n, own = numbers["perfusion"], layered(vessels.DECLARATION, layers, ledger)
    return vessels.VesselNumbers(
        density=float(n.density[0]),
        perfused_fraction=float(n.perfused_fraction[0]),
        radius=float(n.radius[0]),
        squeeze=vessels.Squeeze(*(own.pop(name) for name in vessels.OF_SQUEEZE)),
        **own,
    )


def _given(numbers: type[N], declared: Mechanism, dose: str, layers: Layers, ledger: Ledger) -> N | None:
    """The numbers of a treatment; None where its dose is 0. A geometry that has no use for one refuses it."""
    return (
        numbers(**layered(declared, layers, ledger))
        if of_layers(declared, layers)[dose].value > 0.0
        else None
    )


def vessel_exchanges(
    scenario: Scenario, tumour: Tumour, numbers: dict[str, Numbers], ledger: Ledger
) -> tuple[VesselExchange, ...]:
    """The fields that pass the walls of vessels: oxygen by the numbers of `perfusion`, others by their own."""
    n = numbers["perfusion"]
    found = [VesselExchange(OXYGEN, float(n.permeability[0]), float(n.blood[0]))]
    for name in tumour.fields:
        entry = scenario.library.find("fields", name).entry
        if not isinstance(entry, FieldEntry) or name == OXYGEN:
            continue
        values = {"permeability": entry.permeability, "blood": entry.blood}
        values |= scenario.description.host.fields.get(name, {})
        wall, level = values["permeability"], values["blood"]
        if wall is not None and level is not None:
            ledger.note(f"fields.{name}.blood", level)
            permeability = ledger.use(f"fields.{name}.permeability", wall)
            found.append(VesselExchange(name, permeability, entry.level(level)))
    return tuple(found)


def vessel_rate(
    numbers: dict[str, Numbers], name: str, diffusion: float, exchanges: tuple[VesselExchange, ...]
) -> float:
    """How fast the mean of a field follows the blood [1/min]; 0 for one that vessels do not carry."""
    passing = crossing(exchanges, name)
    if passing is None:
        return 0.0
    return perfusion.exchange_rate(numbers["perfusion"], diffusion, passing.permeability)


def _small(edge: float, density: float, fraction: float) -> Iterator[tuple[str, str, str]]:
    """Whether a block holds enough cells, so many of them side by side."""
    apart = (math.sqrt(2.0) / density) ** (1.0 / 3.0)
    cells = density * max(fraction, 1e-9)
    least, why = max(
        (LEAST_ACROSS * apart, f"{LEAST_ACROSS} cells side by side"),
        (LEAST_EDGE, "a smaller block is no sample of a lesion"),
        ((LEAST_CELLS / cells) ** (1.0 / 3.0), f"fewer than {LEAST_CELLS} cells are no sample of a lesion"),
    )
    if edge < least:
        yield "patient.edge", f"{edge:g} um", f"at least {math.ceil(least)} um: {why}"


def _vessels_without_room(edge: float, numbers: dict[str, Numbers]) -> Iterator[tuple[str, str, str]]:
    """A density of vessels that the block cannot hold: less than one of them with flow, or no tissue between them."""
    n = numbers["perfusion"]
    density, fraction, radius = float(n.density[0]), float(n.perfused_fraction[0]), float(n.radius[0])
    found = f"{density * UM2_PER_MM2:g} 1/mm^2"
    most = 1.0 / (math.pi * (ROOM * radius) ** 2)
    if density >= most:
        expected = f"below {most * UM2_PER_MM2:.0f} 1/mm^2: capillaries of {radius:g} um leave no tissue between them"
        yield "patient.perfusion.density", found, expected
    with_flow = density * fraction
    if with_flow * edge**2 < 1.0:
        per_mm2 = 1.0 / (edge**2 * fraction) * UM2_PER_MM2 if fraction > 0.0 else math.inf
        wide = (
            f", or a block of at least {math.ceil(1.0 / math.sqrt(with_flow))} um" if with_flow > 0.0 else ""
        )
        yield (
            "patient.perfusion.density",
            f"{found}, {fraction:g} of them with flow: {with_flow * edge**2:.2g} in a block of {edge:g} um",
            f"at least {per_mm2:.3g} 1/mm^2{wide}: one vessel with flow",
        )
