"""What cells take from a field and give to it, gathered per voxel, and the balance that must come out even.

A cell lies in the voxel of its centre. The caller scales: a first-order uptake u [1/min] of a cell of volume V
is loss V/V_voxel u; secretion at rate s towards a saturation c* is gain V/V_voxel s c* and loss V/V_voxel s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.diffusion import Field
from perforin.engine.voxels import VoxelGrid, voxel_of


def deposit(
    places: np.ndarray,
    count: int,
    loss_per_cell: np.ndarray,
    gain_per_cell: np.ndarray,
    grid: VoxelGrid,
    loss: np.ndarray,
    gain: np.ndarray,
) -> None:
    """Add each cell's loss [1/min] and gain [unit/min] to the voxel of its centre.

    places                        (cap, 4) float32 [um], the first `count` rows are read
    loss_per_cell, gain_per_cell  (cap,) float32
    loss, gain                    (nz, ny, nx) float32, changed
    """
    _deposit(places, count, loss_per_cell, gain_per_cell, grid.corner, grid.spacing, loss, gain)


@numba.njit(cache=True)
def _deposit(places, count, loss_per_cell, gain_per_cell, corner, spacing, loss, gain):
    """Serial, in cell order: cells share voxels, and 4 ns per cell is less than colouring them would cost."""
    nz, ny, nx = loss.shape
    for i in range(count):
        z, y, x = voxel_of(places, i, corner, spacing, nz, ny, nx)
        loss[z, y, x] += loss_per_cell[i]
        gain[z, y, x] += gain_per_cell[i]


@dataclass(frozen=True)
class Balance:
    """Where a substance went, per minute, over the free voxels [unit um^3/min]."""

    gained: float  # given by cells
    taken: float  # taken up by cells
    decayed: float
    inflow: float  # out of held voxels into free ones

    @property
    def net(self) -> float:
        """What the free voxels gain: 0 in the steady state."""
        return self.gained + self.inflow - self.taken - self.decayed

    @property
    def turnover(self) -> float:
        """Everything that moved: the size to compare `net` with."""
        return self.gained + abs(self.inflow) + self.taken + self.decayed


def total_amount(field: Field) -> float:
    """Substance in the free voxels [unit um^3]."""
    return float(field.values[~field.held].sum(dtype=np.float64)) * field.grid.voxel_volume


def balance(field: Field) -> Balance:
    """The rates at the present values, summed in float64: `net` is the rate at which `total_amount` changes.

    After one backward Euler step net * dt equals the change of `total_amount` (with a zero-order switch: where no
    voxel has just run empty).
    """
    free = ~field.held
    c = field.values.astype(np.float64)
    taken = (field.loss * c)[free].sum(dtype=np.float64)
    if field.peak is not None:
        taken += _saturating(field, field.peak.astype(np.float64), c)[free].sum(dtype=np.float64)
    volume = field.grid.voxel_volume
    return Balance(
        gained=float(field.gain[free].sum(dtype=np.float64)) * volume,
        taken=float(taken) * volume,
        decayed=float(field.decay * c[free].sum()) * volume,
        inflow=_inflow(c, free) * float(field.kappa) * volume,
    )


def _saturating(field: Field, peak: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Saturating uptake per voxel [unit/min]; an empty voxel of the zero-order switch takes what reaches it."""
    if field.half_saturation > 0.0:
        return peak * c / (field.half_saturation + c)
    padded = np.pad(c, 1)
    around = sum(np.roll(padded, step, axis)[1:-1, 1:-1, 1:-1] for axis in range(3) for step in (-1, 1))
    return np.where(c > 0.0, peak, np.minimum(peak, field.gain + float(field.kappa) * around))


def _inflow(c: np.ndarray, free: np.ndarray) -> float:
    """Sum of (held - free) over all faces between a held and a free voxel."""
    total = 0.0
    for axis in range(3):
        values, open_ = np.moveaxis(c, axis, 0), np.moveaxis(free, axis, 0)
        step = values[1:] - values[:-1]
        total += float(step[open_[:-1] & ~open_[1:]].sum() - step[~open_[:-1] & open_[1:]].sum())
    return total
