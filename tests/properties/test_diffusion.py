"""Laws of the field solver: it solves its equation on any grid, keeps bounds, and threads do not change its bits.

Tolerances: solves run to a last correction of 1e-6 of the largest value, values are float32 (6e-8 relative), and a
V-cycle leaves a fifth of the error: 2e-5 of the largest value is asked for where nothing else is said.
"""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from perforin.engine.diffusion import Field, solve_steady, step_implicit
from perforin.engine.levels import Levels
from perforin.engine.multigrid import conjugate_gradient
from perforin.engine.planes import apply, prolong, restrict
from perforin.engine.voxels import VoxelGrid
from perforin.errors import EngineError

FINE = 1e-6
CLOSE = 2e-5

shapes = st.tuples(*(st.integers(1, 7),) * 3)
seeds = st.integers(0, 2**32 - 1)
diffusions = st.sampled_from([0.0, 1.0, 1e3, 1e5])  # um^2/min; kappa at 20 um: 0, 0.0025, 2.5, 250 1/min
ONE, ZERO = np.float32(1.0), np.float32(0.0)


def random_field(shape, seed, diffusion, share_held=0.2):
    """A field with random held voxels, values, losses and gains."""
    random = np.random.default_rng(seed)
    grid = VoxelGrid(shape, 20.0, (0.0, 0.0, 0.0))
    field = Field.build("test", "1", grid, diffusion, 0.05, 1.0, "closed", 0.0)
    held = random.random(shape) < share_held
    field.hold(held, random.random(shape).astype(np.float32))
    field.values[~held] = random.random(int((~held).sum()))
    field.loss[:] = random.exponential(2.0, shape)
    field.gain[:] = random.exponential(1.0, shape)
    return field


def matrix_of(field):
    """The seven-point operator without decay and loss, dense, written down a second time."""
    shape = field.grid.shape
    n = field.grid.voxels
    matrix = np.zeros((n, n))
    for i in range(n):
        place = np.unravel_index(i, shape)
        for axis in range(3):
            other = list(place)
            other[axis] += 1
            if other[axis] < shape[axis]:
                j = np.ravel_multi_index(other, shape)
                matrix[[i, j], [i, j]] += float(field.kappa)
                matrix[[i, j], [j, i]] -= float(field.kappa)
    return matrix


def dense_solution(field, rate, before):
    """The solution by Gaussian elimination in float64."""
    matrix = matrix_of(field)
    matrix[np.diag_indices_from(matrix)] += field.decay + rate + field.loss.ravel().astype(float)
    source = field.gain.ravel() + rate * before.ravel().astype(float)
    held = field.held.ravel()
    matrix[held] = np.eye(held.size)[held]
    source[held] = before.ravel()[held]
    return np.linalg.solve(matrix, source).reshape(field.grid.shape)


@given(shapes, seeds, diffusions)
def test_the_steady_state_is_the_one_gaussian_elimination_finds(shape, seed, diffusion):
    field = random_field(shape, seed, diffusion)
    expected = dense_solution(field, 0.0, field.values)
    solve_steady(field, FINE)
    assert_allclose(field.values, expected, atol=CLOSE * max(1.0, expected.max()))


@given(shapes, seeds, diffusions, st.sampled_from([0.01, 1.0, 6.0, 1e4]))
def test_a_step_is_the_one_gaussian_elimination_finds(shape, seed, diffusion, dt):
    field = random_field(shape, seed, diffusion)
    expected = dense_solution(field, 1.0 / dt, field.values)
    step_implicit(field, dt, FINE)
    assert_allclose(field.values, expected, atol=CLOSE * max(1.0, expected.max()))


@given(shapes, seeds, diffusions)
def test_held_voxels_keep_their_bits(shape, seed, diffusion):
    field = random_field(shape, seed, diffusion)
    before = field.values.copy()
    step_implicit(field, 1.0)
    solve_steady(field)
    assert_array_equal(field.values[field.held], before[field.held])


@given(shapes, seeds, diffusions)
def test_without_sources_values_stay_between_zero_and_the_largest(shape, seed, diffusion):
    field = random_field(shape, seed, diffusion)
    field.gain[:] = 0.0
    largest = field.values.max()
    step_implicit(field, 3.0, FINE)
    assert field.values.min() >= 0.0
    assert field.values.max() <= largest * (1 + CLOSE)


@given(shapes, seeds, st.floats(0.1, 10.0))
def test_the_steady_state_is_linear_in_the_sources(shape, seed, factor):
    one, other, both = (random_field(shape, seed, 1e3, share_held=0.0) for _ in range(3))
    other.gain[:] = np.random.default_rng(seed + 1).exponential(1.0, shape)
    both.gain[:] = one.gain + np.float32(factor) * other.gain
    for field in (one, other, both):
        solve_steady(field, FINE)
    expected = one.values + factor * other.values
    assert_allclose(both.values, expected, atol=2 * CLOSE * max(1.0, expected.max()))


