"""A block of the pancreatic archetype: vessels, matrix, cells of the host, and the thirteen fields around them."""

from __future__ import annotations

from perforin.evidence.bench.loop import Tissue, hasty
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.plan import Plan
from perforin.scenario.scenario import load
from perforin.simulation import start
from perforin.simulation.state import State

SCENARIO = "pancreatic-cd19-mesothelin"
PER_VOLUME = 8712 / 350.0**3  # cells of all kinds per cubic edge [1/um^3]
SMALL = 3000  # cells of the block that kernels are compiled with
AT_ONCE = (  # so that T cells are there within the first steps
    "dose.cells=1e9",
    "patient.blood.extravasation='10 1/(day*cm^3)'",
)


def block(cells: int, numerics: tuple[str, ...] = ()) -> Tissue:
    """The block of about so many cells."""
    plan = _plan(cells, numerics)

    def begin_small() -> tuple[Plan, State]:
        small = hasty(_plan(min(cells, SMALL), (*numerics, *AT_ONCE)))
        return small, start.begin(small)

    return Tissue(plan, lambda: start.begin(plan), begin_small)


def _plan(cells: int, numerics: tuple[str, ...]) -> Plan:
    edge = round((cells / PER_VOLUME) ** (1.0 / 3.0))
    return compile_scenario(load(SCENARIO, (f"patient.edge='{edge} um'", *numerics)))
