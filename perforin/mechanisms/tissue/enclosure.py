"""Enclosure: which places of a tissue T cells cannot come to in time, since matrix stands in the way.

The walk of a T cell spreads as diffusion with M = v^2 P / 3, v its speed in the matrix and P its persistence. Over a
way through voxels of different M the time in which it spreads so far is

    T = (sum of length / sqrt(2 M))^2,    L^2 / (2 M) in a uniform matrix,

the least over all ways through open voxels (Dijkstra on voxels and their 26 neighbours; a corner is cut only where all
voxels around it are open). The sums of length / sqrt(M) are the distances by which first arrivals of a diffusion fall
off (Varadhan 1967). A place is shut out when T exceeds the time that there was, and would not without matrix.

Reads   density of the matrix, where T cells are and come in
Writes  nothing: a flag for the record
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from perforin.mechanisms.tissue.passage import Ground, drag

HALF = [way for way in itertools.product((-1, 0, 1), repeat=3) if way > (0, 0, 0)]
AROUND = np.array(list(itertools.product((-1.0, 0.0, 1.0), repeat=3)))


def slowness(density: np.ndarray, kind: int, speed: float, persistence: float, ground: Ground) -> np.ndarray:
    """1 / sqrt(2 M) of one type in every voxel [sqrt(min)/um]; infinite where it does not enter."""
    v = speed * drag(density.astype(np.float64), ground.half[kind], ground.steepness[kind])
    open_ = density < ground.closed[kind]
    spread = np.sqrt(np.where(open_ & (v > 0.0), 2.0 / 3.0 * v * v * persistence, 1.0))
    return np.where(open_ & (v > 0.0), 1.0 / spread, np.inf)


def times(
    slow: np.ndarray, sources: np.ndarray, spacing: float, periodic: tuple[bool, bool, bool], most: float
) -> np.ndarray:
    """(nz, ny, nx) time of the quickest way from any source [min]; infinite beyond `most`.

    slow  (nz, ny, nx) as of `slowness`; sources (nz, ny, nx) bool; periodic along x, y, z
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    begin = np.flatnonzero(sources & np.isfinite(slow))
    if not begin.size:
        return np.full(slow.shape, np.inf)
    rows, columns, lengths = _ways(slow, spacing, periodic[::-1])
    graph = csr_matrix((lengths, (rows, columns)), shape=(slow.size, slow.size))
    sums = dijkstra(graph, directed=False, indices=begin, min_only=True, limit=math.sqrt(most) * (1.0 + 1e-9))
    return np.square(sums).reshape(slow.shape)


def _ways(
    slow: np.ndarray, spacing: float, periodic: tuple[bool, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of neighbouring voxels that are open to each other, and what the way between them adds."""
    number, open_ = np.arange(slow.size).reshape(slow.shape), np.isfinite(slow)
    pairs = []
    for way in HALF:
        free = open_ & _inside(slow.shape, way, periodic)
        for part in itertools.product(*({0, step} for step in way)):
            free &= np.roll(open_, [-step for step in part], axis=(0, 1, 2))
        there = np.roll(number, [-step for step in way], axis=(0, 1, 2))[free]
        here = number[free]
        apart = spacing * math.sqrt(sum(step * step for step in way))
        pairs.append((here, there, 0.5 * apart * (slow.ravel()[here] + slow.ravel()[there])))
    rows, columns, lengths = (np.concatenate(part) for part in zip(*pairs, strict=True))
    other = rows != columns  # a periodic box of one voxel is its own neighbour
    return rows[other], columns[other], lengths[other]


def _inside(shape: tuple[int, ...], way: tuple[int, ...], periodic: tuple[bool, ...]) -> np.ndarray:
    """Which voxels have their neighbour in that direction within the box, or round the corner."""
    inside = np.ones(shape, dtype=bool)
    for axis, step in enumerate(way):
        if step and not periodic[axis]:
            at = [slice(None)] * 3
            at[axis] = slice(-1, None) if step > 0 else slice(0, 1)
            inside[tuple(at)] = False
    return inside


def reached(place: np.ndarray, reach: np.ndarray, times_: np.ndarray, grid, box) -> np.ndarray:
    """(n,) the least time of the voxels from which a T cell touches each place (n, 3), `reach` (n,) [um] away."""
    least = np.full(len(place), np.inf)
    size, wraps = np.asarray(box.lengths, dtype=np.float64), np.asarray(box.periodic)
    for way in AROUND:
        length = np.linalg.norm(way)
        point = place + (way / length if length else way) * reach[:, None]
        point = np.where(wraps, point - size * np.round(point / size), point)
        least = np.minimum(least, times_[grid.holding(point)])
    return least
