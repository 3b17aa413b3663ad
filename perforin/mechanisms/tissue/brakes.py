"""Brakes: what keeps each T cell below the hit rate of a fresh one in a dish, one factor for each cause.

    suppression  sqrt(product)              the tumour
    exhaustion   (1 - 0.7 X)(1 - 0.9 E)     its own history
    car_loss     share of its CARs that are on the surface

Reads   tired, worn, car_level
"""

from __future__ import annotations

import numba
import numpy as np

from perforin.mechanisms.tissue.exhaustion import function
from perforin.mechanisms.tissue.exposure import BRAKES

__all__ = ["BRAKES", "brake_of"]


@numba.njit(cache=True)
def _fill(rows, kind, tired, worn, car_level, root, loss_tired, loss_worn, out):
    for m in range(rows.size):
        i = rows[m]
        t = kind[i]
        out[m, 0] = root
        out[m, 1] = function(tired[i], worn[i], loss_tired[t], loss_worn[t])
        out[m, 2] = car_level[i]


def brake_of(cells, rows: np.ndarray, exhaustion, suppression) -> np.ndarray:
    """(m, brakes) float64: what each brake leaves of the hit rate of the T cells in `rows`."""
    out = np.empty((rows.size, len(BRAKES)))
    root = float(np.sqrt(suppression.product[0]))
    n = exhaustion
    _fill(rows, cells.type, cells.tired, cells.worn, cells.car_level, root, n.loss_tired, n.loss_worn, out)
    return out
