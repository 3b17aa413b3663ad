"""Neighbour lists: exactly the pairs that brute force finds, and valid until someone went half a skin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lists import BOXES, SKIN, as_matrix, boxes, crowd, distances, listed, reach_of, seeds

from perforin.engine.grid import Bins
from perforin.engine.neighbours import Neighbours


@settings(max_examples=60)
@given(seeds, st.integers(0, 260), boxes, st.sampled_from([0.0, 18.0, 24.0]))
def test_the_lists_are_those_of_brute_force(seed, count, box, least):
    place, ids = crowd(seed, count, box)
    neighbours = Neighbours(Bins(box), 1.25, least, SKIN)
    neighbours.build(place, ids, count)
    found, d, cut = as_matrix(neighbours, count), distances(place, box), reach_of(place, least) + SKIN
    clear = abs(d - cut) > 1e-4  # float32 cannot tell nearer to the bound
    assert (found[clear] == (d < cut)[clear]).all()
    assert found.max(initial=0) <= 1
    assert (found == found.T).all()


@settings(max_examples=30)
@given(seeds, st.integers(2, 260), boxes)
def test_the_order_of_a_list_depends_on_places_and_ids_and_not_on_rows(seed, count, box):
    place, ids = crowd(seed, count, box)
    shuffle = np.random.default_rng(seed + 1).permutation(count)
    lists = []
    for rows in (np.arange(count), shuffle):
        neighbours = Neighbours(Bins(box), 1.25, 18.0, SKIN)
        neighbours.build(place[rows], ids[rows], count)
        named = ids[rows]
        lists.append({int(named[i]): named[row].tolist() for i, row in enumerate(listed(neighbours, count))})
    assert lists[0] == lists[1]


@settings(max_examples=30)
@given(seeds, st.integers(2, 200), boxes, st.sampled_from([0.0, 18.0]))
def test_whoever_comes_into_reach_by_half_a_skin_was_listed(seed, count, box, least):
    place, ids = crowd(seed, count, box)
    neighbours = Neighbours(Bins(box), 1.25, least, SKIN)
    neighbours.build(place, ids, count)
    found = as_matrix(neighbours, count)
    rng = np.random.default_rng(seed + 1)
    way = rng.normal(size=(count, 3))
    way *= 0.999 * SKIN / 2 / np.linalg.norm(way, axis=1)[:, None]
    later = place.copy()
    later[:, :3] += way
    near = distances(later, box) < reach_of(place, least)
    assert (found[near] == 1).all()


@pytest.mark.parametrize("count", [300, 700])
def test_a_stretch_that_is_too_short_grows_until_nobody_is_left_out(count):
    """A ball in which everybody is near everybody: hundreds of times the room of a fresh list."""
    rng = np.random.default_rng(4)
    place = np.c_[rng.uniform(-4, 4, (count, 3)), np.full(count, 8.0)].astype(np.float32)
    neighbours = Neighbours(Bins(BOXES[1]), 1.25, 18.0, SKIN)
    neighbours.build(place, np.arange(count, dtype=np.uint64), count)
    assert (as_matrix(neighbours, count) == 1 - np.eye(count)).all()


def test_it_remembers_where_everybody_stood():
    place, ids = crowd(1, 50, BOXES[0])
    neighbours = Neighbours(Bins(BOXES[0]), 1.25, 18.0, SKIN)
    neighbours.build(place, ids, 50)
    stood = place[:, :3].copy()
    place[:, :3] += 1.0
    assert (neighbours.anchor[:50] == stood).all()


def test_fewer_cells_leave_nothing_of_those_who_were_there():
    neighbours = Neighbours(Bins(BOXES[0]), 1.25, 18.0, SKIN)
    for count in (200, 30, 0, 250):
        place, ids = crowd(count, count, BOXES[0])
        neighbours.build(place, ids, count)
        fresh = Neighbours(Bins(BOXES[0]), 1.25, 18.0, SKIN)
        fresh.build(place, ids, count)
        for mine, other in zip(listed(neighbours, count), listed(fresh, count), strict=True):
            assert mine.tolist() == other.tolist()
