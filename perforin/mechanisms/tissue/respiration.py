"""Respiration: cells take oxygen up at a rate that hardly falls until there is little left.

    uptake of a voxel = sum over its cells of (V_cell / V_voxel) a * p / (half + p)

a is the uptake of a volume made of cells alone: a tissue of n cells of volume V per volume takes a n V. It is the
law of a tumour with vessels; a culture may keep the first-order uptake of `oxygenation`, and `a` is 0 there.

Reads   type, fate, place
Writes  nothing on cells: the peak and half-saturation of the field `oxygen`
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.voxels import voxel_of
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Respiration:
    """How much oxygen a cell burns where there is enough."""

    peak: Value = given(
        0.0,
        "mmHg/s",
        "Perforin",
        "assumed",
        "per volume made of cells alone; 0 leaves the uptake to the first-order law",
    )
    half: Value = given(
        1.5, "mmHg", "Perforin", "assumed", "half-saturation of uptake, literature range 1 to 2.5", (1.0, 2.5)
    )
    dead_fraction: Value = given(
        0.0, "1", "Perforin", "assumed", "uptake of a dead cell as a share of a living one"
    )


DECLARATION = Mechanism("respiration", Respiration, (), acts_on=("tumour", "T cell", "host"), attack="car")


@numba.njit(cache=True)
def gather(kind, fate, place, count, corner, spacing, uptake, dead_fraction, peak):
    """Set the fullest uptake of every voxel from the cells in it [mmHg/min]. Changes peak (nz, ny, nx) float32."""
    nz, ny, nx = peak.shape
    voxel_volume = spacing * spacing * spacing
    peak[:] = 0.0
    for i in range(count):
        t = kind[i]
        share = 1.0 if fate[i] == 0 else dead_fraction[t]
        z, y, x = voxel_of(place, i, corner, spacing, nz, ny, nx)
        r = place[i, 3]
        peak[z, y, x] += np.float32(4.18879020478639 * r * r * r / voxel_volume * uptake[t] * share)


def breathe(cells, field, numbers) -> None:
    """Let the cells take up from the field `oxygen` by this law; does nothing where no cell has a peak."""
    if not numbers.peak.any():
        return
    if field.peak is None:
        field.peak = np.zeros(field.grid.shape, dtype=np.float32)
    field.half_saturation = float(numbers.half[0])
    n, grid = numbers, field.grid
    gather(
        cells.type,
        cells.fate,
        cells.place,
        cells.count,
        grid.corner,
        grid.spacing,
        n.peak,
        n.dead_fraction,
        field.peak,
    )
