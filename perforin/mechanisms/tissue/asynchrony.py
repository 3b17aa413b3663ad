"""Asynchrony: the founders of a culture stand anywhere in their cycle.

A population that grows exponentially with cycles of length T holds more young cells than old ones: the age a of a
cell has the density 2 (ln 2 / T) 2^(-a/T) on 0 to T, so that a share of ln 2 / T per minute divides from the start.
Founders of one age would all divide at once, a cycle later.

Reads   id, cycle_duration
Writes  cycle_time [min]
"""

from __future__ import annotations

import math

import numba

from perforin.streams import SEEDING_PHASE, draw


@numba.njit(cache=True)
def phase(u):
    """The age of a cell as a share of its cycle, from a uniform number in (0, 1)."""
    return -math.log2(1.0 - 0.5 * u)


@numba.njit(cache=True)
def scatter_phases(ids, duration, time, first, last, seed):
    """Draw where in its cycle each founder stands. Changes time."""
    for i in range(first, last):
        time[i] = phase(draw(seed, 0, ids[i], SEEDING_PHASE)) * duration[i]


def start(cells, rows: slice, seed: int) -> None:
    """Put founders anywhere in their cycle, once its duration is drawn."""
    scatter_phases(cells.id, cells.cycle_duration, cells.cycle_time, rows.start, rows.stop, seed)
