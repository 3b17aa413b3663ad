"""Motion: second order in time also when the step changes, bounded by guard and walls."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from perforin.engine.grid import BLOCK
from perforin.engine.motion import biased_direction, move, random_direction

PERIODIC, CLOSED = np.ones(3, dtype=bool), np.zeros(3, dtype=bool)


def step(place, velocity, before, dt, dt_before=None, guard=1e6, flat=False, half=100.0, periodic=CLOSED):
    """One step in place; returns (drift [um^2], how many met the guard) per block, from the places before."""
    half = np.full(3, half, dtype=np.float32)
    blocks = (len(place) + BLOCK - 1) // BLOCK
    drift, leap = np.full(blocks, -1, dtype=np.float32), np.full(blocks, -1, dtype=np.float32)
    guarded = np.full(blocks, -1, dtype=np.int64)
    wrap = np.where(periodic, half, np.float32(np.inf)).astype(np.float32)
    move(
        place, velocity, before, len(place), np.float32(dt), np.float32(dt / (2 * (dt_before or dt))),
        np.float32(guard), flat, half, 2 * half, periodic, wrap, place[:, :3].copy(), drift, leap, guarded,
    )  # fmt: skip
    found = np.isfinite(drift)
    assert (leap[found] >= drift[found] * (1 - 1e-4)).all()  # anchors are where this step began
    return drift, guarded


def random_cells(seed, count, speed):
    rng = np.random.default_rng(seed)
    place = np.c_[rng.uniform(-100, 100, (count, 3)), np.full(count, 8.0)].astype(np.float32)
    velocity, before = rng.normal(0, speed, (2, count, 3)).astype(np.float32)
    return place, velocity, before


def turning(place):
    """A cell on a circle, one radian per minute."""
    return np.c_[-place[:, 1], place[:, 0], np.zeros(len(place))].astype(np.float32)


def error_on_a_circle(pieces, pattern):
    """Distance from the true place after three minutes, in `pieces` repeats of a pattern of steps."""
    place = np.array([[40.0, 0, 0, 8.0]], dtype=np.float32)
    before = turning(place)
    unit = 3.0 / (pieces * sum(pattern))
    last = pattern[-1] * unit
    for share in pattern * pieces:
        step(place, turning(place), before, share * unit, last)
        last = share * unit
    return np.linalg.norm(place[0, :2] - 40 * np.array([np.cos(3.0), np.sin(3.0)]))


@pytest.mark.parametrize("pattern", [(1,), (5, 1, 1, 1, 1, 1), (1, 5)], ids=["even", "as doses do", "uneven"])
def test_the_error_falls_with_the_square_of_the_step_even_when_the_step_changes(pattern):
    pieces = [max(2, 60 // len(pattern)) * k for k in (1, 2, 4)]
    errors = [error_on_a_circle(n, pattern) for n in pieces]
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert_allclose(orders, 2.0, atol=0.15)  # float32 at 40 um adds up to 1e-4 um of errors from 2 to 0.01 um


def test_a_steady_wind_is_followed_exactly_whatever_the_steps():
    place = np.array([[0.0, 0, 0, 8.0]], dtype=np.float32)
    wind = np.array([[1.0, -2.0, 0.5]], dtype=np.float32)
    before, last = wind.copy(), 0.5
    for dt in (0.5, 0.1, 0.1, 0.5, 0.3):
        step(place, wind, before, dt, last)
        last = dt
    assert_allclose(place[0, :3], 1.5 * wind[0], rtol=1e-6)


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 600), st.floats(0.05, 5))
def test_nobody_goes_farther_than_the_guard_and_those_held_back_are_counted(seed, count, guard):
    place, velocity, before = random_cells(seed, count, 3.0)
    wanted = np.linalg.norm(0.5 * (1.5 * velocity.astype(float) - 0.5 * before), axis=1)
    old = place[:, :3].astype(float)
    drift, guarded = step(place, velocity, before, 0.5, guard=guard, half=1000.0)
    gone = np.linalg.norm(place[:, :3] - old, axis=1)
    assert_allclose(gone, np.minimum(wanted, guard), atol=2e-5)  # float32 at 100 um
    clear = abs(wanted - guard) > 1e-5
    assert abs(int(guarded.sum()) - int((wanted > guard)[clear].sum())) <= (~clear).sum()
    assert_allclose(np.sqrt(drift.max()), gone.max(), atol=2e-5)


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 300))
def test_closed_walls_keep_everybody_in_and_do_not_hold_them_back(seed, count):
    place, velocity, before = random_cells(seed, count, 100.0)
    free = place.copy()
    step(place, velocity, before.copy(), 0.5)
    step(free, velocity, before.copy(), 0.5, half=1e4)
    assert (place[:, :3] == np.clip(free[:, :3], -100, 100)).all()


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 300))
def test_periodic_walls_are_no_walls(seed, count):
    place, velocity, before = random_cells(seed, count, 100.0)
    free = place.copy()
    drift, _ = step(place, velocity, before.copy(), 0.5, guard=60.0, periodic=PERIODIC)
    free_drift, _ = step(free, velocity, before.copy(), 0.5, guard=60.0, half=1e4)
    assert (abs(place[:, :3]) <= 100).all()
    away = (place[:, :3].astype(float) - free[:, :3]) / 200
    assert_allclose(away, np.round(away), atol=1e-6)
    assert_allclose(drift, free_drift, rtol=1e-4)


def test_a_flat_tissue_stays_flat():
    place, velocity, before = random_cells(3, 500, 50.0)
    height = place[:, 2].copy()
    step(place, velocity, before, 0.5, flat=True)
    assert (place[:, 2] == height).all()
    assert_allclose(before, velocity, rtol=0)


def test_the_radius_is_not_touched():
    place, velocity, before = random_cells(3, 50, 50.0)
    step(place, velocity, before, 0.5)
    assert (place[:, 3] == 8.0).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("row", [0, 300, 599])
def test_the_block_of_a_cell_that_is_lost_says_so(bad, row):
    place, velocity, before = random_cells(3, 600, 1.0)
    velocity[row, 1] = bad
    drift, _ = step(place, velocity, before, 0.5, half=np.inf)
    assert [bool(np.isinf(d)) for d in drift] == [block == row // BLOCK for block in range(3)]


unit = st.floats(0, 1, exclude_max=True)


@given(unit, unit, st.booleans())
def test_a_random_direction_has_length_one(u, v, isotropic):
    assert np.linalg.norm(random_direction(u, v, isotropic)) == pytest.approx(1)


@given(unit, unit, st.tuples(*[st.floats(-5, 5)] * 3), st.floats(0, 1))
def test_a_biased_direction_has_length_one_and_never_turns_away_from_the_slope(u, v, slope, bias):
    random = random_direction(u, v, True)
    biased = np.array(biased_direction(*random, *slope, bias))
    assert np.linalg.norm(biased) == pytest.approx(1)
    assert np.dot(biased, slope) >= np.dot(random, slope) - 1e-9


def test_isotropic_directions_cover_the_sphere_evenly_and_the_others_gather_at_the_poles():
    u, v = np.random.default_rng(1).random((2, 20000))
    even = np.array([random_direction(a, b, True) for a, b in zip(u, v, strict=True)])
    poles = np.array([random_direction(a, b, False) for a, b in zip(u, v, strict=True)])
    error = np.sqrt(4 / 45 / 20000)  # standard error of the mean square of a component, uniform on the sphere
    assert_allclose((even**2).mean(axis=0), 1 / 3, atol=4 * error)
    assert_allclose((poles**2).mean(axis=0), [1 / 4, 1 / 4, 1 / 2], atol=4 * 0.36 / np.sqrt(20000))
