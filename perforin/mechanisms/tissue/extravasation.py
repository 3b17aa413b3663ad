"""Extravasation and egress: T cells enter a block along its open vessels and leave beside them.

Of all lengths of capillary, each is chosen with a chance that goes with how open it is and with the call of chemokines
at its wall. For a kind of T cell with receptors (chemotaxis) for some of them,

    call = product of 1 + (most - 1) c / (c + half),

and the share of the lesion's vessels that lets it in is the perfused fraction times the mean of open * call. A T cell
beside an open vessel that holds no target leaves at a rate.

Reads   type, fate, partner, place
Writes  rows, id, type, place, volumes
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from perforin.mechanisms.tissue import volume
from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.mechanisms.tissue.chemotaxis import Receptor
from perforin.mechanisms.tissue.vessels import Lines
from perforin.streams import EGRESS, VESSEL_WALL, draw, draw4, founder_id


def call(level: np.ndarray, most: float, half: float) -> np.ndarray:
    """How many times as many T cells enter where the chemokine has this level [1]."""
    return 1.0 + (most - 1.0) * level / (level + half)


def doors(
    lines: Lines, fields, grid, matrix: np.ndarray | None, receptors: Sequence[Receptor], kind: int
) -> np.ndarray:
    """(nz, n) open * call of a kind of T cell, by voxel along each line; 0 on lines without flow."""
    (iy, ix), nz = lines.columns(grid), grid.shape[0]
    weight = np.broadcast_to(lines.open(grid, matrix), (nz, lines.flows.size)).copy()
    for own in receptors:
        if own.kind == kind:
            weight *= call(fields[own.field].values[:, iy, ix].astype(np.float64), own.most, own.half)
    return weight


def share_of_vessels(lines: Lines, weight: np.ndarray) -> float:
    """The share of the vessels of the lesion that lets T cells in [1]: above 1 where chemokines call many."""
    return lines.share * float(weight.sum()) / (weight.shape[0] * float(lines.flows.sum()))


def beside_walls(
    lines: Lines, grid, weight: np.ndarray, ids: np.ndarray, radius: float, seed: int
) -> np.ndarray:
    """(m, 3) places of T cells of a radius [um] that have just come through a wall, within the box of the grid."""
    ways = np.cumsum(weight.ravel())
    places, edge = np.empty((ids.size, 3)), grid.shape[0] * grid.spacing
    for i, name in enumerate(ids):
        u, v, w, _ = draw4(seed, 0, name, VESSEL_WALL)
        z, line = divmod(min(int(np.searchsorted(ways, u * ways[-1])), ways.size - 1), weight.shape[1])
        off = lines.numbers.radius + radius
        angle = 2.0 * math.pi * w
        places[i, :2] = lines.place[line] + off * np.array([math.cos(angle), math.sin(angle)])
        places[i, 2] = (z + v) * grid.spacing - edge / 2.0
    return (places + edge / 2.0) % edge - edge / 2.0


def anywhere(ids: np.ndarray, edge: float, seed: int) -> np.ndarray:
    """(m, 3) places all over a block without vessels [um]."""
    return np.array([[(u - 0.5) * edge for u in draw4(seed, 0, name, VESSEL_WALL)[:3]] for name in ids])


def arrive(cells, kind: int, ids: np.ndarray, places: np.ndarray, volumes, events, minute: float) -> None:
    """Add T cells of a type at these places."""
    rows = cells.append(ids.size, id=ids, type=kind)
    volume.start(cells, rows, volumes)
    cells.place[rows, :3] = places
    events.add(minute, "arrival", cells, np.arange(rows.start, rows.stop))


def names_of(kind: int, before: int, many: int) -> np.ndarray:
    """(many,) uint64 ids of T cells that arrive after `before` others."""
    return np.array([founder_id(before + k, kind) for k in range(many)], dtype=np.uint64)


def leave(
    cells, t_cell: np.ndarray, lines: Lines, grid, matrix, seed: int, step: int, dt: float
) -> np.ndarray:
    """Rows of the T cells that leave in dt [min]. t_cell (n,) bool marks T cells."""
    free = t_cell & (cells.fate[: cells.count] == ALIVE) & (cells.partner[: cells.count] < 0)
    rows, edge = np.flatnonzero(free), grid.shape[0] * grid.spacing
    if not rows.size or lines.numbers.egress <= 0.0:
        return rows[:0]
    opening = lines.open(grid, matrix)
    apart = np.abs(cells.place[rows, None, :2].astype(np.float64) - lines.place[None])
    near = (np.minimum(apart, edge - apart) ** 2).sum(axis=-1) < lines.numbers.beside**2
    rate = lines.numbers.egress * (near * opening).max(axis=1)
    u = np.array(
        [
            draw(seed, step, name, EGRESS) if r > 0.0 else 1.0
            for name, r in zip(cells.id[rows], rate, strict=True)
        ]
    )
    return rows[u < -np.expm1(-rate * dt)]
