"""A lesion as the simulation sees it from within: the periodic block, and what it stands for."""

from __future__ import annotations

import math

from perforin.errors import Problem, ScenarioError
from perforin.mechanisms.body import coupling
from perforin.mechanisms.tissue import mechanics, perfusion
from perforin.quantities import Numbers
from perforin.scenario.entries import Tumour
from perforin.scenario.ledger import Ledger
from perforin.scenario.lesion import LEAST_ACROSS
from perforin.scenario.parts import Description, Patient
from perforin.scenario.plan import BlockPlan, GeometryPlan
from perforin.scenario.scenario import Scenario
from perforin.scenario.units import canonical

LEAST_CELLS, LEAST_EDGE = 500, 120.0  # below these a block is no sample of a lesion any more


def block_geometry(said: Description, patient: Patient, kind: str, ledger: Ledger) -> GeometryPlan:
    """The cubic box of a block on day 0: whole voxels from side to side, every side joined to the one across."""
    edge = ledger.use("patient.edge", patient.edge)
    asked = canonical(said.numerics.voxel.value, said.numerics.voxel.unit)
    return GeometryPlan(
        kind=kind,
        box=(edge, edge, edge),
        periodic=(True, True, True),
        voxel=edge / max(1, round(edge / asked)),
        bin=canonical(said.numerics.bin.value, said.numerics.bin.unit),
        flat=False,
    )


def block_plan(
    scenario: Scenario, patient: Patient, tumour: Tumour, numbers: dict[str, Numbers], ledger: Ledger
) -> BlockPlan:
    """What the block stands for. Raises ScenarioError for one that is no sample of a lesion."""
    edge = canonical(patient.edge.value, patient.edge.unit)
    lesion_volume = ledger.use("patient.lesion_volume", patient.lesion_volume)
    density = mechanics.density_at_rest(numbers["mechanics"], float(numbers["volume"].target[0]))
    fraction = 1.0
    if tumour.cell_fraction is not None:
        fraction = ledger.use("cell_fraction", tumour.cell_fraction)
    _check_size(scenario.file, edge, density, fraction)
    return BlockPlan(density, fraction, coupling.volume_weight(lesion_volume, edge))


def _check_size(file: str, edge: float, density: float, fraction: float) -> None:
    """Whether a block holds enough cells, so many of them side by side."""
    apart = (math.sqrt(2.0) / density) ** (1.0 / 3.0)
    cells = density * max(fraction, 1e-9)
    least, why = max(
        (LEAST_ACROSS * apart, f"{LEAST_ACROSS} cells side by side"),
        (LEAST_EDGE, "a smaller block is no sample of a lesion"),
        ((LEAST_CELLS / cells) ** (1.0 / 3.0), f"fewer than {LEAST_CELLS} cells are no sample of a lesion"),
    )
    if edge < least:
        raise ScenarioError(
            [Problem(file, "patient.edge", f"{edge:g} um", f"at least {math.ceil(least)} um: {why}")]
        )


def vessel_exchange(numbers: dict[str, Numbers], diffusion: float) -> float:
    """How fast the mean of a field with vessels follows the blood [1/min]."""
    return perfusion.exchange_rate(numbers["perfusion"], diffusion)
