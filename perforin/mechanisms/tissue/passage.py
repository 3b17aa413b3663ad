"""Passage: matrix slows a T cell, guides it along its fibres, and shuts it out where it is too dense.

    v(rho) = v0 / (1 + (rho / rho50)^n)
    direction = (1 - a) walk + a fibre, normalised; the fibre's sign is that of the walk,
    a = guidance * alignment * (1 - v(rho) / v0): fibres guide as far as there are any
    a voxel with a porosity 1 - rho / solid at or below `least_porosity` is not entered

The speed follows the voxel that the cell is in, the direction is taken at each turn of the walk (motility). Who would
come into a voxel that is too dense in a small step, walking or pushed, stays back along each axis that leads there; a
cell that is in one, since it was put there or the matrix grew over it, may leave it. T cells dig no channels.

Reads   place, density and fibres of the matrix
Writes  place, of cells that would have entered
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np

from perforin.engine.grid import BLOCK
from perforin.engine.voxels import voxel_of
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.matrix import POPEL
from perforin.quantities import PG_PER_MG, Numbers, Value, given


@dataclass(frozen=True)
class Passage:
    """How dense a matrix a T cell still crosses."""

    half_density: Value = given(
        4.0,
        "mg/mL",
        "Zhao 2021, PMC8416057; Salmon 2012, JCI 122:899",
        "assumed",
        "half the speed: T cells are slow in 5 mg/mL of collagen and fast in 2",
        (2.0, 8.0),
    )
    steepness: Value = given(2.0, "1", "assumed", "assumed", "exponent of the density, 2 to 3", (2.0, 3.0))
    least_porosity: Value = given(
        0.40,
        "1",
        POPEL,
        "assumed",
        "pores below it are closed to a T cell; regulatory T cells 0.35",
        (0.3, 0.5),
    )
    guidance: Value = given(
        0.55,
        "1",
        POPEL,
        "assumed",
        "weight of fully aligned dense fibres: its barrier weight of a T cell",
        (0.3, 0.9),
    )


DECLARATION = Mechanism(
    "passage",
    Passage,
    acts_on=("T cell",),
    needs="stroma",
    attack="car",
    obstacle="stroma",
    removed={"half_density": 1e6, "least_porosity": -1.0, "guidance": 0.0},
)


class Ground(NamedTuple):
    """What T cells walk on. Without matrix the arrays are of one voxel, and nothing is looked up."""

    density: np.ndarray  # (nz, ny, nx) float32 [mg/mL]
    fibre: np.ndarray  # (nz, ny, nx, 3) float32: axis of the fibres, as long as they are aligned
    half: np.ndarray  # (types,) [mg/mL]
    steepness: np.ndarray  # (types,)
    guidance: np.ndarray  # (types,)
    closed: np.ndarray  # (types,) density from which a voxel is not entered [mg/mL]


def ground_of(density: np.ndarray, fibre: np.ndarray, numbers: Numbers, solid: float) -> Ground:
    """The ground of a matrix, for all types. solid [mg/mL]: density without a pore."""
    n = numbers
    return Ground(
        density, fibre, n.half_density / PG_PER_MG, n.steepness, n.guidance, solid * (1.0 - n.least_porosity)
    )


_NONE = np.zeros(1)
OPEN = Ground(np.zeros((1, 1, 1), np.float32), np.zeros((1, 1, 1, 3), np.float32), _NONE, _NONE, _NONE, _NONE)


@numba.njit(cache=True)
def drag(density, half, steepness):
    """Speed in a matrix as a share of that without [1]."""
    return 1.0 / (1.0 + (density / half) ** steepness)


@numba.njit(cache=True)
def guided(x, y, z, fx, fy, fz, weight):
    """The unit direction (x, y, z) turned towards a fibre (unit), whose sign it keeps, by a weight in 0 to 1."""
    sign = 1.0 if x * fx + y * fy + z * fz >= 0.0 else -1.0
    x = (1.0 - weight) * x + weight * sign * fx
    y = (1.0 - weight) * y + weight * sign * fy
    z = (1.0 - weight) * z + weight * sign * fz
    norm = np.sqrt(x * x + y * y + z * z)
    return x / norm, y / norm, z / norm


@numba.njit(cache=True)
def turned(x, y, z, t, place, cell, corner, spacing, ground):
    """The direction of a walk after the fibres where a cell of type t is have guided it."""
    nz, ny, nx = ground.density.shape
    k, j, i = voxel_of(place, cell, corner, spacing, nz, ny, nx)
    fibre = ground.fibre[k, j, i]
    length = np.sqrt(float(fibre[0]) ** 2 + float(fibre[1]) ** 2 + float(fibre[2]) ** 2)
    weight = ground.guidance[t] * length
    weight *= 1.0 - drag(ground.density[k, j, i], ground.half[t], ground.steepness[t])
    if weight <= 0.0:
        return x, y, z
    return guided(x, y, z, fibre[0] / length, fibre[1] / length, fibre[2] / length, weight)


@numba.njit(cache=True)
def slowed(t, place, cell, corner, spacing, ground):
    """Speed of a cell of type t where it is, as a share of that without matrix."""
    nz, ny, nx = ground.density.shape
    k, j, i = voxel_of(place, cell, corner, spacing, nz, ny, nx)
    return drag(ground.density[k, j, i], ground.half[t], ground.steepness[t])


@numba.njit(cache=True, parallel=True)
def hold_back(rows, kind, before, place, corner, spacing, ground):
    """Take back, axis by axis, what brought a cell into a voxel that is closed to its type. Changes place.

    rows  (m,) int32; before  (m, 3) float32 where each of them was
    """
    nz, ny, nx = ground.density.shape
    for block in numba.prange((rows.size + BLOCK - 1) // BLOCK):
        for m in range(block * BLOCK, min(rows.size, (block + 1) * BLOCK)):
            i = rows[m]
            closed = ground.closed[kind[i]]
            k0, j0, i0 = voxel_of(before, m, corner, spacing, nz, ny, nx)
            k1, j1, i1 = voxel_of(place, i, corner, spacing, nz, ny, nx)
            if i1 != i0 and ground.density[k0, j0, i1] >= closed:
                place[i, 0], i1 = before[m, 0], i0
            if j1 != j0 and ground.density[k0, j1, i1] >= closed:
                place[i, 1], j1 = before[m, 1], j0
            if k1 != k0 and ground.density[k1, j1, i1] >= closed:
                place[i, 2] = before[m, 2]
