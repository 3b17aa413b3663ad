"""Oxygenation: cells take oxygen up, and sense what is left.

    dp/dt = D lap p - lambda p - sum_cells (V_cell / V_voxel) U p

solved by `engine.diffusion`, quasi-steady where `compile` finds that it relaxes fast enough. A cell reads

    p_read = p / (1 + s L),   L = sum over its voxel of (V_cell / V_voxel) U

with s = 0 but for the law oxygen_reading = "after-uptake", which reproduces programs that split uptake from
supply and read in between: s is their diffusion step.

Reads   type, fate, place
Writes  oxygen [mmHg]
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.engine.voxels import voxel_of
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Oxygenation:
    """How much oxygen a cell takes."""

    uptake: Value = given(
        10.0,
        "1/min",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "first-order uptake of the published model, a choice of its authors",
    )
    dead_fraction: Value = given(
        0.1,
        "1",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "uptake of a dead cell as a share of a living one: a choice of its authors",
    )
    reading_step: Value = given(
        0.0,
        "min",
        "Perforin",
        "assumed",
        "cells read the oxygen of their voxel as it is supplied; above zero only to reproduce a splitting scheme",
    )


DECLARATION = Mechanism(
    "oxygenation", Oxygenation, (Column("oxygen", "float32", "mmHg"),), acts_on=("tumour", "T cell", "host")
)


@numba.njit(cache=True)
def uptake_per_cell(kind, fate, place, count, uptake, dead_fraction, voxel_volume, out):
    """Set out[i] = (V_cell / V_voxel) U, the first-order loss one cell adds to its voxel [1/min]."""
    for i in range(count):
        share = 1.0 if fate[i] == 0 else dead_fraction[kind[i]]
        radius = place[i, 3]
        out[i] = 4.18879020478639 * radius * radius * radius / voxel_volume * uptake[kind[i]] * share


@numba.njit(cache=True, error_model="numpy")
def read(kind, place, count, values, loss, corner, spacing, reading_step, out):
    """Set out[i] = p / (1 + s L) of the voxel of cell i [mmHg]; values p and loss L are (nz, ny, nx) float32."""
    nz, ny, nx = values.shape
    for i in range(count):
        z, y, x = voxel_of(place, i, corner, spacing, nz, ny, nx)
        out[i] = values[z, y, x] / (np.float32(1.0) + np.float32(reading_step[kind[i]]) * loss[z, y, x])


def sense(cells, field, reading_step: np.ndarray) -> None:
    """Every cell reads the oxygen of its voxel, depleted for its reading step [min] by the uptake there."""
    grid = field.grid
    read(
        cells.type,
        cells.place,
        cells.count,
        field.values,
        field.loss,
        grid.corner,
        grid.spacing,
        reading_step,
        cells.oxygen,
    )
