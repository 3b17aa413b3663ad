"""Motility: a persistent walk, biased up the attractant; as impulses where a replication asks for them."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perforin.engine.diffusion import Field
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import motility

MANY = 2000
ROWS = np.arange(MANY, dtype=np.int32)


@dataclass(frozen=True)
class Law:
    motility: str = "persistent"
    directions: str = "isotropic"


@pytest.fixture
def slope():
    """A field that rises along one axis by 0.01 per um."""

    def of(axis=0):
        grid = VoxelGrid.of_box((400.0,) * 3, 20.0)
        field = Field.build("attractant", "1", grid, 1000.0, 0.0, 0.0, "closed", 0.0)
        field.values[:] = 0.01 * grid.centres()[axis]
        return field

    return of


@pytest.fixture
def walk(tissue, numbers, slope):
    """Let many T cells walk for some steps; returns the cells and their ways [um] in float64."""

    def of(steps, dt=0.5, law=None, axis=0, flat=False, cells=None, **changes):
        law = law or Law()
        cells = cells or tissue(MANY, kind=1)
        ways = np.zeros((MANY, 3))
        field, numbers_ = slope(axis), numbers("motility", **changes)
        for step in range(steps):
            cells.velocity[:MANY] = 0
            motility.advance(cells, ROWS, numbers_, field, law, flat, 1, step, dt)
            ways += dt * cells.velocity[:MANY].astype(float)
        return cells, ways

    return of


def test_the_mean_square_displacement_is_that_of_the_persistent_walk(walk):
    speed, persistence, time = 5.0, 10.0, 60.0
    _, ways = walk(120, bias=0.0)
    expected = 2 * speed**2 * persistence * (time - persistence * (1 - np.exp(-time / persistence)))
    squares = (ways**2).sum(axis=1)
    # seed 1, four standard errors; the turn at the start of a step of 0.5 min adds dt / P, 5 %, at most
    assert_allclose(squares.mean(), expected, atol=4 * squares.std() / np.sqrt(MANY) + 0.05 * expected)
    assert_allclose(ways.mean(axis=0), 0, atol=4 * np.sqrt(expected / 3 / MANY))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_biased_walk_climbs_the_gradient(walk, axis):
    _, ways = walk(40, axis=axis, bias=0.5)
    drift = ways.mean(axis=0) / 20.0
    others = np.delete(drift, axis)
    assert drift[axis] > 0.5 * 5.0  # mean cosine of normalised (gradient + random) is 2 / 3
    assert_allclose(drift[axis], 5.0 * 2 / 3, rtol=0.05)
    assert_allclose(others, 0, atol=0.3)


def test_a_full_bias_goes_straight_up(walk):
    cells, _ = walk(1, bias=1.0)
    assert_allclose(cells.heading[:MANY], np.tile([1.0, 0, 0], (MANY, 1)), atol=1e-6)


def test_everybody_walks_at_the_speed(walk):
    cells, _ = walk(5, bias=0.3)
    assert_allclose(np.linalg.norm(cells.velocity[:MANY], axis=1), 5.0, rtol=1e-5)


def test_a_holder_stays_with_its_target(walk, tissue):
    cells = tissue(MANY, kind=1)
    cells.partner[:MANY] = 0
    _, ways = walk(10, cells=cells)
    assert (ways == 0).all()


def test_tumour_cells_and_the_dead_do_not_walk(walk, tissue):
    dead = tissue(MANY, kind=1, fate=1)
    _, ways = walk(10, cells=dead)
    assert (ways == 0).all()
    _, ways = walk(10, cells=tissue(MANY, kind=0), speed=[0.0, 5.0])
    assert (ways == 0).all()


def test_impulses_move_only_in_the_step_of_a_turn(walk):
    """0.1 min at 5 um/min is 0.5 um per turn and one turn in ten minutes: 0.05 um/min."""
    _, ways = walk(2000, dt=0.1, law=Law("impulse"), bias=1.0)
    turns = ways[:, 0] / 0.5
    assert_allclose(turns, np.round(turns), atol=1e-3)
    assert_allclose(
        turns.mean(), 20.0, atol=4 * np.sqrt(20.0 / MANY) + 0.1
    )  # seed 1; 1 - exp(-dt/P) costs 0.5 %


def test_pole_biased_directions_gather_at_the_poles(walk):
    cells, _ = walk(1, law=Law("persistent", "pole-biased"), bias=0.0)
    cosines = cells.heading[:MANY, 2].astype(float)
    assert_allclose(
        (cosines**2).mean(), 1 / 2, atol=4 * 0.36 / np.sqrt(MANY)
    )  # 1/3 if isotropic; sd of cos^2 0.354


def test_in_a_plane_the_walk_stays_in_it(walk):
    _, ways = walk(20, flat=True, axis=2)
    assert (ways[:, 2] == 0).all()
    assert np.abs(ways[:, :2]).max() > 1


def test_a_holder_keeps_turning_in_the_walk_of_impulses(walk, tissue):
    """As in the published program, where attachment does not stop the walk."""
    cells = tissue(MANY, kind=1)
    cells.partner[:MANY] = 0
    _, ways = walk(500, dt=0.1, law=Law("impulse"), bias=1.0, cells=cells)
    assert_allclose(ways[:, 0].mean(), 5 * 0.5, atol=4 * 0.5 * np.sqrt(5 / MANY) + 0.02)  # five turns, seed 1


def test_the_walk_of_impulses_is_a_hundred_times_slower_than_it_says(walk):
    """5 um/min in one step of a hundred: 0.05 um/min, which sets the published dynamics."""
    _, ways = walk(1000, dt=0.1, law=Law("impulse"), bias=1.0)
    assert_allclose(ways[:, 0].mean() / 100, 0.05, rtol=0.03)


def test_turns_come_at_the_rate_of_the_persistence(walk, tissue, numbers, slope):
    """After a time t a share exp(-t / P) still walks where it first went."""
    cells, _ = walk(1, bias=0.0)
    first = cells.heading[:MANY].copy()
    field, law = slope(), numbers("motility", bias=0.0)
    for step in range(1, 41):
        motility.advance(cells, ROWS, law, field, Law(), False, 1, step, 0.25)
    kept = (cells.heading[:MANY] == first).all(axis=1).mean()
    assert_allclose(kept, np.exp(-1.0), atol=4 * np.sqrt(np.exp(-1) * (1 - np.exp(-1)) / MANY))  # seed 1
