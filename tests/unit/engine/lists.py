"""Cells in boxes, and brute force for whom they have as neighbours."""

import numpy as np
from hypothesis import strategies as st

from perforin.engine.grid import Box

SKIN = 2.5
BOXES = (
    Box((130.0, 110.0, 150.0), (True, True, True)),
    Box((130.0, 110.0, 150.0), (False, False, False)),
    Box((120.0, 140.0, 30.0), (True, True, False)),
    Box((25.0, 200.0, 90.0), (False, True, True)),
)
TABLE = {
    "repulsion": np.array([[10.0, 22.36068], [22.36068, 50.0]], dtype=np.float32),
    "adhesion": np.array([[0.4, 0.0], [0.0, 0.0]], dtype=np.float32),
    "near": np.full((2, 2), 0.8, dtype=np.float32),
}
seeds, boxes = st.integers(0, 2**32), st.sampled_from(BOXES)


def crowd(seed, count, box, largest=9.0):
    """Cells of mixed size in clumps and alone, some exactly on the walls."""
    rng = np.random.default_rng(seed)
    half = box.half.astype(float)
    place = np.empty((count, 4), dtype=np.float32)
    clumped = rng.uniform(-half, half, 3) + rng.normal(0, 12, (count, 3))
    alone = rng.uniform(-half, half, (count, 3))
    inside = np.where(rng.random((count, 1)) < 0.4, clumped, alone)
    on_wall = rng.random((count, 3)) < 0.03
    place[:, :3] = np.clip(np.where(on_wall, -half, inside), -half, half * (1 - 1e-6))
    place[:, 3] = rng.uniform(2, largest, count)
    return place, rng.integers(0, 2**63, count, dtype=np.uint64)


def distances(place, box):
    """(n, n) float64, the shorter way round where an axis is periodic, infinite on the diagonal."""
    way = place[:, None, :3].astype(float) - place[None, :, :3]
    edges = np.where(box.periodic, box.edges, np.inf)
    way -= np.where(box.periodic, np.round(way / edges) * box.edges, 0.0)
    d = np.sqrt((way**2).sum(axis=2))
    np.fill_diagonal(d, np.inf)
    return d


def listed(neighbours, count):
    return [neighbours.listed[neighbours.start[i] : neighbours.stop[i]] for i in range(count)]


def as_matrix(neighbours, count):
    matrix = np.zeros((count, count), dtype=int)
    for i, row in enumerate(listed(neighbours, count)):
        np.add.at(matrix[i], row, 1)
    return matrix


def reach_of(place, least, reach=1.25):
    return np.maximum(reach * (place[:, None, 3].astype(float) + place[None, :, 3]), least)
