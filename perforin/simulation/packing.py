"""Where the cells of a slab lie on day 0: a hexagonal lattice that closes over the periodic sides."""

from __future__ import annotations

import math

import numpy as np

from perforin.errors import EngineError

LEAST_ACROSS = 4  # cells from one periodic side to the other: fewer would be their own neighbours


def slab_packing(edge: float, depth: float, density: float, height: float) -> np.ndarray:
    """(n, 3) float64 places [um] of a slab `depth` thick on the floor of a box, `edge` wide and `height` high.

    Close packing (layers ABAB), stretched by a few per cent so that whole rows fit the sides and whole layers the
    depth; the count is within half a layer of density * edge^2 * depth. density [cell/um^3]. The first layer lies half
    a layer above the floor. Raises EngineError where the slab is too narrow or does not fit the box.
    """
    if depth > height:
        raise EngineError(f"a slab {depth:.0f} um deep does not fit a box {height:.0f} um high")
    spacing = (math.sqrt(2.0) / density) ** (1.0 / 3.0)
    across = round(edge / spacing)
    rows = 2 * round(edge / (spacing * math.sqrt(3.0)))
    if min(across, rows) < LEAST_ACROSS:
        raise EngineError(
            f"a slab {edge:.0f} um wide holds fewer than {LEAST_ACROSS} cells from side to side"
        )
    layers = max(1, round(density * edge**2 * depth / (across * rows)))
    k, j, i = np.meshgrid(np.arange(layers), np.arange(rows), np.arange(across), indexing="ij")
    x = (i + 0.5 * (j % 2) + 0.5 * (k % 2)) * (edge / across)
    y = (j + (k % 2) / 3.0) * (edge / rows)
    z = (k + 0.5) * (depth / layers)
    places = np.stack([x % edge - edge / 2, y % edge - edge / 2, z - height / 2], axis=-1)
    return places.reshape(-1, 3)
