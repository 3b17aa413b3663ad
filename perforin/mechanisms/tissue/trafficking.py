"""Trafficking: T cells enter a tissue through the surface that faces a fluid.

They come to lie on the surface, anywhere on it with the same chance: x and y uniform, z one radius above the tissue of
their column. A T cell in fluid has nothing to crawl on but the tissue below: it does not walk upwards.

Writes  rows, id, type, place, volumes; heading of T cells in fluid
"""

from __future__ import annotations

import numba
import numpy as np

from perforin.engine.voxels import voxel_of
from perforin.mechanisms.tissue import volume
from perforin.streams import FACE_PLACE, draw2, founder_id


def arrive_through_face(
    cells,
    many: int,
    kind: int,
    arrivals: int,
    box,
    surface: np.ndarray,
    volumes,
    seed: int,
    events,
    minute: float,
) -> slice:
    """Add `many` T cells of a type on the surface; `arrivals` counts those who came before them. Returns their rows.

    surface  (ny, nx) height of the tissue [um]
    """
    ids = np.array([founder_id(arrivals + k, kind) for k in range(many)], dtype=np.uint64)
    rows = cells.append(many, id=ids, type=kind)
    volume.start(cells, rows, volumes)
    land(cells.place, rows.start, rows.stop, cells.id, box.half, surface, seed)
    events.add(minute, "arrival", cells, np.arange(rows.start, rows.stop))
    return rows


@numba.njit(cache=True)
def land(place, first, last, ids, half, surface, seed):
    """Put the new T cells of rows first to last on the surface. Changes place."""
    ny, nx = surface.shape
    for i in range(first, last):
        u, v = draw2(seed, 0, ids[i], FACE_PLACE)
        place[i, 0], place[i, 1] = (2.0 * u - 1.0) * half[0], (2.0 * v - 1.0) * half[1]
        height = surface[min(int(v * ny), ny - 1), min(int(u * nx), nx - 1)]
        place[i, 2] = min(height + place[i, 3], half[2] - place[i, 3])


@numba.njit(cache=True)
def turn_back(rows, place, heading, tissue, corner, spacing):
    """T cells in fluid that were about to walk upwards walk downwards. Changes heading.

    rows (m,) int32 rows of the T cells; tissue (nz, ny, nx) bool
    """
    nz, ny, nx = tissue.shape
    for m in range(rows.size):
        i = rows[m]
        z, y, x = voxel_of(place, i, corner, spacing, nz, ny, nx)
        if not tissue[z, y, x] and heading[i, 2] > 0.0:
            heading[i, 2] = -heading[i, 2]
