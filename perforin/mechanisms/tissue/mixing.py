"""Mixing: in a suspension T cells drift past everyone, so that a free one may be anywhere a little later.

    a free T cell is put to a random place of the box at rate 1 / time

What a T cell holds it keeps; where it goes each place is equally likely. With `time` short against the minutes between
contacts every cell is met alike: the well-mixed limit, in which no cell is out of reach.

Reads   fate, partner, id
Writes  place [um]
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.quantities import Value, given
from perforin.streams import MIXING, draw4


@dataclass(frozen=True)
class Mixing:
    """How fast a suspension mixes."""

    time: Value = given(
        30.0,
        "min",
        "assumed",
        "assumed",
        "shorter than the 40 min between two contacts of a T cell: blood mixes in a minute, marrow by its sinusoids",
        (5.0, 120.0),
    )


DECLARATION = Mechanism("mixing", Mixing, acts_on=("T cell",), attack="car", geometries=("suspension",))


@numba.njit(cache=True)
def scatter(rows, kind, fate, partner, ids, place, lengths, time, dt, seed, step):
    """Put some of the free T cells in `rows` to random places; returns how many. Changes place."""
    moved = 0
    for m in range(rows.size):
        i = rows[m]
        if fate[i] != ALIVE or partner[i] >= 0:
            continue
        chance, x, y, z = draw4(seed, step, ids[i], MIXING)
        if chance < 1.0 - math.exp(-dt / time[kind[i]]):
            place[i, 0] = (x - 0.5) * lengths[0]
            place[i, 1] = (y - 0.5) * lengths[1]
            place[i, 2] = (z - 0.5) * lengths[2]
            moved += 1
    return moved


def advance(cells, rows: np.ndarray, numbers, box, seed: int, step: int, dt: float) -> int:
    """Mix the T cells in `rows` of a periodic box for dt [min]; returns how many were put elsewhere."""
    return scatter(
        rows,
        cells.type,
        cells.fate,
        cells.partner,
        cells.id,
        cells.place,
        box.lengths,
        numbers.time,
        dt,
        seed,
        step,
    )
