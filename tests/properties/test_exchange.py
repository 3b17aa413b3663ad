"""What cells take and give is neither lost nor made: 1e-5 is float32 round-off of the sums at these sizes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from perforin.engine.diffusion import Field, solve_steady, step_implicit
from perforin.engine.exchange import balance, deposit, total_amount
from perforin.engine.voxels import VoxelGrid

GRID = VoxelGrid.of_box((160.0, 140.0, 120.0), 20.0)
FINE = 1e-6
counts = st.integers(1, 200)
seeds = st.integers(0, 2**32 - 1)


def cells(count, seed, reach=0.5):
    """Random places in the box (or beyond it, for a reach above 0.5) and rates per cell."""
    random = np.random.default_rng(seed)
    places = np.zeros((count + 3, 4), dtype=np.float32)  # three rows of spare capacity that must not be read
    places[:count, :3] = random.uniform(-reach, reach, (count, 3)) * (160.0, 140.0, 120.0)
    loss, gain = (random.exponential(3.0, count + 3).astype(np.float32) for _ in range(2))
    return places, loss, gain


def field_with(count, seed, boundary, decay=0.1):
    places, loss, gain = cells(count, seed)
    field = Field.build("test", "1", GRID, 1e3, decay, 1.0, boundary, 1.0)
    deposit(places, count, loss, gain, GRID, field.loss, field.gain)
    return field, places, loss


@given(counts, seeds, st.sampled_from([0.5, 0.8]))
def test_all_that_cells_take_and_give_arrives_in_some_voxel(count, seed, reach):
    places, loss, gain = cells(count, seed, reach)
    losses, gains = (np.zeros(GRID.shape, dtype=np.float32) for _ in range(2))
    deposit(places, count, loss, gain, GRID, losses, gains)
    assert_allclose(losses.sum(dtype=float), loss[:count].sum(dtype=float), rtol=1e-5)
    assert_allclose(gains.sum(dtype=float), gain[:count].sum(dtype=float), rtol=1e-5)


@given(counts, seeds)
def test_a_voxel_holds_what_its_own_cells_take(count, seed):
    places, loss, gain = cells(count, seed)
    losses, gains = (np.zeros(GRID.shape, dtype=np.float32) for _ in range(2))
    deposit(places, count, loss, gain, GRID, losses, gains)
    index = [GRID.index(tuple(place[:3])) for place in places[:count]]
    expected = np.zeros(GRID.shape)
    for voxel, rate in zip(index, loss[:count], strict=True):
        expected[voxel] += rate
    assert_allclose(losses, expected, rtol=1e-5)


@settings(max_examples=30)
@given(counts, seeds, st.sampled_from(["fixed", "closed", "top"]))
def test_in_the_steady_state_gains_and_inflow_equal_uptake_and_decay(count, seed, boundary):
    field, _, _ = field_with(count, seed, boundary)
    solve_steady(field, FINE)
    flows = balance(field)
    assert abs(flows.net) <= 1e-5 * flows.turnover


@settings(max_examples=30)
@given(counts, seeds, st.sampled_from(["fixed", "closed", "top"]), st.sampled_from([0.1, 6.0, 100.0]))
def test_a_step_changes_the_amount_by_its_net_flow(count, seed, boundary, dt):
    field, _, _ = field_with(count, seed, boundary)
    before = total_amount(field)
    step_implicit(field, dt, FINE)
    flows = balance(field)
    moved = flows.turnover * dt + before
    assert abs(total_amount(field) - before - flows.net * dt) <= 1e-5 * moved


@given(counts, seeds)
def test_the_uptake_of_the_voxels_is_the_uptake_of_the_cells(count, seed):
    field, places, loss = field_with(count, seed, "closed")
    field.values[:] = np.random.default_rng(seed).random(GRID.shape)
    sensed = np.zeros(count + 3, dtype=np.float32)
    field.sample(places, count, sensed)
    per_cell = float((loss[:count].astype(float) * sensed[:count]).sum()) * GRID.voxel_volume
    assert_allclose(balance(field).taken, per_cell, rtol=1e-5)


@settings(max_examples=20)
@given(seeds, st.sampled_from([0.0, 0.3]))
def test_saturating_uptake_balances_too(seed, half):
    field, _, _ = field_with(20, seed, "fixed")
    field.loss[:] = 0.0
    field.gain[:] = 0.0
    field.peak = np.random.default_rng(seed).exponential(3.0, GRID.shape).astype(np.float32)
    field.half_saturation = half
    solve_steady(field, FINE)
    flows = balance(field)
    assert abs(flows.net) <= 2e-4 * flows.turnover  # an empty voxel fills at 1.0001 of its peak
