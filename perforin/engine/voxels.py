"""The regular grid that fields live on: cubes of one edge length filling a box around the local origin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np


@dataclass(frozen=True)
class VoxelGrid:
    """Where each voxel lies. Arrays on it are (nz, ny, nx); positions are (x, y, z) [um]."""

    shape: tuple[int, int, int]  # (nz, ny, nx)
    spacing: float  # um
    origin: tuple[float, float, float]  # lowest corner of the box, (x, y, z) [um]

    @classmethod
    def of_box(cls, box: tuple[float, float, float], spacing: float) -> VoxelGrid:
        """The grid that covers a box of these edge lengths (x, y, z), centred at the local origin."""
        counts = [max(1, math.ceil(edge / spacing - 1e-6)) for edge in box]
        corner = [-0.5 * n * spacing for n in counts]
        return cls((counts[2], counts[1], counts[0]), spacing, (corner[0], corner[1], corner[2]))

    @property
    def voxels(self) -> int:
        """How many there are."""
        return self.shape[0] * self.shape[1] * self.shape[2]

    @property
    def voxel_volume(self) -> float:
        """Volume of one voxel [um^3]."""
        return self.spacing**3

    @property
    def corner(self) -> np.ndarray:
        """The lowest corner as (3,) float64, for kernels."""
        return np.array(self.origin, dtype=np.float64)

    def centres(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Coordinates x, y, z [um] of the voxel centres, shaped to broadcast to (nz, ny, nx)."""
        nz, ny, nx = self.shape
        x, y, z = (
            o + self.spacing * (np.arange(n) + 0.5) for o, n in zip(self.origin, (nx, ny, nz), strict=True)
        )
        return x[None, None, :], y[None, :, None], z[:, None, None]

    def holding(self, places: np.ndarray) -> tuple[np.ndarray, ...]:
        """(iz, iy, ix), each (n,), of the voxels that hold places (n, 3 or more) [um]; (iy, ix) of places (n, 2).

        A place outside the box gets the nearest voxel.
        """
        axes = min(places.shape[1], 3)
        index = np.floor((places[:, :axes].astype(np.float64) - self.corner[:axes]) / self.spacing)
        most = np.array(self.shape[::-1][:axes]) - 1
        return tuple(np.clip(index.astype(np.int64), 0, most).T[::-1])

    def index(self, position: tuple[float, float, float]) -> tuple[int, int, int]:
        """The voxel (iz, iy, ix) that holds a position; a position outside the box gets the nearest voxel."""
        place = np.array([position], dtype=np.float32)
        iz, iy, ix = voxel_of(place, 0, self.corner, self.spacing, *self.shape)
        return int(iz), int(iy), int(ix)


@numba.njit(cache=True, inline="always")
def voxel_of(places, cell, corner, spacing, nz, ny, nx):
    """The voxel (iz, iy, ix) of one cell's centre, clamped to the box.

    places  (n, 3 or more) float32 [um]: x, y, z first
    corner  (3,) float64 [um]; spacing [um]
    """
    ix = int(math.floor((places[cell, 0] - corner[0]) / spacing))
    iy = int(math.floor((places[cell, 1] - corner[1]) / spacing))
    iz = int(math.floor((places[cell, 2] - corner[2]) / spacing))
    return min(max(iz, 0), nz - 1), min(max(iy, 0), ny - 1), min(max(ix, 0), nx - 1)


@numba.njit(cache=True)
def gradient_at(values, k, j, i, spacing):
    """(d/dx, d/dy, d/dz) of values (nz, ny, nx) at voxel (k, j, i): central differences, one-sided at the walls."""
    nz, ny, nx = values.shape
    ia, ib = max(i - 1, 0), min(i + 1, nx - 1)
    ja, jb = max(j - 1, 0), min(j + 1, ny - 1)
    ka, kb = max(k - 1, 0), min(k + 1, nz - 1)
    return (
        (values[k, j, ib] - values[k, j, ia]) / (max(ib - ia, 1) * spacing),
        (values[k, jb, i] - values[k, ja, i]) / (max(jb - ja, 1) * spacing),
        (values[kb, j, i] - values[ka, j, i]) / (max(kb - ka, 1) * spacing),
    )