@given(shapes, seeds, diffusions)
def test_the_operator_and_its_preconditioner_are_symmetric_and_positive(shape, seed, diffusion):
    field = random_field(shape, seed, diffusion)
    random = np.random.default_rng(seed)
    levels, kappa = field.levels, field.kappa
    free = levels.view(levels.free, 0)
    sigma = levels.view(levels.sigma, 0)
    p, q = (free * random.standard_normal(shape).astype(np.float32) for _ in range(2))

    def applied(vector):
        sigma[:] = free * (field.loss + np.float32(0.05))
        nz, _, nx = shape
        out = np.empty_like(vector)
        flat, image, weights = (part.reshape(nz, -1) for part in (vector, out, sigma))
        inside = levels.inside[: flat.shape[1]]
        for z in range(nz):
            apply(image, flat, z, max(z - 1, 0), min(z + 1, nz - 1), weights, kappa, inside, nx)
        return free * out

    def preconditioned(vector):
        """A solve from zero that is content with any change: it applies one V-cycle."""
        sigma[:] = free * (field.loss + np.float32(0.05))
        out = np.zeros_like(vector)
        conjugate_gradient(
            1, kappa, out, vector, levels.tables, levels.flats, levels.scratch, np.inf, np.float32(-np.inf), 1
        )
        return out

    for operator in (applied, preconditioned):
        there, back = (q * operator(p)).sum(dtype=float), (p * operator(q)).sum(dtype=float)
        size = np.linalg.norm(p) * np.linalg.norm(operator(q)) + np.linalg.norm(q) * np.linalg.norm(
            operator(p)
        )
        assert_allclose(there, back, atol=1e-5 * max(size, 1e-30))
        assert (p * operator(p)).sum(dtype=float) >= 0.0


@given(shapes.filter(lambda shape: max(shape) > 1), seeds)
def test_summing_over_children_is_the_transpose_of_copying_to_them(shape, seed):
    random = np.random.default_rng(seed)
    fine = random.standard_normal(shape).astype(np.float32)
    levels = Levels(shape, np.zeros(shape, dtype=bool))
    coarse = random.standard_normal(tuple(levels.shapes[1])).astype(np.float32)
    summed, copied = np.empty_like(coarse), np.empty_like(fine)
    for z in range(shape[0]):
        restrict(summed, fine, z, z)
        prolong(copied, z, np.zeros_like(fine), coarse, np.ones_like(fine), z)
    there, back = (summed * coarse).sum(dtype=float), (copied * fine).sum(dtype=float)
    assert_allclose(there, back, atol=1e-5 * fine.size)


@settings(max_examples=40)
@given(shapes, seeds, st.sampled_from([0.01, 0.3, 5.0]))
def test_saturating_uptake_meets_its_equation_voxel_by_voxel(shape, seed, half):
    field = random_field(shape, seed, 1e3)
    field.peak = np.random.default_rng(seed).exponential(3.0, shape).astype(np.float32)
    field.half_saturation = half
    solve_steady(field, FINE)
    c = field.values.astype(float)
    uptake = field.peak * c / (half + c)
    left = (field.gain - uptake - (field.decay + field.loss) * c).ravel() - matrix_of(field) @ c.ravel()
    # the stiffest voxel turns a last correction of 1e-6 (or a tenth of half) into this much per minute
    stiff = float(field.kappa) * 12 + field.loss.max() + field.peak.max() / half
    assert np.abs(left[~field.held.ravel()]).max(initial=0.0) <= stiff * CLOSE * max(1.0, c.max())


@settings(max_examples=40)
@given(shapes, seeds)
def test_the_uptake_switch_leaves_every_voxel_fed_or_empty(shape, seed):
    field = random_field(shape, seed, 1e3)
    field.gain[:] = 0.0
    field.peak = np.random.default_rng(seed).exponential(3.0, shape).astype(np.float32)
    solve_steady(field, FINE)
    c = field.values.astype(float)
    reaching = -(field.decay + field.loss) * c - (matrix_of(field) @ c.ravel()).reshape(shape)
    free, slack = ~field.held, 30.0 * CLOSE
    fed, empty = free & (c > 0.0), free & (c <= 0.0)
    assert_allclose(reaching[fed], field.peak[fed], atol=slack)
    assert (reaching[empty] <= field.peak[empty] * 1.0002 + slack).all()
    assert field.values.min() >= 0.0


def test_the_switch_finds_the_same_core_from_cold_and_from_a_smaller_core():
    fields = []
    for warm in (False, True):
        grid = VoxelGrid((20, 20, 20), 20.0, (0.0, 0.0, 0.0))
        field = Field.build("oxygen", "mmHg", grid, 1.2e5, 0.0, 100.0, "fixed", 100.0)
        if warm:
            field.peak = np.full(grid.shape, 2000.0, dtype=np.float32)
            solve_steady(field, FINE)
        field.peak = np.full(grid.shape, 2500.0, dtype=np.float32)
        solve_steady(field, FINE)
        fields.append(field.values)
    assert (fields[0] == 0.0).sum() > 100
    assert_array_equal(fields[0] == 0.0, fields[1] == 0.0)
    assert_allclose(fields[0], fields[1], atol=100.0 * CLOSE)


