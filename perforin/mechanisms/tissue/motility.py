"""Motility: T cells walk persistently, biased up the attractant, or by their receptors.

A T cell walks for a time drawn from the exponential distribution with mean `persistence`, then turns to the direction

    bias * grad c / |grad c| + (1 - bias) * random unit vector, normalised

(one with receptors for chemokines to another: chemotaxis, where this first term is one of those that turn it)
and moves at its speed: always ("persistent"), or only in the step in which it turns ("impulse", as the program of
Luque 2024 does: 0.5 um per turn, so 0.05 um/min instead of 5). A T cell that holds a target stays with it in the
persistent walk; in the impulse walk it keeps turning, as theirs does.

In matrix it is slower, and turned along the fibres (passage); `pace` slows it besides, where something else does.

Unbiased and isotropic, the persistent walk has <x^2> = 2 v^2 P [t - P (1 - exp(-t / P))].

The wait is counted down, so that a draw is made only where a T cell turns: per step of dt it does with probability
1 - exp(-dt / persistence). In the persistent walk who has just come turns at once, as does the second daughter.

Reads   place, fate, partner, the matrix
Writes  heading [1], until_turn [min], velocity [um/min]
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.engine.grid import BLOCK
from perforin.engine.motion import biased_direction, random_direction, turned_direction
from perforin.engine.voxels import gradient_at, voxel_of
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.chemotaxis import NOWHERE
from perforin.mechanisms.tissue.passage import OPEN, Ground, slowed, turned
from perforin.quantities import Value, given
from perforin.streams import TURNING, draw4


@dataclass(frozen=True)
class Motility:
    """How a T cell walks."""

    speed: Value = given(
        5.0,
        "um/min",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "CAR-T cells of the published model; measured ranges 1 to 10 um/min",
    )
    persistence: Value = given(
        10.0, "min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "mean time between turns"
    )
    bias: Value = given(
        0.5, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "0 random, 1 straight up the gradient"
    )


DECLARATION = Mechanism(
    "motility",
    Motility,
    (
        Column("heading", "float32", "1", width=3, about="unit vector of the walk"),
        Column(
            "until_turn", "float32", "min", on_division="reset", about="left of the walk in this direction"
        ),
    ),
    acts_on=("T cell",),
)


@numba.njit(cache=True)
def slope(values, place, cell, corner, spacing, out):
    """Central differences of a field at the voxel of one cell, one-sided at the walls. Changes out (3,)."""
    nz, ny, nx = values.shape
    k, j, i = voxel_of(place, cell, corner, spacing, nz, ny, nx)
    out[0], out[1], out[2] = gradient_at(values, k, j, i, spacing)


@numba.njit(cache=True)
def by_receptors(x, y, z, gradient, bias, toward, place, cell, corner, spacing, flat):
    """The direction that receptors, and an attractant with a bias, give to a walk that would go to (x, y, z)."""
    nz, ny, nx, _ = toward.shape
    k, j, i = voxel_of(place, cell, corner, spacing, nz, ny, nx)
    px, py, pz = float(toward[k, j, i, 0]), float(toward[k, j, i, 1]), float(toward[k, j, i, 2])
    norm = math.sqrt(gradient[0] ** 2 + gradient[1] ** 2 + gradient[2] ** 2)
    if norm > 0.0:
        px += bias * gradient[0] / norm
        py += bias * gradient[1] / norm
        pz += bias * gradient[2] / norm
    return turned_direction(x, y, z, px, py, 0.0 if flat else pz)


@numba.njit(cache=True, parallel=True)
def walk(
    rows,
    kind,
    fate,
    partner,
    ids,
    place,
    heading,
    until_turn,
    velocity,
    values,
    corner,
    spacing,
    dt,
    seed,
    step,
    speed,
    persistence,
    bias,
    impulse,
    isotropic,
    flat,
    pace,
    ground,
    toward,
):
    """Turn some T cells and add everyone's walk to the velocity. Changes heading, until_turn, velocity.

    rows  (m,) int32 rows of the T cells; values (nz, ny, nx) float32 the attractant
    pace  (capacity,) float32 a factor on the speed of each cell; ground  what they walk on, on the same voxels
    toward  (types, nz, ny, nx, 3) float32 where receptors turn each kind; empty where nobody has one
    """
    in_matrix, has_receptors = ground.density.size > 1, toward.size > 0
    for block in numba.prange((rows.size + BLOCK - 1) // BLOCK):
        gradient = np.empty(3)
        for m in range(block * BLOCK, min(rows.size, (block + 1) * BLOCK)):
            i = rows[m]
            t = kind[i]
            if fate[i] != 0 or speed[t] <= 0.0:
                continue
            new = until_turn[i] == 0.0
            until_turn[i] -= dt
            turns = until_turn[i] <= 0.0
            if turns:
                wait, u, v, _ = draw4(seed, step, ids[i], TURNING)
                until_turn[i] = -persistence[t] * math.log(wait)
                turns = not (new and impulse)
            if turns:
                x, y, z = random_direction(u, v, isotropic)
                if flat:
                    x, y, z = np.cos(2.0 * np.pi * u), np.sin(2.0 * np.pi * u), 0.0
                slope(values, place, i, corner, spacing, gradient)
                if flat:
                    gradient[2] = 0.0
                if has_receptors:
                    x, y, z = by_receptors(
                        x, y, z, gradient, bias[t], toward[t], place, i, corner, spacing, flat
                    )
                else:
                    x, y, z = biased_direction(x, y, z, gradient[0], gradient[1], gradient[2], bias[t])
                if in_matrix:
                    x, y, z = turned(x, y, z, t, place, i, corner, spacing, ground)
                heading[i, 0], heading[i, 1], heading[i, 2] = x, y, z
            if turns if impulse else partner[i] < 0:
                way = speed[t] * pace[i]
                if in_matrix:
                    way *= slowed(t, place, i, corner, spacing, ground)
                for axis in range(3):
                    velocity[i, axis] += way * heading[i, axis]


def advance(
    cells,
    rows,
    numbers,
    attractant,
    law,
    flat: bool,
    seed: int,
    step: int,
    dt: float,
    ground: Ground = OPEN,
    toward: np.ndarray = NOWHERE,
) -> None:
    """Add the walk of the T cells in `rows` to their velocity for a step of dt [min]."""
    walk(
        rows,
        cells.type,
        cells.fate,
        cells.partner,
        cells.id,
        cells.place,
        cells.heading,
        cells.until_turn,
        cells.velocity,
        attractant.values,
        attractant.grid.corner,
        attractant.grid.spacing,
        dt,
        seed,
        step,
        numbers.speed,
        numbers.persistence,
        numbers.bias,
        law.motility == "impulse",
        law.directions == "isotropic",
        flat,
        np.ones(cells.capacity, dtype=np.float32),
        ground,
        toward,
    )
