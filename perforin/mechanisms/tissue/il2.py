"""IL-2: activated T cells release it, T cells take it up, and it lets them divide further (activation).

    release  rate * cytokine response              molecules per cell and minute
    uptake   on_rate * receptors * IL2             first order in the level at the cell

Both are per cell, so consumption, not decay, sets the range, sqrt(D / (uptake * T cells per volume)): with receptors
of high affinity a few cell diameters (Thurley 2015), less than a voxel of 20 um; with the low uptake taken here some
200 um among 2e5 T cells per mm^3. The field gives the help of a neighbourhood, not the profile around one cell.

Reads   cytokine_signal, fate
Writes  the source and sink terms of the field IL-2 [nM]
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.mechanisms.tissue.recognition import PER_NM
from perforin.quantities import Value, given

FIELD = "IL-2"


@dataclass(frozen=True)
class Il2:
    """How much IL-2 a T cell gives and takes."""

    rate: Value = given(
        29.0,
        "molecule/min",
        "CARCADE, Prybutok 2022, 10.3389/fmolb.2022.849363",
        "assumed",
        "a tenth of the 293 molecules per minute of an activated CD4 T cell of that model",
    )
    receptors: Value = given(
        2000.0,
        "1",
        "CARCADE, Prybutok 2022, 10.3389/fmolb.2022.849363",
        "assumed",
        "per T cell: a model's value",
    )
    on_rate: Value = given(
        0.038,
        "um^3/min",
        "CARCADE, Prybutok 2022, 10.3389/fmolb.2022.849363",
        "assumed",
        "per receptor, low-affinity form; high-affinity receptors bind up to 3.16",
        (0.038, 3.16),
    )


DECLARATION = Mechanism("il2", Il2, acts_on=("T cell",), attack="car")


@numba.njit(cache=True)
def exchange(rows, kind, fate, cytokine_signal, span, rate, receptors, on_rate, voxel_volume, loss, gain):
    """Set loss [1/min] and gain [nM/min] of the voxel that each T cell in `rows` stands in."""
    for m in range(rows.size):
        i = rows[m]
        if fate[i] != ALIVE:
            continue
        t = kind[i]
        loss[i] = receptors[t] * on_rate[t] / voxel_volume
        gain[i] = rate[t] * min(cytokine_signal[i] / span, 1.0) / (PER_NM * voxel_volume)


def exchange_per_cell(
    cells, rows, numbers, span: float, voxel_volume: float, loss: np.ndarray, gain: np.ndarray
) -> None:
    """What the T cells in `rows` take from and give to their voxels. Changes loss, gain (capacity,)."""
    n = numbers
    exchange(
        rows, cells.type, cells.fate, cells.cytokine_signal, span, n.rate, n.receptors, n.on_rate, voxel_volume,
        loss, gain,
    )  # fmt: skip
