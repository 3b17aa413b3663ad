"""What space, order and limits demand of the field solver, with saturating uptake too.

Tolerances as in test_diffusion: a last correction of 1e-6 of the largest value, float32, a V-cycle that leaves a fifth.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from perforin.engine.diffusion import Field, solve_steady, step_implicit
from perforin.engine.exchange import balance, total_amount
from perforin.engine.voxels import VoxelGrid

FINE, CLOSE = 1e-6, 2e-5
DECAY = 0.05
shapes = st.tuples(*(st.integers(1, 7),) * 3)
seeds = st.integers(0, 2**32 - 1)
halves = st.sampled_from([None, 0.0, 0.01, 0.3, 5.0])  # half-saturation; None is uptake in proportion


def parts_of(shape, seed, share_held=0.2):
    """Random held voxels, values, losses, gains and peaks."""
    random = np.random.default_rng(seed)
    held = random.random(shape) < share_held
    return held, random.random(shape), random.exponential(0.5, shape), *random.exponential(2.0, (2, *shape))


def field_of(parts, half, diffusion=1e3):
    held, values, loss, gain, peak = (np.ascontiguousarray(part) for part in parts)
    field = Field.build(
        "test", "1", VoxelGrid(held.shape, 20.0, (0.0,) * 3), diffusion, DECAY, 1.0, "closed", 0.0
    )
    field.hold(held, values.astype(np.float32))
    field.values[~held] = values[~held]
    field.loss[:], field.gain[:] = loss, gain
    if half is not None:
        field.peak, field.half_saturation = peak.astype(np.float32), half
    return field


@settings(max_examples=40)
@given(shapes, seeds, halves, st.permutations(range(3)), st.tuples(*(st.booleans(),) * 3))
def test_a_tissue_turned_and_mirrored_has_a_field_turned_and_mirrored(shape, seed, half, axes, mirrored):
    parts = parts_of(shape, seed)
    flipped = [axis for axis in range(3) if mirrored[axis]]
    turned = [np.flip(np.transpose(part, axes), flipped) for part in parts]
    one, other = field_of(parts, half), field_of(turned, half)
    for field in (one, other):
        solve_steady(field, FINE)
    expected = np.flip(np.transpose(one.values, axes), flipped)
    assert_allclose(other.values, expected, atol=5 * CLOSE * max(1.0, expected.max()))


@settings(max_examples=40)
@given(shapes, seeds, st.sampled_from([0.0, 1e3, 1e5]))
def test_what_a_source_here_does_there_a_source_there_does_here(shape, seed, diffusion):
    parts = parts_of(shape, seed, share_held=0.0)
    random = np.random.default_rng(seed + 1)
    here, there = (tuple(int(random.integers(n)) for n in shape) for _ in range(2))
    read, size = [], 0.0
    for source, sink in ((here, there), (there, here)):
        field = field_of(parts, None, diffusion)
        field.gain[:] = 0.0
        field.gain[source] = 100.0
        solve_steady(field, FINE)
        read.append(float(field.values[sink]))
        size = max(size, float(field.values.max()))
    assert_allclose(read[0], read[1], atol=2 * CLOSE * size)


@settings(max_examples=40)
@given(shapes, seeds, halves, st.sampled_from([None, 0.5, 6.0]))
def test_who_gives_more_or_takes_less_leaves_more_everywhere(shape, seed, half, dt):
    held, values, loss, gain, peak = parts_of(shape, seed)
    random = np.random.default_rng(seed + 1)
    richer = (
        held,
        values,
        loss * random.random(shape),
        gain + random.random(shape),
        peak * random.random(shape),
    )
    fields = [field_of((held, values, loss, gain, peak), half), field_of(richer, half)]
    for field in fields:
        solve_steady(field, FINE) if dt is None else step_implicit(field, dt, FINE)
    less, more = (field.values.astype(float) for field in fields)
    assert (more >= less - 10 * CLOSE * max(1.0, more.max())).all()


@settings(max_examples=40)
@given(shapes, seeds, st.floats(1e-6, 1.0))
def test_saturating_uptake_comes_to_the_switch_as_half_saturation_comes_to_nothing(shape, seed, half):
    """Levels differ by at most sqrt(peak half / m), m the weakest linear sink.

    Where the difference w is largest, m w <= peak half / (half + c) and c >= w. An empty voxel of the switch fills at
    1.0001 of its peak.
    """
    parts = parts_of(shape, seed)
    smooth, sharp = field_of(parts, half), field_of(parts, 0.0)
    for field in (smooth, sharp):
        solve_steady(field, FINE)
    gap = smooth.values.astype(float) - sharp.values
    slack = 30 * CLOSE * max(1.0, smooth.values.max())
    sink = DECAY + float(parts[2].min())
    assert gap.min() >= -slack
    assert gap.max() <= np.sqrt(float(parts[4].max()) * half / sink) + slack


def taken_in_a_step(field, before, dt):
    """What a backward Euler step says that saturating uptake took [unit/min], voxel by voxel, from its equation."""
    c, kappa = field.values.astype(float), float(field.kappa)
    flow = np.zeros(c.shape)
    for axis in range(3):
        inside = kappa * np.diff(c, axis=axis)
        lower, upper = [(0, 0)] * 3, [(0, 0)] * 3
        upper[axis], lower[axis] = (0, 1), (1, 0)
        flow += np.pad(inside, upper) - np.pad(inside, lower)
    return flow + field.gain - (field.decay + field.loss) * c - (c - before) / dt


@settings(max_examples=40)
@given(shapes, seeds, st.sampled_from([0.01, 0.3, 5.0]), st.sampled_from([0.1, 6.0, 1e3]))
def test_a_step_of_saturating_uptake_meets_its_equation_and_stays_positive(shape, seed, half, dt):
    field = field_of(parts_of(shape, seed), half)
    before = field.values.astype(float)
    step_implicit(field, dt, FINE)
    c = field.values.astype(float)
    left = taken_in_a_step(field, before, dt) - field.peak * c / (half + c)
    stiff = 12 * float(field.kappa) + field.loss.max() + field.peak.max() / half + 1 / dt
    assert np.abs(left[~field.held]).max(initial=0.0) <= stiff * CLOSE * max(1.0, c.max())
    assert c.min() >= 0.0


@settings(max_examples=40)
@given(shapes, seeds, st.sampled_from([0.1, 6.0, 1e3]))
def test_a_step_of_the_switch_takes_all_it_wants_or_all_there_is(shape, seed, dt):
    field = field_of(parts_of(shape, seed), 0.0)
    before = field.values.astype(float)
    step_implicit(field, dt, FINE)
    c, free = field.values.astype(float), ~field.held
    took, fed = taken_in_a_step(field, before, dt), c > 0.0
    slack = (12 * float(field.kappa) + field.loss.max() + 1 / dt) * CLOSE * max(1.0, c.max())
    assert_allclose(took[free & fed], field.peak[free & fed], atol=slack)
    assert (took[free & ~fed] <= 1.0002 * field.peak[free & ~fed] + slack).all()
    assert c.min() >= 0.0


@settings(max_examples=30)
@given(shapes, seeds, st.sampled_from([None, 0.01, 0.3, 5.0]), st.sampled_from([0.1, 6.0, 100.0]))
def test_no_step_makes_or_loses_anything(shape, seed, half, dt):
    field = field_of(parts_of(shape, seed, share_held=0.0), half)
    before = total_amount(field)
    step_implicit(field, dt, FINE)
    flows = balance(field)
    moved = flows.turnover * dt + before
    assert (
        abs(total_amount(field) - before - flows.net * dt) <= 3e-4 * moved
    )  # the switch fills at 1.0001 of its peak


@settings(max_examples=30)
@given(shapes, seeds, halves)
def test_a_warm_start_finds_what_a_cold_start_finds(shape, seed, half):
    parts = parts_of(shape, seed)
    warm, cold = field_of(parts, half), field_of(parts, half)
    assume((~parts[0]).any())
    solve_steady(warm, FINE)
    warm.gain *= np.float32(1.1)
    cold.gain *= np.float32(1.1)
    solve_steady(warm, FINE)
    cold.values[~cold.held] = 0.0
    solve_steady(cold, FINE)
    assert_allclose(warm.values, cold.values, atol=10 * CLOSE * max(1.0, cold.values.max()))


@pytest.mark.parametrize("half", [None, 0.3])
def test_a_steady_field_is_the_one_that_time_comes_to(half):
    """Sources at rest: after 40 times the slowest time of relaxation nothing is left of the start."""
    parts = parts_of((6, 7, 8), 5)
    steady, followed = field_of(parts, half), field_of(parts, half)
    solve_steady(steady, FINE)
    followed.values[~followed.held] = 0.0
    for _ in range(200):
        step_implicit(followed, 4.0, FINE)
    assert_allclose(followed.values, steady.values, atol=2 * CLOSE * max(1.0, steady.values.max()))
