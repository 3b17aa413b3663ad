"""The box that cells live in, and the bins that make neighbours cheap to find.

The box is centred on the local origin, so float32 positions keep their precision. Along a periodic axis a cell
that leaves on one side enters on the other; along a closed one it stops at the wall.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np

from perforin.engine.cells import grown
from perforin.errors import EngineError

BLOCK = 256  # cells per parallel block: fixed, so that results do not depend on the number of threads


@dataclass(frozen=True)
class Box:
    """Edge lengths [um] and which axes are periodic."""

    edges: tuple[float, float, float]
    periodic: tuple[bool, bool, bool]
    flat: bool = False

    @cached_property
    def lengths(self) -> np.ndarray:
        """(3,) float32 edge lengths [um]."""
        return np.asarray(self.edges, dtype=np.float32)

    @cached_property
    def half(self) -> np.ndarray:
        """(3,) float32 half edge lengths [um]."""
        return self.lengths / np.float32(2)

    @cached_property
    def wrap(self) -> np.ndarray:
        """(3,) float32: half the edge where separations wrap, infinite where they do not [um]."""
        return np.where(self.periodic, self.half, np.float32(np.inf)).astype(np.float32)


class Bins:
    """Some cells sorted into cubic bins: `order[start[b]:start[b + 1]]` are the rows in bin b, by id.

    Bin index is (iz * ny + iy) * nx + ix. `packed` holds the places in that order, `sorted` the rows in it, and
    `strayed` how far one of each bin may have gone since [um, rounded up], for whoever searches the bins later.
    """

    def __init__(self, box: Box) -> None:
        self.box = box
        self.shape = np.ones(3, dtype=np.int64)  # nx, ny, nz
        self.order = np.empty(0, dtype=np.int32)
        self.start = np.zeros(2, dtype=np.int32)
        self.packed = np.empty((0, 4), dtype=np.float32)
        self.strayed = np.zeros(1, dtype=np.uint8)
        self._index = np.empty(0, dtype=np.int32)
        self._count = 0

    @property
    def sorted(self) -> np.ndarray:
        """(members,) int32 the rows that were sorted, in bin order."""
        return self.order[: self._count]

    def build(self, place: np.ndarray, ids: np.ndarray, rows: np.ndarray, edge: float) -> None:
        """Sort the cells in `rows` into bins at least `edge` [um] wide."""
        self.shape = np.array(
            [max(1, math.floor(length / edge)) for length in self.box.edges], dtype=np.int64
        )
        if np.any(self.shape[np.asarray(self.box.periodic)] < 3):
            raise EngineError(
                f"a periodic box of {self.box.edges} um is narrower than three bins of {edge:.1f} um"
            )
        count = self._count = rows.size
        if self.order.size < count:
            room = max(count, grown(self.order.size))
            self.order = np.empty(room, dtype=np.int32)
            self.packed = np.empty((room, 4), dtype=np.float32)
            self._index = np.empty(room, dtype=np.int32)
        bins = int(self.shape.prod())
        if self.start.size != bins + 1:
            self.start = np.zeros(bins + 1, dtype=np.int32)
            self.strayed = np.zeros(bins, dtype=np.uint8)
        self.strayed[:] = 0
        width = (np.asarray(self.box.edges) / self.shape).astype(np.float32)
        sort_into_bins(
            place,
            ids,
            rows,
            self.box.half,
            width,
            self.shape,
            self._index,
            self.start,
            self.order,
            self.packed,
        )

    @property
    def width(self) -> np.ndarray:
        """(3,) float32 bin edge lengths [um]."""
        return (np.asarray(self.box.edges) / self.shape).astype(np.float32)


@numba.njit(cache=True)
def farthest(place, kind, role, wanted, count, axes):
    """Largest distance from the local origin [um], over `axes` axes, of cells whose kind has the wanted role."""
    largest = 0.0
    for i in range(count):
        if role[kind[i]] == wanted:
            squared = 0.0
            for axis in range(axes):
                squared += float(place[i, axis]) * float(place[i, axis])
            largest = max(largest, squared)
    return math.sqrt(largest)


@numba.njit(cache=True, error_model="numpy")
def axis_bin(x, half, width, n):
    """Bin number along one axis, clamped to the box."""
    i = int(math.floor((x + half) / width))
    return min(max(i, 0), n - 1)


@numba.njit(cache=True, error_model="numpy")
def bin_of(place, i, half, width, shape):
    """Bin of row i."""
    ix = axis_bin(place[i, 0], half[0], width[0], shape[0])
    iy = axis_bin(place[i, 1], half[1], width[1], shape[1])
    iz = axis_bin(place[i, 2], half[2], width[2], shape[2])
    return (iz * shape[1] + iy) * shape[0] + ix


@numba.njit(cache=True, error_model="numpy")
def sort_into_bins(place, ids, rows, half, width, shape, index, start, order, packed):
    """Counting sort by bin, then by id inside a bin: the order depends on where cells are, not on history.

    rows (members,) int32. Changes index, start, order, packed.
    """
    count = rows.size
    start[:] = 0
    for k in range(count):
        b = bin_of(place, rows[k], half, width, shape)
        index[k] = b
        start[b + 1] += 1
    for b in range(start.size - 1):
        start[b + 1] += start[b]
    for k in range(count):  # start[b] runs ahead to the end of its bin ...
        b = index[k]
        slot = start[b]
        start[b] += 1
        order[slot] = rows[k]
    for b in range(start.size - 1, 0, -1):  # ... and is set back here
        start[b] = start[b - 1]
    start[0] = 0
    for b in range(start.size - 1):
        for k in range(start[b] + 1, start[b + 1]):
            row = order[k]
            key = ids[row]
            j = k - 1
            while j >= start[b] and ids[order[j]] > key:
                order[j + 1] = order[j]
                j -= 1
            order[j + 1] = row
    for k in range(count):
        for a in range(4):
            packed[k, a] = place[order[k], a]
