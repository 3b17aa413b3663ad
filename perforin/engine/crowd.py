"""Walkers among the many that rest: pairs of which one walks are listed apart and stepped in smaller steps.

A walking cell is small, pushes hard and goes as far in a minute as tissue relaxes in an hour. So its pairs are taken
out of the lists of the others: within each step of the tissue the walkers, and those that they can touch, are moved
in several small ones by the forces of these pairs alone (a splitting of first order in the step of the tissue).
Every walker lists all it may touch in that time, and whoever is listed lists the walkers back, so that each cell sums
its own forces and no thread writes for another.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from perforin.engine.grid import BLOCK, Bins, Box
from perforin.engine.motion import moved, squared_way
from perforin.engine.neighbours import Neighbours


class Pairs(NamedTuple):
    """`listed[start[i]:stop[i]]` are the rows that act on row i."""

    start: np.ndarray
    stop: np.ndarray
    listed: np.ndarray


class Crowd:
    """Who is near each walker, and which walkers are near each of the others."""

    def __init__(self, box: Box, reach: float, skin: float) -> None:
        self.box = box
        self.skin = skin
        self.near = Neighbours(Bins(box), reach, 0.0, skin)
        self.touched = np.empty(0, dtype=np.int32)
        self.back = Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32))
        self._walks = np.empty(0, dtype=np.bool_)

    def gather(self, place: np.ndarray, ids: np.ndarray, count: int, walkers: np.ndarray) -> None:
        """List who is near the `walkers` (m,) int32, both ways; good until one has gone half a skin."""
        self._walks = np.zeros(count, dtype=np.bool_)
        self._walks[walkers] = True
        near = self.near
        near.build(place, ids, count, seekers=self._walks)
        start, stop = np.zeros(count + 1, dtype=np.int64), np.zeros(count, dtype=np.int64)
        count_back(walkers, near.start, near.stop, near.listed, self._walks, start)
        listed = np.empty(int(start[-1]), dtype=np.int32)
        stop[:] = start[:-1]
        list_back(walkers, near.start, near.stop, near.listed, self._walks, stop, listed)
        self.back = Pairs(start, stop, listed)
        self.touched = np.flatnonzero(stop > start[:-1]).astype(np.int32)


@numba.njit(cache=True)
def count_back(walkers, start, stop, listed, walks, ends):
    """Set ends[j + 1] to the walkers listed with rows up to j that do not walk. Changes ends, zeros before."""
    for m in range(walkers.size):
        for k in range(start[walkers[m]], stop[walkers[m]]):
            if not walks[listed[k]]:
                ends[listed[k] + 1] += 1
    for j in range(ends.size - 1):
        ends[j + 1] += ends[j]


@numba.njit(cache=True)
def list_back(walkers, start, stop, listed, walks, slot, back):
    """Write each walker into the lists of those it listed, in the order of `walkers`. Changes slot and back."""
    for m in range(walkers.size):
        i = walkers[m]
        for k in range(start[i], stop[i]):
            j = listed[k]
            if not walks[j]:
                back[slot[j]] = i
                slot[j] += 1


@numba.njit(cache=True, parallel=True)
def step(rows, place, velocity, dt, guard, flat, half, edges, periodic, wrap, anchor, drift, guarded):
    """One Euler step of the cells in `rows`, none farther than the guard. Changes place, drift and guarded.

    drift    (blocks,) float32 [um^2], set to the largest squared way from the anchor (inf when not finite)
    guarded  (blocks,) int64, set to how many cells met the guard
    """
    for block in numba.prange((rows.size + BLOCK - 1) // BLOCK):
        largest, met = np.float32(0.0), 0
        for m in range(block * BLOCK, min(rows.size, (block + 1) * BLOCK)):
            i = rows[m]
            mx, my, mz = dt * velocity[i, 0], dt * velocity[i, 1], dt * velocity[i, 2]
            met += moved(i, mx, my, mz, place, guard, flat, half, edges, periodic)
            largest = max(largest, squared_way(i, place, anchor, edges, wrap))
        drift[block] = largest
        guarded[block] = met
