"""Contact forces: the law of a pair, and what space itself demands of their sum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lists import TABLE
from numpy.testing import assert_allclose

from perforin.engine.forces import NOBODY, contact_velocity
from perforin.engine.grid import Bins, Box
from perforin.engine.motion import move
from perforin.engine.neighbours import Neighbours

R = 16.0  # um, two cells of radius 8
REST = 20 / 21  # distance at rest in sums of radii: sqrt(10) (1 - s) = sqrt(0.4) (1 - s / 1.25)
CLOSED = Box((300.0,) * 3, (False,) * 3)
PERIODIC = Box((160.0,) * 3, (True,) * 3)


def met(place, box=CLOSED):
    neighbours = Neighbours(Bins(box), 1.25, 0.0, 2.5)
    neighbours.build(place, np.arange(len(place), dtype=np.uint64), len(place))
    return neighbours


def velocity_of(place, kind=None, box=CLOSED):
    """(n, 3) float64 velocity of every cell [um/min]."""
    count = len(place)
    kind = np.zeros(count, dtype=np.uint8) if kind is None else kind
    velocity = np.full((count, 3), np.nan, dtype=np.float32)
    near = met(place, box)
    contact_velocity(
        place, kind, np.arange(count, dtype=np.int32), near.start, near.stop, near.listed, near.edges, box.wrap,
        TABLE["repulsion"], TABLE["adhesion"], TABLE["near"], velocity, NOBODY,
    )  # fmt: skip
    return velocity.astype(float)


def pair(distance, direction=(1.0, 0.0, 0.0), at=(0.0, 0.0, 0.0)):
    way = np.asarray(direction) / np.linalg.norm(direction) * distance
    return np.array([[*at, 8.0], [*(np.asarray(at) + way), 8.0]], dtype=np.float32)


def cluster(seed, count=80, spread=14.0):
    """Overlapping cells of both kinds around the centre, none closer than 2 um to another."""
    rng = np.random.default_rng(seed)
    kept = []
    while len(kept) < count:
        point = rng.normal(0, spread, 3)
        if all(np.linalg.norm(point - other) > 2 for other in kept):
            kept.append(point)
    place = np.c_[np.array(kept), rng.uniform(5, 9, count)].astype(np.float32)
    return place, rng.integers(0, 2, count).astype(np.uint8)


def brute_force(place, kind):
    """The published law, everybody with everybody, in float64."""
    place = place.astype(float)
    way = place[:, None, :3] - place[None, :, :3]
    d = np.linalg.norm(way, axis=2)
    np.fill_diagonal(d, 1.0)
    contact = place[:, None, 3] + place[None, :, 3]
    pick = np.ix_(kind, kind)
    push = TABLE["repulsion"][pick] * np.maximum(1 - d / contact, 0) ** 2
    hold = TABLE["adhesion"][pick] * np.maximum(1 - d / (1.25 * contact), 0) ** 2
    force = (push - hold) / d
    np.fill_diagonal(force, 0)
    return (force[..., None] * way).sum(axis=1)


def rounding(place, kind):
    """How far float32 may be from float64: 2e-5 of the sum of the sizes of all pushes on a cell."""
    return 2e-5 * (1 + 40 * len(place) ** 0.5)


def test_a_pair_at_rest_distance_stays_where_it_is():
    assert_allclose(velocity_of(pair(REST * R)), 0, atol=1e-6)  # terms of 0.02 um/min in float32


@given(st.floats(0.02, 0.99 * REST))
def test_closer_than_rest_they_part(share):
    velocity = velocity_of(pair(share * R))
    assert velocity[1, 0] > 0 > velocity[0, 0]


@given(st.floats(1.01 * REST, 1.24))
def test_farther_than_rest_they_approach(share):
    velocity = velocity_of(pair(share * R))
    assert velocity[1, 0] < 0 < velocity[0, 0]


@given(st.floats(1.2501, 1.4))
def test_beyond_the_range_they_do_not_notice_each_other(share):
    assert (velocity_of(pair(share * R)) == 0).all()


@given(st.floats(0.02, 1.24), st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1))
def test_a_pair_acts_along_the_line_between_its_centres(share, direction):
    place = pair(share * R, direction)
    velocity = velocity_of(place)
    line = (place[1, :3] - place[0, :3]).astype(float)
    across = np.cross(velocity[1], line / np.linalg.norm(line))
    assert_allclose(across, 0, atol=2e-5)  # float32 of speeds up to 10
    assert_allclose(velocity[0], -velocity[1], atol=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_the_sum_over_a_crowd_is_that_of_brute_force(seed):
    place, kind = cluster(seed)
    assert_allclose(velocity_of(place, kind), brute_force(place, kind), atol=rounding(place, kind))


@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_momentum_is_conserved(seed):
    """Action equals reaction, so the velocities of all cells add up to nothing."""
    place, kind = cluster(seed)
    velocity = velocity_of(place, kind)
    assert_allclose(velocity.sum(axis=0), 0, atol=1e-5 * abs(velocity).sum() + 1e-4)


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.tuples(*[st.floats(-60, 60)] * 3))
def test_a_crowd_elsewhere_moves_the_same(seed, shift):
    place, kind = cluster(seed)
    elsewhere = place.copy()
    elsewhere[:, :3] += np.array(shift, dtype=np.float32)
    assert_allclose(velocity_of(elsewhere, kind), velocity_of(place, kind), atol=rounding(place, kind))


@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_a_crowd_turned_moves_turned(seed):
    place, kind = cluster(seed)
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    turned = place.copy()
    turned[:, :3] = place[:, :3] @ turn.T
    assert_allclose(velocity_of(turned, kind), velocity_of(place, kind) @ turn.T, atol=rounding(place, kind))


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.tuples(*[st.floats(-80, 79)] * 3))
def test_a_periodic_box_has_no_walls(seed, shift):
    """A crowd that lies across the walls moves like one in the middle."""
    place, kind = cluster(seed, count=50, spread=9.0)
    elsewhere = place.copy()
    elsewhere[:, :3] = (place[:, :3] + np.array(shift) + 80) % 160 - 80
    assert_allclose(
        velocity_of(elsewhere, kind, PERIODIC), velocity_of(place, kind, PERIODIC), atol=rounding(place, kind)
    )


def test_a_closed_wall_hides_the_other_side():
    place = pair(156.0, at=(-78.0, 0, 0))
    assert (velocity_of(place, box=Box((160.0,) * 3, (False,) * 3)) == 0).all()
    assert velocity_of(place, box=PERIODIC)[0, 0] > 1  # 4 um apart, the short way round


@pytest.mark.parametrize("many", [2, 3, 5])
def test_coincident_cells_come_apart(many):
    place = np.tile(np.array([[3.0, -4.0, 5.0, 8.0]], dtype=np.float32), (many, 1))
    before = np.zeros((many, 3), dtype=np.float32)
    drift, leap, guarded = (
        np.zeros(1, dtype=np.float32),
        np.zeros(1, dtype=np.float32),
        np.zeros(1, dtype=np.int64),
    )
    for _ in range(600):
        velocity = velocity_of(place).astype(np.float32)
        move(
            place, velocity, before, many, np.float32(0.1), np.float32(0.5), np.float32(1.0), False,
            CLOSED.half, met(place).edges, np.zeros(3, dtype=bool), CLOSED.wrap, place[:, :3].copy(), drift, leap, guarded,
        )  # fmt: skip
    d = np.linalg.norm(place[:, None, :3].astype(float) - place[None, :, :3], axis=2)
    assert d[~np.eye(many, dtype=bool)].min() > 0.8 * R
    assert_allclose(place[:, :3].mean(axis=0), [3, -4, 5], atol=1e-3)
