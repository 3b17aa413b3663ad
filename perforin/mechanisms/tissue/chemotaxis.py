"""Chemotaxis: T cells turn up the gradients of chemokines they have receptors for, or away from them.

A receptor for a chemokine of level c is occupied to o = c / (c + half) and turns its T cell by

    p = bias * grad o / (|grad o| + steepness),

up the gradient or, where bias is negative, down it; less where the gradient is too shallow to be told, and not at all
where the receptor is full. The p of all receptors of a T cell add up, and count as 1 where they are longer. At a turn
(motility) it takes the direction

    p + (1 - |p|) * random unit vector, normalised.

In a uniform gradient its forward migration index, the mean cosine of its ways with p, is 2 p / (3 (1 - p)) up to
p = 1/2 and 1 - (1 - p)^2 / (3 p^2) above. At the wall of a vessel the same receptor calls T cells in (extravasation).

Reads   the fields
Writes  toward [1]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.voxels import gradient_at
from perforin.mechanisms.declare import Mechanism


@dataclass(frozen=True)
class Receptor:
    """A receptor of one kind of T cell for one chemokine."""

    kind: int
    field: str
    half: float  # level that fills half of it [the field's unit]
    most: float  # times as many called in at a vessel wall, when it is full
    bias: float  # of the walk at the steepest, from -1 to 1
    steepness: float  # gradient of its occupancy that gives half the bias [1/um]


DECLARATION = Mechanism("chemotaxis", None, acts_on=("T cell",))

NOWHERE = np.zeros((0, 0, 0, 0, 3), dtype=np.float32)


@numba.njit(cache=True)
def add_turn(occupancy, bias, steepness, spacing, toward):
    """Add bias * grad o / (|grad o| + steepness): central differences, one-sided at the walls.

    occupancy  (nz, ny, nx) float32; toward  (nz, ny, nx, 3) float32, changed
    """
    nz, ny, nx = occupancy.shape
    for k in range(nz):
        for j in range(ny):
            for i in range(nx):
                x, y, z = gradient_at(occupancy, k, j, i, spacing)
                weight = bias / (np.sqrt(x * x + y * y + z * z) + steepness)
                toward[k, j, i, 0] += weight * x
                toward[k, j, i, 1] += weight * y
                toward[k, j, i, 2] += weight * z


def feel(
    receptors: Sequence[Receptor], fields: Mapping, grid, kinds: int, toward: np.ndarray = NOWHERE
) -> np.ndarray:
    """(kinds, nz, ny, nx, 3) float32: where the receptors of each kind of T cell turn it, voxel by voxel.

    toward  an array to fill, if it has that shape; without receptors NOWHERE
    """
    if not receptors:
        return NOWHERE
    shape = (kinds, *grid.shape, 3)
    if toward.shape != shape:
        toward = np.empty(shape, dtype=np.float32)
    toward[:] = 0.0
    for receptor in receptors:
        level = fields[receptor.field].values
        occupancy = level / (level + np.float32(receptor.half))
        add_turn(occupancy, receptor.bias, receptor.steepness, grid.spacing, toward[receptor.kind])
    return toward
