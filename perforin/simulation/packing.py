"""Where the cells of a slab or block lie on day 0: a hexagonal lattice that closes over the periodic sides."""

from __future__ import annotations

import math
from itertools import product

import numpy as np

from perforin.errors import EngineError
from perforin.streams import SEEDING_PLACE, draw, founder_id

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
    return _lattice(edge, depth, across, rows, layers) - (0.0, 0.0, height / 2)


def block_packing(edge: float, density: float, fraction: float, seed: int, kind: int) -> np.ndarray:
    """(n, 3) float64 places [um] in a cubic block that is periodic all round, each taken with a chance of `fraction`.

    The lattice of a slab with an even number of layers, so that it closes upwards too; of the whole numbers around the
    wanted spacing those that stretch it least, and whose density comes nearest. density [cell/um^3].
    """
    spacing = (math.sqrt(2.0) / density) ** (1.0 / 3.0)
    ideal = np.array(
        [edge / spacing, edge / (spacing * math.sqrt(0.75)), edge / (spacing * math.sqrt(2.0 / 3.0))]
    )
    options = [(math.floor(ideal[0]), math.ceil(ideal[0]))]
    options += [(2 * math.floor(n / 2), 2 * math.ceil(n / 2)) for n in ideal[1:]]

    def misfit(counts: tuple[int, ...]) -> float:
        strain = np.log(np.array(counts) / ideal)
        return float((strain**2).sum() + 4.0 * strain.sum() ** 2)

    counts = min(product(*options), key=misfit)
    if min(counts) < LEAST_ACROSS:
        raise EngineError(
            f"a block {edge:.0f} um wide holds fewer than {LEAST_ACROSS} cells from side to side"
        )
    places = _lattice(edge, edge, *counts) - (0.0, 0.0, edge / 2)
    chance = [draw(seed, 0, np.uint64(founder_id(i, kind)), SEEDING_PLACE) for i in range(len(places))]
    taken = np.sort(np.argsort(chance, kind="stable")[: round(fraction * len(places))])
    return places[taken]


def _lattice(edge: float, depth: float, across: int, rows: int, layers: int) -> np.ndarray:
    """(n, 3) float64 places, x and y around the origin, z from the floor up [um]."""
    k, j, i = np.meshgrid(np.arange(layers), np.arange(rows), np.arange(across), indexing="ij")
    x = (i + 0.5 * (j % 2) + 0.5 * (k % 2)) * (edge / across)
    y = (j + (k % 2) / 3.0) * (edge / rows)
    z = (k + 0.5) * (depth / layers)
    return np.stack([x % edge - edge / 2, y % edge - edge / 2, z], axis=-1).reshape(-1, 3)
