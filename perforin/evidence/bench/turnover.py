"""Turnover: tissue at rest that renews itself, so that the work stays the same for as long as it is watched.

Nine cells in ten are tumour cells, one is a T cell, about a tenth of which hold a tumour cell at any time. The box is
periodic and filled at the density at which nobody pushes. Three fields exchange with cells: oxygen, IL-2 and an
attractant. In a step of dt a cell divides with p = 1 - exp(-dt / duration), and then it and its daughters die with q;
the count stays where (1 + p)(1 - q) = 1, which is the death rate

    h = ln(1 + p) / dt
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from perforin.evidence.bench.loop import Tissue, hasty
from perforin.mechanisms.tissue import (
    antigen_panel,
    asynchrony,
    division,
    infusion,
    mechanics,
    oxygenation,
    volume,
)
from perforin.quantities import Numbers
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.plan import TUMOUR, FounderPlan, Plan
from perforin.scenario.scenario import load
from perforin.simulation.packing import slab_packing
from perforin.simulation.state import State
from perforin.streams import founder_id

SCENARIO = Path(__file__).with_name("turnover.toml")
PER_T_CELL = 10  # cells for each T cell
SMALL = 2000
COARSEST = 20.0  # um: the edge is a multiple of the widest voxel, the same for any


def turnover(cells: int, numerics: tuple[str, ...] = ()) -> Tissue:
    """Tissue of so many cells, T cells included."""

    def begin_small() -> tuple[Plan, State]:
        small = hasty(_balanced(_plan(min(cells, SMALL), numerics)))
        return small, _begin(small)

    described = _plan(cells, numerics)
    plan = _balanced(described)
    return Tissue(plan, lambda: _begin(plan), begin_small, described)


def _plan(cells: int, numerics: tuple[str, ...]) -> Plan:
    """The plan of turnover.toml in a box that so many cells fill."""
    plan = compile_scenario(load(SCENARIO, numerics))
    walking, size = cells // PER_T_CELL, plan.numbers["volume"].target
    density = mechanics.density_at_rest(plan.numbers["mechanics"], float(size[TUMOUR]))
    room = (cells - walking + walking * float(size[1] / size[TUMOUR])) / density
    edge = COARSEST * round(room ** (1 / 3) / COARSEST)
    return replace(
        plan,
        doses=(),
        geometry=replace(plan.geometry, box=(edge, edge, edge)),
        founders=FounderPlan(math.inf, cells - walking, scattered=True),
    )


def _balanced(plan: Plan) -> Plan:
    """The plan with the death rate that balances births in its phenotype step."""
    dying, span = plan.numbers["necrosis"].as_dict(), plan.clock.phenotype * plan.clock.tick
    births = -np.expm1(-span / plan.numbers["growth"].duration)
    rate = np.where(np.arange(births.size) == TUMOUR, np.log1p(births) / span, 0.0)
    return replace(plan, numbers=plan.numbers | {"necrosis": Numbers(dying | {"rate": rate})})


def _begin(plan: Plan) -> State:
    """Fill the box with tumour cells on a lattice and T cells at random."""
    if plan.attack is None:
        raise TypeError("the tumour of turnover.toml states its antigens in copies")
    state, edge, many = State(plan), plan.geometry.box[0], plan.founders.cells
    places = slab_packing(edge, edge, many / edge**3, edge)
    names = np.array([founder_id(i, TUMOUR) for i in range(len(places))], dtype=np.uint64)
    rows = state.cells.append(len(places), id=names, type=TUMOUR)
    state.cells.place[rows, :3] = places
    volume.start(state.cells, rows, plan.numbers["volume"])
    antigen_panel.start(state.cells, rows, plan.attack.panel, plan.seed)
    division.start(state.cells, rows, plan.numbers["growth"], plan.seed)
    asynchrony.start(state.cells, rows, plan.seed)
    walking = round(many / (PER_T_CELL - 1))
    infusion.arrive(
        state.cells, walking, 1, 0, state.box, 0.0, plan.numbers["volume"], plan.seed, state.events, 0.0
    )
    state.counters["arrivals"] += walking
    oxygenation.sense(state.cells, state.fields["oxygen"], np.zeros(len(plan.types)))
    return state
