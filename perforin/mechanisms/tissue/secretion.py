"""Secretion: living cells release the attractant that T cells climb.

    dc/dt = D lap c - lambda c + sum_cells (V_cell / V_voxel) S (c* - c)

so that a voxel full of secreting cells settles near the saturation level c*.

Reads   type, fate, place
"""

from __future__ import annotations

from dataclasses import dataclass

import numba

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Secretion:
    """How fast a cell fills its surroundings, and up to what level."""

    rate: Value = given(
        0.0,
        "1/min",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "only tumour cells of the published model secrete",
    )
    saturation: Value = given(
        1.0,
        "1",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "the factor is dimensionless: 1 is its saturation",
    )


DECLARATION = Mechanism("secretion", Secretion, acts_on=("tumour", "T cell", "host"))


@numba.njit(cache=True)
def release_per_cell(kind, fate, place, count, rate, dead_fraction, voxel_volume, out):
    """Set out[i] = (V_cell / V_voxel) S, the first-order exchange of one cell with its voxel [1/min]."""
    for i in range(count):
        share = 1.0 if fate[i] == 0 else dead_fraction[kind[i]]
        radius = place[i, 3]
        out[i] = 4.18879020478639 * radius * radius * radius / voxel_volume * rate[kind[i]] * share
