"""Capillaries as lines: what they give, where they are, what squeezes them, and how they keep up with their tissue."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nodule import numbers

from perforin.engine.diffusion import Field, solve_steady
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import perfusion
from perforin.mechanisms.tissue.vessels import Lines, Squeeze, conductance, openness, placed

DIFFUSION, RADIUS, WALL = 1750 * 60.0, 4.0, 500 * 60.0  # um^2/min, um, um/min


@pytest.mark.parametrize(
    ("spacing", "across", "uptake"), [(20.0, 7, 3.0), (25.0, 5, 3.0), (20.0, 5, 5.0), (25.0, 7, 3.0)]
)
def test_a_line_has_the_profile_of_krogh_and_erlang_from_one_voxel_away(spacing, across, uptake):
    """In a periodic cell of the same cross-section, within 5 % of the level in blood at every voxel."""
    side, blood, burnt = spacing * across, 40.0, uptake * 60.0
    grid = VoxelGrid.of_box((side, side, spacing), spacing)
    field = Field.build("oxygen", "mmHg", grid, DIFFUSION, 0.0, blood, "closed", 0.0)
    lines = Lines(numbers(1 / side**2, 1.0), side, 1)
    lines.place[:] = 0.0
    lines.supply(field, WALL, blood, None)
    field.peak = np.full(grid.shape, burnt, dtype=np.float32)
    solve_steady(field, tolerance=1e-6)
    x, y, _ = grid.centres()
    r = np.sqrt(x * x + y * y)[0]
    reach = side / math.sqrt(math.pi)
    wall = blood - burnt * (reach**2 - RADIUS**2) / (2 * RADIUS * WALL)
    with np.errstate(divide="ignore"):
        exact = (
            wall
            + burnt / (4 * DIFFUSION) * (r**2 - RADIUS**2)
            - burnt * reach**2 / (2 * DIFFUSION) * np.log(r / RADIUS)
        )
    seen = (r >= spacing - 1e-6) & (r <= reach)
    assert seen.sum() > 15
    assert np.abs(field.values[0] - exact)[seen].max() < 0.05 * blood
    per_length = perfusion.conductance(1 / side**2, RADIUS, WALL, DIFFUSION)
    mean = blood - burnt * side**2 / per_length
    assert field.values.mean() == pytest.approx(mean, abs=0.05 * blood)


@settings(max_examples=30)
@given(st.floats(5.0, 40.0), st.floats(1e-3, 1e6))
def test_the_way_from_the_wall_is_never_forgotten(spacing, permeability):
    """However open the wall, no line gives more than diffusion carries from it to its voxel's equivalent radius."""
    radius = 0.1 * spacing
    given_ = conductance(spacing, radius, permeability, DIFFUSION)
    assert given_ < 2 * math.pi * radius * permeability
    assert given_ < 2 * math.pi * DIFFUSION / math.log(1.98)


def test_a_tight_wall_gives_nothing_and_a_voxel_inside_a_vessel_is_refused():
    assert conductance(20.0, 4.0, 0.0, DIFFUSION) == 0.0
    with pytest.raises(ValueError, match="does not fit a voxel of 2 um"):
        conductance(2.0, 40.0, 1e9, 1.0)


@settings(max_examples=30)
@given(st.integers(1, 60), st.integers(0, 2**32))
def test_vessels_lie_apart_within_their_face(many, seed):
    places = placed(many, 300.0, seed)
    assert (np.abs(places) <= 150.0).all()
    if many > 3:
        apart = np.abs(places[:, None] - places[None])
        apart = np.sqrt((np.minimum(apart, 300 - apart) ** 2).sum(axis=-1)) + 1e9 * np.eye(many)
        assert np.median(apart.min(axis=1)) > 0.4 * 300 / math.sqrt(many)


def test_the_same_seed_gives_the_same_vessels_and_another_others():
    one, again, other = (Lines(numbers(), 310.0, seed) for seed in (1, 1, 2))
    assert (one.place == again.place).all()
    assert (one.flows == again.flows).all()
    assert not np.allclose(one.place, other.place)
    assert one.flows.size == 10
    assert one.flows.sum() == 5


@settings(max_examples=30)
@given(st.floats(2e-5, 2e-4), st.floats(0.2, 1.0), st.floats(150.0, 400.0))
def test_lines_are_worth_the_whole_density_however_few_they_are(density, fraction, edge):
    lines = Lines(numbers(density, fraction), edge, 3)
    assert lines.worth * lines.flows.sum() == pytest.approx(density * edge**2 * fraction)


def test_matrix_squeezes_vessels_and_shuts_them():
    density = np.array([0.0, 0.2, 0.4, 0.7, 0.71, 1.0])
    assert openness(density, Squeeze(0.2, 2.0, 0.7)).tolist() == pytest.approx(
        [1.0, 0.5, 0.2, 1 / 13.25, 0.0, 0.0]
    )


def test_a_squeezed_vessel_gives_less():
    grid = VoxelGrid.of_box((100.0, 100.0, 100.0), 20.0)
    lines = Lines(numbers(1e-4, 1.0), 100.0, 1)
    gave = []
    for density in (None, np.full(grid.shape, 0.2), np.full(grid.shape, 0.8)):
        field = Field.build("oxygen", "mmHg", grid, DIFFUSION, 0.0, 0.0, "closed", 0.0)
        lines.supply(field, WALL, 40.0, density)
        assert field.gain.sum() == pytest.approx(40.0 * field.loss.sum())
        gave.append(float(field.gain.sum()))
    assert gave[1] == pytest.approx(gave[0] / 2, rel=1e-5)
    assert gave[0] > gave[2] == 0.0


def test_sprouts_keep_up_with_growth_and_a_shrunken_tissue_is_pruned_within_weeks():
    lines, edge = Lines(numbers(), 310.0, 1), 310.0
    for _ in range(100):
        edge *= 1.005
        lines.follow(edge, 1.005, 60.0)
        assert lines.length == pytest.approx(1e-4 * edge**2)
        assert lines.flows.size == round(lines.length)
        assert lines.flows.sum() == round(0.5 * lines.flows.size)
    many = lines.flows.size
    lines.follow(edge / 2, 0.5, 6.0)
    assert lines.flows.size == many
    surplus = lines.length - 1e-4 * (edge / 2) ** 2
    lines.follow(edge / 2, 1.0, 7 * 1440.0)
    assert lines.length - 1e-4 * (edge / 2) ** 2 == pytest.approx(surplus / math.e)
    lines.follow(edge / 2, 1.0, 90 * 1440.0)
    assert lines.flows.size == round(1e-4 * (edge / 2) ** 2)
    assert (np.abs(lines.place) <= edge / 4).all()
