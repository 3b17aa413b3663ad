"""Restraint: matrix holds the growth of a tumour back, which is what is lost with it.

    cycle progress  =  growth's own * left(rho) / left(reference),   left(rho) = 1 - fraction rho / (rho + half_density)

with rho the density of the matrix where the cell is and `reference` that in which its doubling time was measured: a
tumour cell in its islet cycles as its archetype says, one in a septum more slowly, and one whose matrix an enzyme has
cut faster. Mice whose carcinomas were robbed of their stroma had more aggressive ones (Rhim 2014, Cancer Cell 25:735;
Özdemir 2014, Cancer Cell 25:719), so an enzyme that lets T cells in is no pure gain.

As in crowding, what is taken of a step is taken back from the timer of the cycle, so a cell is at most one step early.
At work where `fraction` of a kind of cell is above 0.

Reads   type, growing, place; density of the matrix
Writes  cycle_time [min]
"""

from __future__ import annotations

from dataclasses import dataclass

import numba

from perforin.engine.voxels import VoxelGrid, voxel_of
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import PG_PER_MG, Numbers, Value, given


@dataclass(frozen=True)
class Restraint:
    """How far matrix slows the cycle of a tumour cell."""

    fraction: Value = given(
        0.0,
        "1",
        "assumed",
        "assumed",
        "share of the speed that the densest matrix takes; 0: none",
        (0.0, 0.7),
    )
    half_density: Value = given(
        5.0, "mg/mL", "assumed", "assumed", "density of half of that, as where T cells are slow", (2.0, 15.0)
    )
    reference: Value = given(
        3.0,
        "mg/mL",
        "assumed",
        "assumed",
        "density in which the duration of the cycle holds: that among the cells of an islet",
    )


DECLARATION = Mechanism(
    "restraint", Restraint, acts_on=("tumour",), needs="stroma", attack="car", wakes="fraction"
)


@numba.njit(cache=True)
def left(density, fraction, half):
    """What matrix leaves of the speed of the cycle, relative to none [1]. density, half in one unit."""
    return 1.0 - fraction * density / (density + half)


@numba.njit(cache=True, parallel=True)
def hold_back(kind, growing, place, count, time, dt, density, corner, spacing, fraction, half, reference):
    """Take back from each growing cell what matrix takes of a step of dt [min], or give it more. Changes time."""
    nz, ny, nx = density.shape
    for i in numba.prange(count):
        t = kind[i]
        if growing[i] and fraction[t] > 0.0:
            z, y, x = voxel_of(place, i, corner, spacing, nz, ny, nx)
            here = left(float(density[z, y, x]), fraction[t], half[t])
            time[i] += (here / left(reference[t], fraction[t], half[t]) - 1.0) * dt


def advance(cells, numbers: Numbers, density, grid: VoxelGrid, dt: float) -> None:
    """Let matrix of a density (nz, ny, nx) [mg/mL] on a grid hold the cycle of every growing cell back for dt [min]."""
    n = numbers
    hold_back(
        cells.type,
        cells.growing,
        cells.place,
        cells.count,
        cells.cycle_time,
        dt,
        density,
        grid.corner,
        grid.spacing,
        n.fraction,
        n.half_density / PG_PER_MG,
        n.reference / PG_PER_MG,
    )
