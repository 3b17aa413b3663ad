"""A lesion that faces a fluid as the simulation sees it: the slab, what it stands for, and the fluid."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from perforin.errors import Problem, ScenarioError
from perforin.mechanisms.body import coupling, csf
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue import mechanics, perfusion, vessels
from perforin.quantities import Numbers, Value
from perforin.scenario.entries import NO_STROMA, OXYGEN, FieldEntry, MechanismEntry, Tumour
from perforin.scenario.ledger import Ledger
from perforin.scenario.parts import Description, Patient
from perforin.scenario.plan import GeometryPlan, SlabPlan
from perforin.scenario.scenario import Scenario
from perforin.scenario.units import canonical

LEAST_ACROSS = 6  # cells side by side: in fewer the lists of neighbours would meet themselves
Layers = Sequence[Mapping[str, dict[str, Value]]]  # numbers by mechanism, a later layer before an earlier one
ROOM = 5.0  # depths of the slab that the box is high: the tumour may grow, and T cells come in from above


def whole_voxel(edge: float, asked: float) -> float:
    """The edge of a voxel nearest to what is asked of which whole ones go from side to side [um]."""
    return edge / max(1, round(edge / asked))


def slab_geometry(said: Description, patient: Patient, ledger: Ledger) -> GeometryPlan:
    """The box of a slab: whole voxels from side to side, and room above."""
    edge = ledger.use("patient.edge", patient.edge)
    depth = _of_slab(patient.depth, ledger, "patient.depth")
    asked = canonical(said.numerics.voxel.value, said.numerics.voxel.unit)
    voxel = whole_voxel(edge, asked)
    return GeometryPlan(
        kind="slab",
        box=(edge, edge, voxel * math.ceil(ROOM * depth / voxel - 1e-9)),
        periodic=(True, True, False),
        voxel=voxel,
        bin=canonical(said.numerics.bin.value, said.numerics.bin.unit),
        flat=False,
    )


def slab_plan(
    scenario: Scenario, tumour: Tumour, patient: Patient, numbers: dict[str, Numbers], ledger: Ledger
) -> SlabPlan:
    """What the slab stands for, and the fluid that cells come from.

    Raises ScenarioError for a slab that is narrower than a few cells or thinner than one.
    """
    edge = canonical(patient.edge.value, patient.edge.unit)
    depth = _of_slab(patient.depth, ledger, "patient.depth")
    contact_area = _of_slab(patient.contact_area, ledger, "patient.contact_area")
    lesion_volume = ledger.use("patient.lesion_volume", patient.lesion_volume)
    density = mechanics.density_at_rest(numbers["mechanics"], float(numbers["volume"].target[0]))
    _check_size(scenario.file, patient, edge, depth, apart=(math.sqrt(2.0) / density) ** (1.0 / 3.0))
    fluid = _fluid(scenario, patient, ledger)
    squeeze = squeeze_of((tumour.numbers, patient.numbers), ledger) if tumour.stroma != NO_STROMA else None
    return SlabPlan(
        depth=depth,
        density=density,
        weight=coupling.area_weight(contact_area, edge),
        share=coupling.share_of_lesion(contact_area, depth, lesion_volume),
        volume=fluid["volume"],
        loss=fluid["loss"],
        entry=fluid["entry"],
        squeeze=squeeze,
    )


def _of_slab(size: Value | None, ledger: Ledger, path: str) -> float:
    """A size that every slab has."""
    if size is None:
        raise TypeError(f"a slab without {path} passed validation")
    return ledger.use(path, size)


def _check_size(file: str, patient: Patient, edge: float, depth: float, apart: float) -> None:
    """Whether a slab holds cells that lie so far `apart` [um]."""
    asked = (
        ("edge", edge, LEAST_ACROSS, f"{LEAST_ACROSS} cells side by side"),
        ("depth", depth, 1, "one layer of cells"),
    )
    problems = [
        Problem(file, f"patient.{key}", f"{length:g} um", f"at least {least * apart:.0f} um: {why}")
        for key, length, least, why in asked
        if length < least * apart
    ]
    if problems:
        raise ScenarioError(problems)


def _fluid(scenario: Scenario, patient: Patient, ledger: Ledger) -> dict[str, float]:
    """The numbers of the fluid: defaults, then the routes into it, then the patient."""
    return layered(csf.DECLARATION, (*of_routes(scenario), patient.numbers), ledger)


def of_routes(scenario: Scenario) -> list[Mapping[str, dict[str, Value]]]:
    """The numbers that the routes of the doses state, in their order."""
    routes = [scenario.library.find("routes", dose.route).entry for dose in scenario.description.dose]
    return [route.numbers for route in routes if isinstance(route, MechanismEntry)]


def of_layers(declared: Mechanism, layers: Layers) -> dict[str, Value]:
    """The numbers of a mechanism that a lesion has once: a later layer replaces an earlier one."""
    values = declared.defaults()
    for layer in layers:
        values |= layer.get(declared.name, {})
    return values


def layered(declared: Mechanism, layers: Layers, ledger: Ledger) -> dict[str, float]:
    """The same in canonical units, entered in the ledger."""
    values = of_layers(declared, layers)
    return {name: ledger.use(f"{declared.name}.{name}", value) for name, value in values.items()}


def squeeze_of(layers: Layers, ledger: Ledger) -> vessels.Squeeze:
    """How the matrix of a lesion squeezes its vessels."""
    values = of_layers(vessels.DECLARATION, layers)
    half, power, collapse = (ledger.use(f"vessels.{name}", values[name]) for name in vessels.OF_SQUEEZE)
    return vessels.Squeeze(half, power, collapse)


def slowest_exchange(numbers: dict[str, Numbers], diffusion: float, vessels: float) -> float:
    """The rate below which no place of a slab loses what it was told before [1/min], for what diffuses so fast.

    vessels  the rate at which the tissue follows the blood [1/min], 0 for what no vessel carries
    """
    return min(perfusion.stirring_rate(numbers["perfusion"], diffusion), vessels)


def level_of_fluid(
    numbers: dict[str, Numbers], entry: FieldEntry, values: dict[str, Value], file: str
) -> float:
    """The level of a field in the fluid that a slab faces; that of oxygen is a number of the perfusion.

    Raises ScenarioError for a field that does not say its own.
    """
    if "fluid" in values:
        return entry.level(values["fluid"])
    if entry.name == OXYGEN:
        return float(numbers["perfusion"].fluid[0])
    expected = f"its level in the fluid that a slab faces, here or as patient.fields.{entry.name}.fluid"
    raise ScenarioError([Problem(file, "fluid", "nothing", expected)])
