"""Lists that follow a few cells that move: as complete as lists made anew, and the others untouched."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from lists import SKIN, as_matrix, boxes, crowd, distances, reach_of, seeds

from perforin.engine.crowd import Crowd
from perforin.engine.grid import Bins, Box
from perforin.engine.neighbours import Neighbours

FEW = 0.1  # share of the cells that go far


def listed_with_room(box, place, ids, least=0.0, spare=60):
    neighbours = Neighbours(Bins(box), 1.25, least, SKIN, spare)
    neighbours.build(place, ids, len(place), np.arange(len(place), dtype=np.int32))
    return neighbours


@settings(max_examples=60)
@given(seeds, st.integers(2, 220), boxes, st.sampled_from([0.0, 18.0]), st.integers(1, 4))
def test_lists_that_follow_are_those_of_brute_force_between_anchors(seed, count, box, least, moves):
    place, ids = crowd(seed, count, box)
    neighbours = listed_with_room(box, place, ids, least)
    rng, half = np.random.default_rng(seed + 1), box.half.astype(float)
    for _ in range(moves):
        goes = rng.random(count) < FEW
        way = rng.normal(0, 3.0, (count, 3)) * goes[:, None]
        later = place[:, :3] + way
        wrapped = (later + half) % (2 * half) - half
        place[:, :3] = np.where(box.periodic, wrapped, np.clip(later, -half, half * (1 - 1e-6)))
        if not neighbours.follow(place, np.arange(count, dtype=np.int32)):
            neighbours.build(place, ids, count, np.arange(count, dtype=np.int32))
    anchors = np.c_[neighbours.anchor[:count], place[:, 3]]
    found, d, cut = as_matrix(neighbours, count), distances(anchors, box), reach_of(place, least) + SKIN
    clear = abs(d - cut) > 1e-4  # float32 cannot tell nearer to the bound
    assert (found[clear] == (d < cut)[clear]).all()
    assert found.max(initial=0) <= 1
    near = distances(place, box) < reach_of(place, least)
    assert (found[near] == 1).all()


def test_whoever_stays_keeps_his_anchor_and_whoever_goes_far_gets_a_new_one():
    box = Box((200.0,) * 3, (False,) * 3)
    place, ids = crowd(3, 100, box)
    neighbours = listed_with_room(box, place, ids)
    before = neighbours.anchor[:100].copy()
    place[7, 0] += 0.6 * SKIN * (-1 if place[7, 0] > 0 else 1)
    place[8, 0] += 0.4 * SKIN * (-1 if place[8, 0] > 0 else 1)
    assert neighbours.follow(place, np.arange(100, dtype=np.int32))
    moved = (neighbours.anchor[:100] != before).any(axis=1)
    assert np.flatnonzero(moved).tolist() == [7]


def test_lists_without_room_ask_to_be_made_anew():
    """A lone cell walks into a ball of twenty: each of their lists would grow by one."""
    rng = np.random.default_rng(1)
    place = np.c_[rng.uniform(-4, 4, (21, 3)), np.full(21, 8.0)].astype(np.float32)
    place[20, :3] = (45.0, 0.0, 0.0)
    box, ids = Box((200.0,) * 3, (False,) * 3), np.arange(21, dtype=np.uint64)
    tight, roomy = (listed_with_room(box, place, ids, spare=spare) for spare in (1, 30))
    place[20, 0] = 20.0
    members = np.arange(21, dtype=np.int32)
    assert not tight.follow(place, members)
    assert roomy.follow(place, members)


def test_whoever_leaves_the_reach_of_the_bins_asks_for_lists_made_anew():
    box = Box((400.0,) * 3, (False,) * 3)
    place = np.array([[0.0, 0, 0, 8], [100.0, 0, 0, 8]], dtype=np.float32)
    neighbours = listed_with_room(box, place, np.arange(2, dtype=np.uint64))
    place[1, 0] = 20.0
    assert not neighbours.follow(place, np.arange(2, dtype=np.int32))


def test_whoever_strayed_from_its_bin_is_found_by_those_who_come_near_later():
    """A cell goes 15 um out of its bin; a resting cell that moves up to it and a walker there both list it."""
    box = Box((400.0,) * 3, (False,) * 3)
    place = np.array([[0, 0, 0, 8], [-60.0, 0, 0, 8], [-36.0, 8, 0, 8]], dtype=np.float32)
    resting, walker = np.array([0, 1], dtype=np.int32), np.array([2], dtype=np.int32)
    ids = np.arange(3, dtype=np.uint64)
    neighbours = Neighbours(Bins(box), 1.25, 0.0, SKIN, 8)
    neighbours.build(place, ids, 3, resting)
    edge = neighbours.bins.width[0] * np.ceil(200.0 / neighbours.bins.width[0]) - 200.0  # where a bin begins
    place[:2, 0] = edge + 1.0, edge - 45.0
    neighbours.build(place, ids, 3, resting)
    place[0, 0] -= 15.0
    assert neighbours.follow(place, resting)
    place[1:, 0] = place[0, 0] - 21.0
    assert neighbours.follow(place, resting)
    assert neighbours.listed[neighbours.start[1] : neighbours.stop[1]].tolist() == [0]
    found = Crowd(box, 1.25, 0.0, SKIN)
    found.gather(place, ids, 3, walker, neighbours, 0.0)
    assert sorted(found.near.listed[found.near.start[2] : found.near.stop[2]].tolist()) == [0, 1]
