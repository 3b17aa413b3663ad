"""The matched benchmark: PhysiCell's spheroid with T cells around it, and the same with T cells at its rim.

T cells, one for every ten tumour cells asked for, lie at random in a shell, uniform in volume, some way beyond the
radius of the packing. 30 to 105 um outside in `spheroid`, so that the first reach the tumour after half an hour; 35 um
inside to 40 um outside in `contact`, so that they attach and kill from the first minute.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from perforin.evidence.bench.loop import Tissue, hasty
from perforin.mechanisms.tissue import infusion
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.plan import Plan
from perforin.scenario.scenario import load
from perforin.simulation import start
from perforin.simulation.state import State
from perforin.streams import CASE, draw4

AROUND, ACROSS = (30.0, 105.0), (-35.0, 40.0)  # um beyond the surface: T cells of spheroid and contact
# tumour cells: radius of the packing and half the box [um], as PhysiCell was measured
SIZES = {10_000: (204.0, 350.0), 20_000: (255.0, 410.0), 50_000: (350.0, 500.0), 200_000: (555.0, 750.0)}
PER_VOLUME = 9924 / 204.0**3  # tumour cells per cubic radius of the packing
MARGIN = 150.0  # um of medium around a spheroid of another size
SMALL = 300  # tumour cells of the spheroid that kernels are compiled with
PER_T_CELL = 10  # tumour cells for each T cell


def spheroid(cells: int, numerics: tuple[str, ...] = ()) -> Tissue:
    """The spheroid with its T cells in a shell outside."""
    return _tissue("spheroid", cells, AROUND, numerics)


def contact(cells: int, numerics: tuple[str, ...] = ()) -> Tissue:
    """The spheroid with its T cells across the rim."""
    return _tissue("spheroid-contact", cells, ACROSS, numerics)


def size(cells: int) -> tuple[float, float]:
    """Radius of the packing and half the box [um] of a spheroid of about so many tumour cells."""
    if cells in SIZES:
        return SIZES[cells]
    radius = (cells / PER_VOLUME) ** (1.0 / 3.0)
    return radius, 10.0 * math.ceil((radius + MARGIN) / 10.0)


def _tissue(scenario: str, cells: int, shell: tuple[float, float], numerics: tuple[str, ...]) -> Tissue:
    def begin_small() -> tuple[Plan, State]:
        small = hasty(_plan(scenario, min(cells, SMALL), numerics))
        return small, _begin(small, min(cells, SMALL), shell)

    plan = _plan(scenario, cells, numerics)
    return Tissue(plan, lambda: _begin(plan, cells, shell), begin_small)


def _plan(scenario: str, cells: int, numerics: tuple[str, ...]) -> Plan:
    radius, half = size(cells)
    changes = (f"culture.radius='{radius} um'", f"culture.box='{2 * half} um'", *numerics)
    return replace(compile_scenario(load(scenario, changes)), doses=())  # the T cells are placed here


def _begin(plan: Plan, cells: int, shell: tuple[float, float]) -> State:
    """Founders as in any run, then the T cells in their shell."""
    state, kind = start.begin(plan), 1
    many, first = cells // PER_T_CELL, state.cells.count
    infusion.arrive(
        state.cells, many, kind, 0, state.box, 0.0, plan.numbers["volume"], plan.seed, state.events, 0.0
    )
    state.cells.place[first : first + many, :3] = in_shell(
        state.cells.id[first : first + many], size(cells)[0], shell, plan.seed
    )
    state.counters["arrivals"] += many
    return state


def in_shell(ids: np.ndarray, radius: float, shell: tuple[float, float], seed: int) -> np.ndarray:
    """(n, 3) places [um], uniform in the volume of a shell from shell[0] to shell[1] beyond a radius."""
    inner, outer = max(radius + shell[0], 0.0), radius + shell[1]
    u = np.array([draw4(seed, 0, name, CASE)[:3] for name in ids]).reshape(-1, 3)
    r = np.cbrt(inner**3 + (outer**3 - inner**3) * u[:, 0])
    azimuth, cosine = 2.0 * math.pi * u[:, 1], 2.0 * u[:, 2] - 1.0
    sine = np.sqrt(1.0 - cosine**2)
    return np.stack([r * sine * np.cos(azimuth), r * sine * np.sin(azimuth), r * cosine], axis=-1)
