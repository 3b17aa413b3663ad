"""Brakes: what keeps each T cell below the hit rate of a fresh one in a dish, one factor for each cause.

    suppression  sqrt(product)              the tumour
    exhaustion   (1 - 0.7 X)(1 - 0.9 E)     its own history
    car_loss     share of its CARs that are on the surface
    and, where the run has them, one for each field that brakes killing (responses) and the checkpoint

Reads   tired, worn, car_level, felt
"""

from __future__ import annotations

import numba
import numpy as np

from perforin.mechanisms.tissue import responses as fields
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


def brake_of(
    cells, rows: np.ndarray, exhaustion, suppression, responses: fields.Responses | None = None,
    pair: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """(m, brakes) float64: what each brake leaves of the hit rate of the T cells in `rows`.

    responses  the effects of fields, if any; pair  (m,) what the checkpoint leaves on the cell each holds, if any
    """
    many = len(BRAKES) + (len(responses.brakes) if responses is not None else 0)
    out = np.ones((rows.size, many))
    root = float(np.sqrt(suppression.product[0]))
    n = exhaustion
    _fill(rows, cells.type, cells.tired, cells.worn, cells.car_level, root, n.loss_tired, n.loss_worn, out)
    if responses is not None:
        fields.brake(rows, cells.felt, responses.column, responses.most, out[:, len(BRAKES) :])
    return out if pair is None else np.column_stack([out, pair])