def test_a_field_at_its_boundary_value_stays_there_to_the_bit():
    field = Field.build(
        "oxygen", "mmHg", VoxelGrid((9, 8, 7), 20.0, (0.0,) * 3), 1e5, 0.0, 38.0, "fixed", 38.0
    )
    solve_steady(field)
    step_implicit(field, 6.0)
    assert_array_equal(field.values, np.float32(38.0))


def test_a_closed_field_loses_by_decay_only():
    field = Field.build("factor", "1", VoxelGrid((6, 6, 6), 20.0, (0.0,) * 3), 1e3, 0.016, 2.0, "closed", 0.0)
    for _ in range(10):
        step_implicit(field, 6.0, FINE)
    assert_allclose(field.values, 2.0 / (1 + 0.016 * 6.0) ** 10, rtol=CLOSE)


def test_the_top_boundary_feeds_from_the_highest_layer():
    field = Field.build("oxygen", "mmHg", VoxelGrid((8, 4, 4), 20.0, (0.0,) * 3), 1e5, 0.5, 10.0, "top", 38.0)
    solve_steady(field, FINE)
    column = field.values[:, 1, 2]
    assert column[-1] == 38.0
    assert (np.diff(column) > 0).all()
    k = np.arccosh(
        1 + 0.5 / (2 * 250.0)
    )  # discrete exponent of decay / kappa; no flux half a voxel below the first
    assert_allclose(column, 38.0 * np.cosh(k * (np.arange(8) + 0.5)) / np.cosh(k * 7.5), rtol=CLOSE)


def test_a_state_taken_and_restored_goes_on_with_the_same_bits():
    first, second = random_field((7, 6, 5), 3, 1e3), random_field((7, 6, 5), 3, 1e3)
    step_implicit(first, 6.0)
    kept = {name: array.copy() for name, array in first.state().items()}
    step_implicit(first, 6.0)
    second.restore(kept)
    step_implicit(second, 6.0)
    assert_array_equal(first.values, second.values)


def test_what_has_no_answer_is_refused():
    closed = Field.build("factor", "1", VoxelGrid((4, 4, 4), 20.0, (0.0,) * 3), 1e3, 0.0, 1.0, "closed", 0.0)
    with pytest.raises(EngineError, match="needs decay, uptake or a held boundary"):
        solve_steady(closed)
    with pytest.raises(EngineError, match="time step must be positive"):
        step_implicit(closed, 0.0)
    closed.gain[1, 1, 1] = np.nan
    with pytest.raises(EngineError, match="found no solution"):
        step_implicit(closed, 1.0)
    with pytest.raises(EngineError, match="unknown field boundary"):
        Field.build("factor", "1", closed.grid, 1e3, 0.0, 1.0, "open", 0.0)


THREADS = """
import hashlib, numba, numpy as np
from perforin.engine.diffusion import Field, solve_steady, step_implicit
from perforin.engine.multigrid import WORTH_THREADS
from perforin.engine.voxels import VoxelGrid
for shape in ((45, 47, 46), (13, 16, 15)):
    for threads in (1, 2, 4):
        numba.set_num_threads(threads)
        digest = hashlib.sha256()
        grid = VoxelGrid(shape, 20.0, (0.0, 0.0, 0.0))
        assert shape[0] == 13 or grid.voxels / 8 >= WORTH_THREADS
        random = np.random.default_rng(7)
        oxygen = Field.build("oxygen", "mmHg", grid, 1e5, 0.1, 38.0, "fixed", 38.0)
        factor = Field.build("factor", "1", grid, 1e3, 0.016, 0.0, "closed", 0.0)
        for _ in range(3):
            oxygen.loss[:] = random.exponential(1.0, grid.shape)
            factor.gain[:] = random.exponential(1.0, grid.shape)
            solve_steady(oxygen)
            step_implicit(factor, 6.0)
            oxygen.peak = np.full(grid.shape, 900.0, dtype=np.float32)
        digest.update(oxygen.values.tobytes() + factor.values.tobytes())
        print(shape[0], digest.hexdigest())
"""


@pytest.mark.parametrize("layer", ["default", "workqueue"])
def test_one_two_and_four_threads_give_the_same_bits(layer):
    """On a grid large enough to wake threads on two of its levels, and on a small one."""
    environment = {**os.environ, "NUMBA_NUM_THREADS": "4", "NUMBA_THREADING_LAYER": layer}
    lines = subprocess.run(
        [sys.executable, "-c", THREADS], env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(lines) == 6
    assert len(set(lines)) == 2  # one for each shape
