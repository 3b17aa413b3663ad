"""Volume: fluid, nuclear and cytoplasmic solids relax to their targets.

    dF/dt = r_F (f V - F),  dN/dt = r_N ((1 - f) V_N - N),  dC/dt = r_C ((1 - f)(V* - V_N) - C),  V = F + N + C

each by its exact exponential over the step, F with V at its start (Ghaffarizadeh 2018). A daughter starts at half.

Reads   type, growing
Writes  fluid, nuclear_solid, cytoplasmic_solid [um^3], place (radius)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Volume:
    """The size a cell grows to, and how fast."""

    target: Value = given(
        2494.0,
        "um^3",
        "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991",
        "in_vitro",
        "MCF-7 cell",
    )
    nucleus: Value = given(
        540.0,
        "um^3",
        "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991",
        "in_vitro",
        "MCF-7 nucleus",
    )
    fluid_fraction: Value = given(
        0.75, "1", "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991", "in_vitro"
    )
    fluid_rate: Value = given(
        1.3, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "choice of the published model"
    )
    nucleus_rate: Value = given(
        0.22, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "choice of the published model"
    )
    cytoplasm_rate: Value = given(
        0.13, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "choice of the published model"
    )


DECLARATION = Mechanism(
    "volume",
    Volume,
    (
        Column("fluid", "float32", "um^3", on_division="halve"),
        Column("nuclear_solid", "float32", "um^3", on_division="halve"),
        Column("cytoplasmic_solid", "float32", "um^3", on_division="halve"),
    ),
    acts_on=("tumour", "T cell", "host"),
)


@numba.njit(cache=True)
def approach(value, target, rate, dt):
    """Exact relaxation of `value` towards `target` over dt."""
    return target + (value - target) * math.exp(-rate * dt)


@numba.njit(cache=True)
def radius_of(volume):
    """Radius of a sphere [um] of a volume [um^3]."""
    return (volume * 0.238732414637843) ** (1.0 / 3.0)


@numba.njit(cache=True, parallel=True)
def grow(
    kind,
    growing,
    fluid,
    nuclear,
    cytoplasmic,
    place,
    count,
    dt,
    target,
    nucleus,
    fluid_fraction,
    fluid_rate,
    nucleus_rate,
    cytoplasm_rate,
):
    """Relax the volumes of growing cells over dt [min]. Changes fluid, nuclear, cytoplasmic and the radius."""
    for i in numba.prange(count):
        if growing[i]:
            t = kind[i]
            solid = 1.0 - fluid_fraction[t]
            n = approach(nuclear[i], solid * nucleus[t], nucleus_rate[t], dt)
            c = approach(cytoplasmic[i], solid * (target[t] - nucleus[t]), cytoplasm_rate[t], dt)
            wet = fluid_fraction[t] * (fluid[i] + nuclear[i] + cytoplasmic[i])
            f = approach(fluid[i], wet, fluid_rate[t], dt)
            fluid[i], nuclear[i], cytoplasmic[i] = f, n, c
            place[i, 3] = radius_of(f + n + c)


def advance(cells, numbers, dt: float) -> None:
    """Let every growing cell relax towards its size for dt [min]."""
    n = numbers
    grow(
        cells.type,
        cells.growing,
        cells.fluid,
        cells.nuclear_solid,
        cells.cytoplasmic_solid,
        cells.place,
        cells.count,
        dt,
        n.target,
        n.nucleus,
        n.fluid_fraction,
        n.fluid_rate,
        n.nucleus_rate,
        n.cytoplasm_rate,
    )


def start(cells, rows, numbers) -> None:
    """Give new cells the size of their type."""
    t = cells.type[rows]
    solid = 1.0 - numbers.fluid_fraction[t]
    cells.fluid[rows] = numbers.fluid_fraction[t] * numbers.target[t]
    cells.nuclear_solid[rows] = solid * numbers.nucleus[t]
    cells.cytoplasmic_solid[rows] = solid * (numbers.target[t] - numbers.nucleus[t])
    cells.place[rows, 3] = (numbers.target[t] * 0.238732414637843) ** (1.0 / 3.0)
