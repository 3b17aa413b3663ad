"""The ladder of grids that multigrid climbs: each joins 2 x 2 x 2 voxels of the one below, down to a single voxel."""

from __future__ import annotations

import numba
import numpy as np

from perforin.engine.planes import EAST, WEST


class Levels:
    """The hierarchy of one grid and its held voxels: shapes, offsets into flat arrays, and those arrays."""

    def __init__(self, shape: tuple[int, int, int], held: np.ndarray) -> None:
        shapes, factors = _coarsen(shape)
        sizes = np.prod(shapes, axis=1)
        self.shapes = shapes
        self.starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.factors = factors
        total = int(self.starts[-1])
        self.free = np.zeros(total, dtype=np.float32)
        self.links = np.zeros(total, dtype=np.float32)
        self.flats = tuple(np.zeros(total, dtype=np.float32) for _ in range(5))
        self.direction, self.image, self.source = (np.zeros(shape, dtype=np.float32) for _ in range(3))
        self.sums = np.zeros((shape[0], shape[2]), dtype=np.float64)
        self.peaks = np.zeros((shape[0], shape[2]), dtype=np.float32)
        self.inside = np.zeros(total, dtype=np.uint8)
        for level, (_, ny, nx) in enumerate(shapes):
            x = np.arange(ny * nx) % nx
            self.inside[self.starts[level] :][: ny * nx] = WEST * (x > 0) + EAST * (x < nx - 1)
        most = min(numba.config.NUMBA_NUM_THREADS, shape[0])
        self.room = np.empty((most, 6 * shape[1] * shape[2]), dtype=np.float32)  # six planes for each thread
        self._trace_held(held)

    def work_in(self, other: Levels) -> None:
        """Solve in the arrays of another hierarchy of the same shape: nothing in them outlives a solve."""
        for name in ("flats", "direction", "image", "source", "sums", "peaks", "room"):
            setattr(self, name, getattr(other, name))

    def _trace_held(self, held: np.ndarray) -> None:
        """Which voxels of each level are free, and the links that joining turns into a pull to held voxels."""
        free = ~held
        self.view(self.free, 0)[:] = free
        for level in range(1, len(self.shapes)):
            coarse_free = _join(free.astype(np.float32)) > 0
            pull = _join(_links_to_held(free, coarse_free)) * self.factors[level - 1]
            self.view(self.free, level)[:] = coarse_free
            self.view(self.links, level)[:] = pull
            free = coarse_free

    def view(self, flat: np.ndarray, level: int) -> np.ndarray:
        """One level of a flat array, as (nz, ny, nx)."""
        return flat[self.starts[level] : self.starts[level + 1]].reshape(self.shapes[level])

    @property
    def sigma(self) -> np.ndarray:
        """The coefficient of each voxel, all levels in one [1/min]."""
        return self.flats[0]

    @property
    def inverse(self) -> np.ndarray:
        """One over the diagonal, 0 on held voxels, all levels in one [min]."""
        return self.flats[1]

    @property
    def scratch(self) -> tuple[np.ndarray, ...]:
        """What a solve works in on the finest level, and the room of its threads."""
        return self.direction, self.image, self.sums, self.peaks, self.room

    @property
    def tables(self) -> tuple[np.ndarray, ...]:
        """What the kernels need to walk the levels; `inside` holds the bits of `engine.planes`, a plane per level."""
        return self.shapes, self.starts, self.factors, self.free, self.links, self.inside


def _coarsen(shape: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Shapes of all levels down to one voxel, and kappa of each level relative to the finest."""
    shapes, factors = [list(shape)], [1.0]
    while max(shapes[-1]) > 1:
        axes = sum(n > 1 for n in shapes[-1])
        factors.append(factors[-1] * 2.0 ** (axes - 1) / 2.0)
        shapes.append([(n + 1) // 2 for n in shapes[-1]])
    return np.array(shapes, dtype=np.int64), np.array(factors, dtype=np.float32)


def _join(fine: np.ndarray) -> np.ndarray:
    """Sum of each 2 x 2 x 2 block."""
    padded = np.pad(fine, [(0, n % 2 if n > 1 else 1) for n in fine.shape])
    nz, ny, nx = (n // 2 for n in padded.shape)
    return padded.reshape(nz, 2, ny, 2, nx, 2).sum(axis=(1, 3, 5))


def _links_to_held(free: np.ndarray, coarse_free: np.ndarray) -> np.ndarray:
    """Links of each free voxel to held ones whose block is not held as a whole (those stay links below)."""
    block = coarse_free
    for axis, n in enumerate(free.shape):
        block = np.repeat(block, 2, axis=axis).take(np.arange(n), axis=axis)
    swallowed = ~free & block
    padded = np.pad(swallowed, 1)
    inner = tuple(slice(1, -1) for _ in range(3))
    count = np.zeros(free.shape, dtype=np.float32)
    for axis in range(3):
        for step in (-1, 1):
            count += np.roll(padded, step, axis=axis)[inner]
    return count * free
