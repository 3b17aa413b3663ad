"""Remodelling: what the cells of a voxel do to the matrix in it.

    laid = sum of deposition / V,   E = bath + sum of enzyme,   over the living cells of the voxel

A cell lays down and cuts where its centre is: what it makes reaches no farther than its voxel. The law of the density
is in matrix.

Reads   type, fate, place
Writes  what is laid down and the level of enzyme, for matrix
"""

from __future__ import annotations

from dataclasses import dataclass

import numba

from perforin.engine.voxels import voxel_of
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import PG_PER_MG, UM3_PER_ML, Value, given


@dataclass(frozen=True)
class Remodelling:
    """What one cell lays down and cuts."""

    deposition: Value = given(
        0.0,
        "pg/cell/day",
        "assumed",
        "assumed",
        "matrix that a cell lays down where there is none; fibroblasts do",
    )
    enzyme: Value = given(
        0.0,
        "1",
        "assumed",
        "assumed",
        "level of enzyme a cell keeps up in its voxel; heparanase of an armed CAR-T",
    )


DECLARATION = Mechanism(
    "remodelling", Remodelling, acts_on=("tumour", "T cell", "host"), needs="stroma", attack="car"
)


@numba.njit(cache=True)
def gather(kind, fate, place, count, corner, spacing, deposition, enzyme, bath, laid, level):
    """Set what the cells lay down [mg/mL/min] and the enzyme in every voxel. Changes laid and level (nz, ny, nx)."""
    nz, ny, nx = laid.shape
    laid[:] = 0.0
    level[:] = bath
    share = UM3_PER_ML / PG_PER_MG / (spacing * spacing * spacing)
    for i in range(count):
        t = kind[i]
        if fate[i] == 0 and (deposition[t] > 0.0 or enzyme[t] > 0.0):
            z, y, x = voxel_of(place, i, corner, spacing, nz, ny, nx)
            laid[z, y, x] += deposition[t] * share
            level[z, y, x] += enzyme[t]
