"""Packed Verlet lists: who is near whom, valid until someone has moved half a skin.

Full lists (i lists j and j lists i), so that every cell sums its own forces and no thread writes for another.
Pair (i, j) is listed while d < max(reach (r_i + r_j), least) + skin.
"""

from __future__ import annotations

import numba
import numpy as np

from perforin.engine.grid import BLOCK, Bins, axis_bin


class Neighbours:
    """`listed[start[i]:stop[i]]` are the rows near row i.

    Each block of cells owns a stretch of `listed`, a little longer than the fullest block needed so far.
    """

    def __init__(self, bins: Bins, reach: float, least: float, skin: float) -> None:
        self.bins = bins
        self.edges = np.asarray(bins.box.edges, dtype=np.float32)
        self.periodic = np.asarray(bins.box.periodic)
        self.reach, self.least, self.skin = reach, least, skin
        self.start = np.zeros(0, dtype=np.int64)
        self.stop = np.zeros(0, dtype=np.int64)
        self.listed = np.empty(0, dtype=np.int32)
        self.anchor = np.empty((0, 3), dtype=np.float32)
        self._stretch = 16 * BLOCK

    def build(self, place: np.ndarray, ids: np.ndarray, count: int) -> None:
        """List the neighbours of the first `count` cells; remembers where they stood."""
        largest = float(place[:count, 3].max()) if count else 0.0
        cutoff = max(self.reach * 2 * largest, self.least) + self.skin
        bins = self.bins
        bins.build(place, ids, count, cutoff)
        if self.start.size < count:
            room = max(count, 2 * self.start.size)
            self.start, self.stop = np.zeros(room, dtype=np.int64), np.zeros(room, dtype=np.int64)
            self.anchor = np.empty((room, 3), dtype=np.float32)
        self.anchor[:count] = place[:count, :3]
        law = np.array([self.reach, self.least, self.skin], dtype=np.float32)
        blocks = (count + BLOCK - 1) // BLOCK
        needed = np.zeros(blocks, dtype=np.int64)
        while True:
            if self.listed.size < blocks * self._stretch:
                self.listed = np.empty(blocks * self._stretch, dtype=np.int32)
            list_neighbours(
                count, bins.packed, bins.order, bins.start, bins.shape, bins.box.half, bins.width, self.edges,
                self.periodic, law, self._stretch, self.start, self.stop, self.listed, needed,
            )  # fmt: skip
            fullest = int(needed.max(initial=0))
            if fullest < self._stretch:
                return
            self._stretch = int(1.25 * fullest)


@numba.njit(cache=True)
def _fill(own, x, y, z, a, b, packed, order, law, listed, slot, limit):
    """Write the neighbours of packed row `own`, seen from (x, y, z), among rows a to b; returns the next slot.

    Writes without asking and advances where it was right; stays below `limit`, so a full stretch is only noticed.
    """
    r = packed[own, 3]
    reach, least, skin = law[0], law[1], law[2]
    for k in range(a, b):
        dx, dy, dz = x - packed[k, 0], y - packed[k, 1], z - packed[k, 2]
        far = max(reach * (r + packed[k, 3]), least) + skin
        listed[min(slot, limit - 1)] = order[k]
        slot += (dx * dx + dy * dy + dz * dz < far * far) & (k != own)
    return slot


@numba.njit(cache=True)
def _steps(i, n, periodic):
    """First and last offset to visit along an axis of n bins, none beyond a closed wall."""
    if periodic:
        return -1, 1
    return (-1 if i > 0 else 0), (1 if i < n - 1 else 0)


@numba.njit(cache=True)
def _shift(i, n, edge):
    """How far a bin reached over the periodic wall is moved [um]."""
    if i < 0:
        return -edge
    if i >= n:
        return edge
    return np.float32(0.0)


@numba.njit(cache=True)
def _visit(own, packed, order, bin_start, shape, half, width, edges, periodic, law, listed, slot, limit):
    """Write the neighbours of packed row `own`, bin by bin; returns the next slot."""
    nx, ny, nz = shape[0], shape[1], shape[2]
    px, py, pz = packed[own, 0], packed[own, 1], packed[own, 2]
    ix = axis_bin(px, half[0], width[0], nx)
    iy = axis_bin(py, half[1], width[1], ny)
    iz = axis_bin(pz, half[2], width[2], nz)
    x0, x1 = _steps(ix, nx, periodic[0])
    y0, y1 = _steps(iy, ny, periodic[1])
    z0, z1 = _steps(iz, nz, periodic[2])
    inside = ix + x0 >= 0 and ix + x1 < nx  # then the bins along x are one contiguous range
    for oz in range(z0, z1 + 1):
        z = pz - _shift(iz + oz, nz, edges[2])
        for oy in range(y0, y1 + 1):
            y = py - _shift(iy + oy, ny, edges[1])
            base = (((iz + oz) % nz) * ny + (iy + oy) % ny) * nx
            for ox in range(x0, x0 + 1 if inside else x1 + 1):
                x = px - _shift(ix + ox, nx, edges[0])
                first = base + (ix + ox) % nx
                last = first + x1 - x0 if inside else first
                a, b = bin_start[first], bin_start[last + 1]
                slot = _fill(own, x, y, z, a, b, packed, order, law, listed, slot, limit)
    return slot


@numba.njit(cache=True, parallel=True)
def list_neighbours(
    count,
    packed,
    order,
    bin_start,
    shape,
    half,
    width,
    edges,
    periodic,
    law,
    stretch,
    start,
    stop,
    listed,
    needed,
):
    """Write every cell's neighbours into the stretch of its block.

    Changes start, stop, listed and needed, (blocks,) the slots each block wanted: more than `stretch` means that
    the lists are cut and must be written again with longer stretches.
    """
    for block in numba.prange((count + BLOCK - 1) // BLOCK):
        slot, limit = block * stretch, (block + 1) * stretch
        for own in range(block * BLOCK, min(count, (block + 1) * BLOCK)):
            row = order[own]
            start[row] = min(slot, limit)
            slot = _visit(
                own, packed, order, bin_start, shape, half, width, edges, periodic, law, listed, slot, limit
            )
            stop[row] = min(slot, limit)
        needed[block] = slot - block * stretch
