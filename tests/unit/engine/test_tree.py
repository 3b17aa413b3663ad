"""Twenty thousand cells: the lists are those of a k-d tree, and what they do to each other adds up to nothing."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from perforin.engine.forces import NOBODY, contact_velocity
from perforin.engine.grid import Bins, Box
from perforin.engine.neighbours import Neighbours

COUNT, REACH, SKIN, EDGE, RADIUS = 20_000, 1.25, 2.5, 460.0, 8.0


@pytest.fixture(scope="module", params=[True, False], ids=["periodic", "closed"])
def tissue(request):
    """Cells of one size at the density of a tumour, at random, and their lists."""
    rng = np.random.default_rng(7)
    place = np.c_[rng.uniform(-EDGE / 2, EDGE / 2, (COUNT, 3)), np.full(COUNT, RADIUS)].astype(np.float32)
    box = Box((EDGE,) * 3, (request.param,) * 3)
    near = Neighbours(Bins(box), REACH, 0.0, SKIN)
    near.build(place, rng.permutation(COUNT).astype(np.uint64), COUNT)
    return place, box, near


def test_the_lists_are_those_of_a_k_d_tree(tissue):
    place, box, near = tissue
    around = np.mod(place[:, :3].astype(float) + EDGE / 2, EDGE)
    tree = cKDTree(around, boxsize=EDGE if box.periodic[0] else None)
    far = REACH * 2 * RADIUS + SKIN
    inner, outer = (
        tree.query_pairs(far + d, output_type="ndarray") for d in (-1e-3, 1e-3)
    )  # float32 at 230 um
    found = {(i, j) for i in range(COUNT) for j in near.listed[near.start[i] : near.stop[i]].tolist()}
    assert {(i, j) for a, b in inner.tolist() for i, j in ((a, b), (b, a))} <= found
    assert found <= {(i, j) for a, b in outer.tolist() for i, j in ((a, b), (b, a))}
    assert (near.stop - near.start)[:COUNT].sum() == len(found)
    assert len(found) > 9 * COUNT


def test_momentum_is_conserved(tissue):
    """Action equals reaction. Float32: each of some 14 terms of a sum of 4 um/min is right to 1e-7 of it."""
    place, box, near = tissue
    velocity = np.zeros((COUNT, 3), dtype=np.float32)
    push, hold, reach = (np.full((1, 1), x, dtype=np.float32) for x in (10.0, 0.4, 0.8))
    contact_velocity(
        place, np.zeros(COUNT, dtype=np.uint8), np.arange(COUNT, dtype=np.int32), near.start, near.stop, near.listed,
        near.edges, box.wrap, push, hold, reach, velocity, NOBODY,
    )  # fmt: skip
    total, size = velocity.sum(axis=0, dtype=float), np.abs(velocity).sum(dtype=float)
    assert np.abs(total).max() < 1e-6 * size
    if not box.periodic[0]:
        turn = np.cross(place[:, :3].astype(float), velocity.astype(float)).sum(axis=0)
        assert np.abs(turn).max() < 1e-6 * size * EDGE / 2
