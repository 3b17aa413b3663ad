"""Infusion: CAR-T cells are put into the medium around the organoid.

Each T cell is dropped uniformly at random in the box, farther than `clearance` from the tumour, whose radius is
the largest distance of a tumour cell from the centre. In a monolayer they land in the plane of the cells.

Writes  rows, id, type, place, volumes
"""

from __future__ import annotations

import numba
import numpy as np

from perforin.errors import EngineError
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue import volume
from perforin.streams import ARRIVAL, draw4, founder_id

DECLARATION = Mechanism("infusion", None, (), ("arrival",))
MOST_TRIES = 10_000


@numba.njit(cache=True)
def drop(place, first, last, ids, half, clear_radius, plane, flat, seed):
    """Find a free place for every new T cell; returns how many found none. Changes place."""
    lost = 0
    for i in range(first, last):
        found = False
        for attempt in range(MOST_TRIES):
            u, v, w, _ = draw4(seed, attempt, ids[i], ARRIVAL)
            x, y, z = (2.0 * u - 1.0) * half[0], (2.0 * v - 1.0) * half[1], (2.0 * w - 1.0) * half[2]
            if flat:
                z = plane
            if flat or x * x + y * y + z * z > clear_radius * clear_radius:
                place[i, 0], place[i, 1], place[i, 2] = x, y, z
                found = True
                break
        lost += not found
    return lost


def arrive(
    cells,
    many: int,
    kind: int,
    arrivals: int,
    box,
    clear_radius: float,
    volumes,
    seed: int,
    events,
    minute: float,
) -> None:
    """Add `many` T cells of a type; `arrivals` counts those who came before them."""
    ids = np.array([founder_id(arrivals + k, kind) for k in range(many)], dtype=np.uint64)
    rows = cells.append(many, id=ids, type=kind)
    volume.start(cells, rows, volumes)
    floor = float(cells.place[rows.start, 3] - box.half[2]) if many else 0.0
    plane = float(cells.place[0, 2]) if rows.start else floor
    lost = drop(cells.place, rows.start, rows.stop, cells.id, box.half, clear_radius, plane, box.flat, seed)
    if lost:
        raise EngineError(
            f"no room for {lost} of {many} T cells farther than {clear_radius:.0f} um from the centre"
        )
    events.add(minute, "arrival", cells, np.arange(rows.start, rows.stop))
