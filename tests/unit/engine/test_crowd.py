"""Walkers among those that rest: each pair is listed on both sides, and small steps agree with one step for all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lists import SKIN, TABLE, as_matrix, boxes, crowd, distances, reach_of, seeds
from numpy.testing import assert_allclose

from perforin.engine.cells import Cells
from perforin.engine.crowd import Crowd, Pairs, give_way, step
from perforin.engine.forces import NOBODY, contact_velocity
from perforin.engine.grid import Bins, Box
from perforin.engine.neighbours import Neighbours


def gathered(box, place, ids, walks, least=0.0):
    tissue = Neighbours(Bins(box), 1.25, 0.0, SKIN)
    tissue.build(place, ids, len(place), np.flatnonzero(~walks).astype(np.int32))
    found = Crowd(box, 1.25, least, SKIN)
    found.gather(place, ids, len(place), np.flatnonzero(walks).astype(np.int32), tissue, 0.0)
    return found


def listing(found, count):
    """Who lists each of the others: `back` says where in the lists of the walkers."""
    near, holder = found.near, np.full(found.near.listed.size, -1)
    for i in range(count):
        holder[near.start[i] : near.stop[i]] = i
    return Pairs(found.back.start, found.back.stop, holder[found.back.listed])


@settings(max_examples=60)
@given(seeds, st.integers(1, 220), boxes, st.sampled_from([0.0, 17.0]))
def test_a_walker_lists_everybody_near_and_the_resting_list_the_walkers_near(seed, count, box, least):
    place, ids = crowd(seed, count, box)
    walks = np.random.default_rng(seed + 1).random(count) < 0.2
    found = gathered(box, place, ids, walks, least)
    d, cut = distances(place, box), reach_of(place, least) + SKIN
    clear = abs(d - cut) > 1e-4  # float32 cannot tell nearer to the bound
    near = (d < cut) & clear
    forth, back = as_matrix(found.near, count), as_matrix(listing(found, count), count)
    assert (forth[clear] == (near & walks[:, None])[clear]).all()
    assert (back[clear] == (near & ~walks[:, None] & walks)[clear]).all()
    assert (back.sum(axis=1) > 0).nonzero()[0].tolist() == found.touched.tolist()


def velocities(rows, pairs, place, kind, box, velocity, acts=NOBODY):
    contact_velocity(
        place, kind, rows, pairs.start, pairs.stop, pairs.listed, box.lengths, box.wrap,
        TABLE["repulsion"], TABLE["adhesion"], TABLE["near"], velocity, acts,
    )  # fmt: skip


def given_way(found, place, box, count):
    """(n, 3) the velocity of those whom walkers touch, from how far one step took them."""
    open_box, after = Box((1e6,) * 3, (False,) * 3), place.copy()
    blocks = max(1, (found.touched.size + 255) // 256)
    drift, guarded = np.zeros(blocks, np.float32), np.zeros(blocks, np.int64)
    give_way(
        found.touched, tuple(found.back), found.acts, after, np.float32(1.0), np.float32(1e6), False, open_box.half,
        open_box.lengths, np.array(open_box.periodic), open_box.wrap, place[:, :3].copy(), drift, guarded,
    )  # fmt: skip
    moved = after[:, :3] - place[:, :3]
    assert_allclose(drift.max(), (moved**2).sum(axis=1).max(initial=0.0), rtol=1e-3, atol=1e-6)
    return moved


@settings(max_examples=40)
@given(seeds, boxes)
def test_split_pairs_sum_to_the_forces_of_all_pairs(seed, box):
    count = 150
    place, ids = crowd(seed, count, box)
    walks = np.random.default_rng(seed + 1).random(count) < 0.2
    kind = walks.astype(np.uint8)
    together, apart, tissue = (np.zeros((count, 3), dtype=np.float32) for _ in range(3))
    everyone, resting = np.arange(count, dtype=np.int32), np.flatnonzero(~walks).astype(np.int32)
    whole = Neighbours(Bins(box), 1.25, 0.0, SKIN)
    whole.build(place, ids, count)
    velocities(everyone, whole, place, kind, box, together)
    found = gathered(box, place, ids, walks)
    velocities(np.flatnonzero(walks).astype(np.int32), found.near, place, kind, box, apart, found.acts)
    apart += given_way(found, place, box, count)
    slow = Neighbours(Bins(box), 1.25, 0.0, SKIN)
    slow.build(place, ids, count, resting)
    velocities(resting, slow, place, kind, box, tissue)
    scale = 1e-6 * np.abs(together).max() * 40  # float32: forty neighbours summed in another order
    assert_allclose(apart + tissue, together, atol=scale)


@pytest.mark.parametrize("flat", [False, True])
def test_a_small_step_is_velocity_times_time_up_to_the_guard(flat):
    box = Box((100.0,) * 3, (True, False, False), flat)
    cells = Cells(())
    cells.append(3, id=np.arange(3, dtype=np.uint64))
    cells.place[:3] = [[49.9, 0, 0, 5], [0, 49.9, 0, 5], [0, 0, 0, 5]]
    cells.velocity[:3] = [[4, 0, 0], [0, 4, 0], [0, 30, 40]]
    anchor, way, guarded = cells.place[:3, :3].copy(), np.zeros(1, np.float32), np.zeros(1, np.int64)
    step(
        np.arange(3, dtype=np.int32), cells.place, cells.velocity, np.float32(0.1), np.float32(1.0), flat, box.half,
        box.lengths, np.array(box.periodic), box.wrap, anchor, way, guarded,
    )  # fmt: skip
    assert_allclose(cells.place[0, 0], -49.7, atol=1e-5)  # round the periodic side
    assert_allclose(cells.place[1, 1], 50.0, atol=1e-5)  # stopped at the closed one
    assert_allclose(cells.place[2, 1:3], (1.0, 0.0) if flat else (0.6, 0.8), atol=1e-6)
    assert guarded[0] == 1
    assert way[0] == pytest.approx(1.0, abs=1e-5)
