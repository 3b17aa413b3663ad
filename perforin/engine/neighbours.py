"""Packed Verlet lists: who is near whom, valid until someone has moved half a skin.

Full lists (i lists j and j lists i), so that every cell sums its own forces and no thread writes for another.
Pair (i, j) is listed while d < max(reach (r_i + r_j), least) + skin.
"""

from __future__ import annotations

import numba
import numpy as np

from perforin.engine.grid import BLOCK, Bins, axis_bin


class Neighbours:
    """`listed[start[i]:start[i + 1]]` are the rows near row i."""

    def __init__(self, bins: Bins, reach: float, least: float, skin: float) -> None:
        self.bins = bins
        self.reach, self.least, self.skin = reach, least, skin
        self.edges = np.asarray(bins.box.edges, dtype=np.float32)
        self.periodic = np.asarray(bins.box.periodic)
        self.start = np.zeros(1, dtype=np.int64)
        self.listed = np.empty(0, dtype=np.int32)
        self.anchor = np.empty((0, 3), dtype=np.float32)

    def build(self, place: np.ndarray, ids: np.ndarray, count: int) -> None:
        """List the neighbours of the first `count` cells; remembers where they stood."""
        largest = float(place[:count, 3].max()) if count else 0.0
        cutoff = max(self.reach * 2 * largest, self.least) + self.skin
        bins = self.bins
        bins.build(place, ids, count, cutoff)
        if self.start.size < count + 1:
            self.start = np.zeros(max(count + 1, 2 * self.start.size), dtype=np.int64)
            self.anchor = np.empty((self.start.size, 3), dtype=np.float32)
        self.anchor[:count] = place[:count, :3]
        shared = (bins.packed, bins.order, bins.start, bins.shape, bins.box.half, bins.width, self.edges)
        law = np.array([self.reach, self.least, self.skin], dtype=np.float32)
        list_neighbours(count, *shared, self.periodic, law, self.start, self.listed, 0)
        total, most = running_sum(self.start, count)
        if self.listed.size < total:
            self.listed = np.empty(int(1.25 * total), dtype=np.int32)
        list_neighbours(count, *shared, self.periodic, law, self.start, self.listed, most)


@numba.njit(cache=True)
def running_sum(start, count):
    """Turn counts at start[i + 1] into offsets; returns the total and the largest count."""
    start[0] = 0
    most = np.int64(0)
    for i in range(count):
        most = max(most, start[i + 1])
        start[i + 1] += start[i]
    return start[count], most


@numba.njit(cache=True)
def _count(own, x, y, z, a, b, packed, reach, least, skin):
    """How many of packed rows a to b are neighbours of packed row `own` seen from (x, y, z)."""
    r = packed[own, 3]
    found = 0
    for k in range(a, b):
        dx, dy, dz = x - packed[k, 0], y - packed[k, 1], z - packed[k, 2]
        limit = max(reach * (r + packed[k, 3]), least) + skin
        found += dx * dx + dy * dy + dz * dz < limit * limit
    return found - (a <= own < b)


@numba.njit(cache=True)
def _fill(own, x, y, z, a, b, packed, order, reach, least, skin, listed, slot):
    """Write the same neighbours from `slot` on; returns the next free slot (one beyond may be scribbled on)."""
    r = packed[own, 3]
    for k in range(a, b):
        dx, dy, dz = x - packed[k, 0], y - packed[k, 1], z - packed[k, 2]
        limit = max(reach * (r + packed[k, 3]), least) + skin
        listed[slot] = order[k]
        slot += (dx * dx + dy * dy + dz * dz < limit * limit) & (k != own)
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
def _visit(
    own, packed, order, bin_start, shape, half, width, edges, periodic, law, start, listed, slot, fill
):
    """Count or write the neighbours of packed row `own`, bin by bin; returns slot advanced by their number."""
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
                if fill:
                    slot = _fill(own, x, y, z, a, b, packed, order, law[0], law[1], law[2], listed, slot)
                else:
                    slot += _count(own, x, y, z, a, b, packed, law[0], law[1], law[2])
    return slot


@numba.njit(cache=True, parallel=True)
def list_neighbours(
    count, packed, order, bin_start, shape, half, width, edges, periodic, law, start, listed, most
):
    """Count (most 0: into start[i + 1]) or write (most of any cell: into listed) the neighbours of every cell."""
    fill = most > 0
    for block in numba.prange((count + BLOCK - 1) // BLOCK):
        scratch = np.empty(most + 1, dtype=np.int32)  # _fill scribbles one beyond
        for own in range(block * BLOCK, min(count, (block + 1) * BLOCK)):
            row = order[own]
            found = _visit(
                own,
                packed,
                order,
                bin_start,
                shape,
                half,
                width,
                edges,
                periodic,
                law,
                start,
                scratch,
                0,
                fill,
            )
            if fill:
                for k in range(found):
                    listed[start[row] + k] = scratch[k]
            else:
                start[row + 1] = found
