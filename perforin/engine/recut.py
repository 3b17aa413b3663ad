"""The same box cut into other voxels: values move over by how the two grids overlap, and no amount is made or lost."""

from __future__ import annotations

import numpy as np


def overlaps(new: int, old: int) -> np.ndarray:
    """(new, old) share of each of `new` equal pieces of a length that lies in each of `old` ones; rows make 1."""
    low_new, low_old = np.arange(new)[:, None] / new, np.arange(old)[None] / old
    high = np.minimum(low_new + 1.0 / new, low_old + 1.0 / old)
    shared = np.maximum(high - np.maximum(low_new, low_old), 0.0) * new
    return shared / shared.sum(axis=1, keepdims=True)


def recut(values: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """(nz, ny, nx) float32 means over the voxels of a new shape. values (nz, ny, nx)."""
    found = values.astype(np.float64)
    for axis, pieces in enumerate(shape):
        share = overlaps(pieces, values.shape[axis])
        found = np.moveaxis(np.einsum("ab,b...->a...", share, np.moveaxis(found, axis, 0)), 0, axis)
    return np.ascontiguousarray(found, dtype=np.float32)
